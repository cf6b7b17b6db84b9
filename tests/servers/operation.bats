# A server in use: reloads, crashes, and CAs that come while it runs.

load ../lib/shedu

answers() {
	web GET /.well-known/est/demo/cacerts && assert_status 200
}

# Requests one after the other, while the server reloads twice.
reload_keeps_serving() {
	local i pid
	make_dms demo
	start_server "$1"
	pid=$(background_pid "server-$SERVER")
	for ((i = 0; i < 60; i++)); do
		((i != 10 && i != 35)) || kill -USR1 "$pid"
		answers
	done
	kill -0 "$pid"
}

@test "lighttpd: a reload loses no request" {
	reload_keeps_serving lighttpd
}

@test "apache: a reload loses no request" {
	reload_keeps_serving apache
}

# A CA of others validates devices as soon as the tick has told the server.
new_validation_ca() {
	make_dms demo
	start_server "$1"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout oem.key \
		-out oem.pem -subj '/CN=OEM' -days 30 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout line.key -subj /CN=line \
		-out line.csr 2>/dev/null
	openssl x509 -req -in line.csr -CA oem.pem -CAkey oem.key -CAcreateserial -days 20 -out line.pem \
		2>/dev/null
	new_csr d1
	pem_b64 d1.csr >d1.b64
	line_enrolls() {
		web POST /.well-known/est/demo/simpleenroll --cert line.pem --key line.key \
			-H 'Content-Type: application/pkcs10' --data-binary @d1.b64
		[[ $status == "$1" ]]
	}
	line_enrolls 401
	shedu ca import oem --cert "$W/oem.pem"
	shedu dms update demo - <<-'END'
		{"settings": {"enrollment_settings": {"est_rfc7030_settings": {"client_certificate_settings":
			{"validation_cas": ["bootstrap", "oem"]}}}}}
	END
	wait_for 10 line_enrolls 200
}

@test "lighttpd: a new validation CA counts after the tick" {
	new_validation_ca lighttpd
}

@test "apache: a new validation CA counts after the tick" {
	new_validation_ca apache
}

# The responder is killed at its first write, which is the answer: the commit came before.
lost_answer() {
	requires_strace
	cat >"$W/est" <<-END
		#!/bin/sh
		mkdir $W/killed 2>/dev/null || exec $EST
		exec strace -o /dev/null -e trace=write,writev -e inject=write,writev:signal=KILL:when=1 $EST
	END
	chmod 755 "$W/est"
	make_dms demo
	new_csr d1
	pem_b64 d1.csr >d1.b64
	local post=(POST /.well-known/est/demo/simpleenroll --cert bootstrap.pem --key bootstrap.key
		-H 'Content-Type: application/pkcs10' --data-binary @d1.b64)
	FCGI_DIR=$SHEDU_TMP EST=$W/est SHEDU_PROCS=1 start_server "$1"
	web "${post[@]}" || status=0
	[[ $status != 200 ]]
	[[ -d killed ]]
	api GET /v2/devices/d1
	[[ $(json .status) == ACTIVE ]]
	json '.identity.versions["0"]' >serial
	retried() { web "${post[@]}" && [[ $status == 200 ]]; }
	wait_for 10 retried
	echo "$headers" "$output"
	p7_pem "$body_file" >d1.pem
	[[ $(serial_of d1.pem) == "$(cat serial)" ]]
}

@test "lighttpd: an answer that was lost is given to the device that asks again" {
	lost_answer lighttpd
}

@test "apache: an answer that was lost is given to the device that asks again" {
	lost_answer apache
}

kill_responders() {
	local p
	for p in /proc/[0-9]*; do
		[[ $(readlink "$p/exe") == "$FCGI_DIR"/* ]] || continue
		! grep -qz "^SHEDU_CONF=$SHEDU_CONF$" "$p/environ" || kill -KILL "${p##*/}"
	done 2>/dev/null
}

crash() {
	start_server "$1"
	answers
	kill_responders
	wait_for 10 answers
	stop_server
}

@test "a responder that crashed is replaced" {
	make_dms demo
	crash lighttpd
	crash apache
}

@test "without its database the answer is 503, and when it comes back nobody need restart" {
	make_dms demo
	start_server lighttpd --no-tick
	mkdir away
	mv state/shedu.db* away
	kill_responders
	gone() { web GET /.well-known/est/demo/cacerts && [[ $status == 503 ]]; }
	wait_for 10 gone
	[[ -n $(header Retry-After) ]]
	web GET /ready
	assert_status 503
	mv away/* state
	wait_for 10 answers
	web GET /ready
	assert_status 200
}
