# Expired client certificates: the provider module brings them to the responder, which decides.

load ../lib/shedu
load expired

renew() {
	web POST /.well-known/est/demo/simplereenroll --cert d1.pem --key d1.key \
		-H 'Content-Type: application/pkcs10' --data-binary @d1.b64 "$@"
}

renewed_by() {
	expired_device
	start_server "$1"
	renew "${@:2}"
	assert_status 200
	p7_pem "$body_file" >new.pem
	openssl x509 -in new.pem -noout -checkend 86400
}

@test "lighttpd: an expired certificate is renewed, thanks to the provider" {
	renewed_by lighttpd
}

@test "apache: an expired certificate is renewed, thanks to the provider" {
	renewed_by apache
}

@test "TLS 1.2: an expired certificate is renewed" {
	renewed_by apache --tls-max 1.2
	stop_server
	make_state
	renewed_by lighttpd --tls-max 1.2
}

@test "lighttpd without the provider hides an expired certificate: 401" {
	expired_device
	start_server lighttpd --no-provider
	renew
	assert_status 401
}

@test "apache without the provider refuses the handshake" {
	expired_device
	start_server apache --no-provider
	run renew
	((status != 0))
	web GET /health
	assert_status 200
}

refused() {
	expired_device
	shedu dms update demo - <<<'{"settings": {"reenrollment_settings": {"enable_expired_renewal": false}}}'
	start_server "$1"
	renew
	assert_status 401
	assert_output_has expired
	stop_server
	make_state
}

@test "the provider relaxes nothing behind the server: not allowed is 401" {
	refused lighttpd
	refused apache
}

# An expired bootstrap certificate: the responder's own check of validity is as strict as ever.
strict_enroll() {
	make_dms demo
	old_bootstrap
	new_csr d2
	pem_b64 d2.csr >d2.b64
	start_server "$1"
	web POST /.well-known/est/demo/simpleenroll --cert old-factory.pem --key old-factory.key \
		-H 'Content-Type: application/pkcs10' --data-binary @d2.b64
	assert_status 401
	stop_server
	make_state
}

@test "an expired bootstrap certificate is 401" {
	strict_enroll lighttpd
	strict_enroll apache
}

# The processes of the responders that serve this state.
responders() {
	local p
	for p in /proc/[0-9]*; do
		[[ $(readlink "$p/exe") == "$FCGI_DIR"/* ]] || continue
		grep -qz "^SHEDU_CONF=$SHEDU_CONF$" "$p/environ" && echo "$p"
	done 2>/dev/null
}

environment() {
	local p n=0
	make_dms demo
	start_server "$1"
	web GET /.well-known/est/demo/cacerts
	assert_status 200
	for p in $(responders); do
		n=$((n + 1))
		[[ -z $(grep -zE '^(OPENSSL_CONF|SERVERS_OWN)=' "$p/environ" | tr '\0' ' ') ]]
		((EUID != 0)) || [[ $(stat -c %u "$p") != 0 ]]
	done
	((n > 0))
	stop_server
	[[ -z $(responders) ]]
	make_state
}

@test "the server's environment does not reach the responders, and none is root or stays behind" {
	environment lighttpd
	environment apache
}
