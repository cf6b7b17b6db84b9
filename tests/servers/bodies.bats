# Bodies and paths: what the servers do with them never changes what the responders say.

load ../lib/shedu
load both

setup_file() {
	both_servers
	head -c 65537 /dev/zero | tr '\0' A >over
	head -c 65536 /dev/zero | tr '\0' A >limit
	head -c 1500000 /dev/zero | tr '\0' A >huge
}

post() {
	web POST /.well-known/est/demo/simpleenroll --cert bootstrap.pem --key bootstrap.key \
		-H 'Content-Type: application/pkcs10' "$@"
}

too_large() {
	post --data-binary @over
	assert_status 413
	assert_output_has 65536
	post --data-binary @over -H 'Transfer-Encoding: chunked'
	assert_status 413
	post --data-binary @limit
	assert_status 400
	post --data-binary @huge
	assert_status 413
}

@test "a body over 64 KiB is 413, one of 64 KiB is read" {
	on_each_server too_large
}

ocsp_too_large() {
	web POST "$HTTP_URL/ocsp" -H 'Content-Type: application/ocsp-request' --data-binary @over
	assert_status 413
}

@test "an OCSP request over the limit is 413" {
	on_each_server ocsp_too_large
}

enrolls() {
	local name=$SERVER-$1
	shift
	new_csr "$name"
	pem_b64 "$name.csr" >"$name.b64"
	post --data-binary "@$name.b64" "$@"
	assert_status 200
	p7_pem "$body_file" >"$name.pem"
	openssl verify -CAfile root.pem -untrusted issuing.pem "$name.pem"
}

@test "a chunked body enrolls" {
	on_each_server enrolls chunked -H 'Transfer-Encoding: chunked'
}

@test "Expect: 100-continue enrolls" {
	on_each_server enrolls expect -H 'Expect: 100-continue' --expect100-timeout 20
}

@test "a slow body enrolls" {
	on_each_server enrolls slow --limit-rate 200
}

# More slow clients than there are responders, and one that is not.
slow_ones() {
	local i pids=()
	for i in 1 2 3 4 5 6; do
		curl -s -o /dev/null --max-time 20 --limit-rate 100 --cacert root.pem --cert bootstrap.pem \
			--key bootstrap.key -H 'Content-Type: application/pkcs10' --data-binary @limit \
			"$HTTPS_URL/.well-known/est/demo/simpleenroll" 3>&- &
		pids+=($!)
	done
	sleep 0.7
	web GET /.well-known/est/demo/cacerts --max-time 3
	kill "${pids[@]}"
	assert_status 200
}

@test "clients that send slowly hold no responder" {
	on_each_server slow_ones
}


truncated() {
	api GET '/v2/certificates'
	json '.list | length' >before
	printf 'POST /.well-known/est/demo/simpleenroll HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/pkcs10\r\nContent-Length: 5000\r\n\r\nMIIB' |
		timeout 3 openssl s_client -quiet -connect "localhost:$HTTPS_PORT" -CAfile root.pem \
			-cert bootstrap.pem -key bootstrap.key >answer 2>/dev/null || :
	run ! grep 'HTTP/1.1 200' answer
	api GET '/v2/certificates'
	[[ $(json '.list | length') == "$(cat before)" ]]
}

@test "a truncated body issues nothing" {
	on_each_server truncated
}

# Both servers could replace the bodies of errors by pages of their own.
own_errors() {
	web GET /.well-known/est/nobody/cacerts
	assert_status 404
	[[ $(header Content-Type) == text/plain* ]]
	assert_output_has nobody
	web POST /.well-known/est/demo/cacerts -d ''
	assert_status 405
	[[ $(header Allow) == *GET* ]]
	web GET /v2/devices/nobody --cert operator.pem --key operator.key
	assert_status 404
	[[ $(json .err) == *nobody* || $(json .err) == *device* ]]
	web GET /v2/dms
	assert_status 401
	[[ $(header Content-Type) == application/json* ]]
}

@test "errors carry our text, not the server's" {
	on_each_server own_errors
}

neighbours() {
	local path
	for path in /v20 /ocspx /crlx /apix /healthy /.well-known/estx /.well-known; do
		web GET "$path"
		assert_status 404
		[[ $(header Content-Type) == text/html* ]]
	done
}

@test "a path that only begins like ours is not ours" {
	on_each_server neighbours
}

@test "a DMS's name may be escaped" {
	shedu dms show demo
	make_dms 'line.2'
	escaped() {
		web GET /.well-known/est/line%2E2/cacerts
		assert_status 200
	}
	on_each_server escaped
}
