# Apache with mod_proxy_fcgi: the responders are started by somebody else.

load ../lib/shedu

setup_file() {
	requires spawn-fcgi apache2 || return 0
	[[ -e /usr/lib/apache2/modules/mod_proxy_fcgi.so ]] ||
		{ skips 'mod_proxy_fcgi is not installed' && return; }
	export SHEDU_SHARED=1
	shedu_file_begin
	make_dms demo
	enroll_device demo d1
	mkdir -p apache-proxy
	own apache-proxy
	local name program
	publish_on # before the responders read the configuration
	for name in est ocsp dms; do
		program=${name^^}
		background "fcgi-$name" env -i SHEDU_CONF="$SHEDU_CONF" spawn-fcgi -n -M 0660 \
			-s "$W/apache-proxy/$name.sock" -- "${!program}"
	done
	start_server apache-proxy
}

@test "cacerts, with its length" {
	web GET /.well-known/est/demo/cacerts
	assert_status 200
	[[ $(header Content-Length) == "$(stat -c %s "$body_file")" ]]
	[[ -z $(header Transfer-Encoding) ]]
}

@test "enrollment with a client certificate" {
	new_csr p1
	pem_b64 p1.csr >p1.b64
	web POST /.well-known/est/demo/simpleenroll --cert bootstrap.pem --key bootstrap.key \
		-H 'Content-Type: application/pkcs10' -H 'Transfer-Encoding: chunked' --data-binary @p1.b64
	assert_status 200
}

@test "an enrollment without a certificate is 401, with our text" {
	new_csr p2
	pem_b64 p2.csr >p2.b64
	web POST /.well-known/est/demo/simpleenroll -H 'Content-Type: application/pkcs10' \
		--data-binary @p2.b64
	assert_status 401
	[[ $(header Content-Type) == text/plain* ]]
}

@test "a body over 64 KiB is 413" {
	head -c 200000 /dev/zero | tr '\0' A >over
	web POST /.well-known/est/demo/simpleenroll --cert bootstrap.pem --key bootstrap.key \
		-H 'Content-Type: application/pkcs10' --data-binary @over
	assert_status 413
	web POST /.well-known/est/demo/simpleenroll --cert bootstrap.pem --key bootstrap.key \
		-H 'Content-Type: application/pkcs10' -H 'Transfer-Encoding: chunked' --data-binary @over
	assert_status 413
}

@test "OCSP by GET with raw base64, on both ports" {
	local b64 url
	b64=$(openssl ocsp -issuer issuing.pem -cert d1.pem -no_nonce -reqout - | base64 -w0)
	for url in "$HTTP_URL/ocsp" "$HTTPS_URL/api/ocsp"; do
		curl -s --cacert root.pem "$url/$b64" >answer.der
		openssl ocsp -respin answer.der -issuer issuing.pem -cert d1.pem -no_nonce -CAfile root.pem \
			>verify 2>&1
		grep 'Response verify OK' verify
		grep 'd1.pem: good' verify
	done
}

@test "OCSP that is published: the server itself gives it out, until it is revoked" {
	local b64
	requires_tmpfs
	new_csr d9 && enroll demo d9
	b64=$(openssl ocsp -issuer issuing.pem -cert d9.pem -no_nonce -reqout - | base64 -w0)
	web GET "$HTTP_URL/ocsp/$b64"
	cp answer.body first
	web GET "$HTTP_URL/ocsp/${b64//=/%3D}"
	cmp answer.body first
	[[ $(header ETag) =~ ^(W/)?\"[^\"]{1,60}\"$ && $(header Cache-Control) == max-age=60,* ]]
	shedu cert revoke "$(serial_of d9.pem)"
	web GET "$HTTP_URL/ocsp/$b64"
	never cmp answer.body first
	openssl ocsp -respin answer.body -issuer issuing.pem -cert d9.pem -no_nonce -CAfile root.pem 2>&1 |
		grep 'd9.pem: revoked'
}

@test "the API knows its operator" {
	web GET /v2/dms --cert operator.pem --key operator.key
	assert_status 200
	web GET /v2/dms
	assert_status 401
}
