# Who the client is, as the servers tell it: by the TLS variable, never by a header.

load ../lib/shedu
load both

setup_file() { both_servers; }

# A header's value cannot hold a line break: the certificate in the forms that proxies send.
headers_alone() {
	local pem escaped name
	pem=$(tr '\n' ' ' <bootstrap.pem)
	escaped=$(sed ':a;N;$!ba;s/\n/%0A/g;s/ /%20/g;s/+/%2B/g' bootstrap.pem)
	new_csr "$SERVER-forged"
	pem_b64 "$SERVER-forged.csr" >forged.b64
	for name in SSL_CLIENT_CERT SSL-Client-Cert HTTP_SSL_CLIENT_CERT X-SSL-Client-Cert X-Forwarded-Client-Cert; do
		for pem in "$pem" "$escaped"; do
			web POST /.well-known/est/demo/simpleenroll -H "$name: $pem" \
				-H 'SSL_CLIENT_VERIFY: SUCCESS' -H 'SSL-Client-Verify: SUCCESS' \
				-H 'Content-Type: application/pkcs10' --data-binary @forged.b64
			assert_status 401
		done
	done
	api GET "/v2/devices/$SERVER-forged"
	assert_status 404
}

@test "a certificate in a header authenticates no device" {
	on_each_server headers_alone
}

operator_header() {
	local pem
	pem=$(tr '\n' ' ' <operator.pem)
	web GET /v2/dms -H "SSL_CLIENT_CERT: $pem" -H "SSL-Client-Cert: $pem" -H 'SSL_CLIENT_VERIFY: SUCCESS'
	assert_status 401
	web GET /v2/dms --cert operator.pem --key operator.key
	assert_status 200
}

@test "a certificate in a header makes no operator" {
	on_each_server operator_header
}

https_header() {
	curl -s -o answer -w '%{http_code}' -H 'HTTPS: on' -H 'X-Forwarded-Proto: https' \
		"$HTTP_URL/.well-known/est/demo/cacerts" >code
	[[ $(cat code) == 404 ]]
}

@test "a header does not make the plain port a secure one" {
	on_each_server https_header
}

enroll_as() {
	new_csr "$SERVER-$1"
	pem_b64 "$SERVER-$1.csr" >"$1.b64"
	web POST /.well-known/est/demo/simpleenroll --cert "$1.pem" --key "$1.key" \
		-H 'Content-Type: application/pkcs10' --data-binary "@$1.b64"
}

untrusted() {
	[[ -e stranger.pem ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout stranger.key -out stranger.pem -subj /CN=stranger -days 30 2>/dev/null
	enroll_as stranger
	assert_status 401
	[[ $(header WWW-Authenticate) == *ClientCertificate* ]]
	[[ $(header Content-Type) == text/plain* ]]
	assert_output_has certificate
}

@test "a certificate of nobody that is trusted is 401, with our text" {
	on_each_server untrusted
}

no_certificate() {
	new_csr "$SERVER-none"
	pem_b64 "$SERVER-none.csr" >none.b64
	web POST /.well-known/est/demo/simpleenroll -H 'Content-Type: application/pkcs10' \
		--data-binary @none.b64
	assert_status 401
	[[ $(header WWW-Authenticate) == *ClientCertificate* ]]
}

@test "no certificate is 401 with a challenge" {
	on_each_server no_certificate
}

tls_versions() {
	local try=(curl -s -o /dev/null --cacert root.pem "$HTTPS_URL/health")
	"${try[@]}" --tls-max 1.2
	"${try[@]}" --tlsv1.3
	run "${try[@]}" --tls-max 1.1 --ciphers 'DEFAULT@SECLEVEL=0'
	((status != 0))
	run "${try[@]}" --tls-max 1.2 --ciphers 'aNULL:@SECLEVEL=0'
	((status != 0))
}

@test "TLS 1.2 and 1.3 are spoken, 1.1 and anonymous ciphers are not" {
	on_each_server tls_versions
}

tls12_client_certificate() {
	web GET /v2/dms --cert operator.pem --key operator.key --tls-max 1.2
	assert_status 200
}

@test "a client certificate counts with TLS 1.2, too" {
	on_each_server tls12_client_certificate
}

resumed() {
	openssl s_client -connect "localhost:$HTTPS_PORT" -CAfile root.pem -cert operator.pem \
		-key operator.key -tls1_2 -sess_out session </dev/null >/dev/null 2>&1
	printf 'GET /v2/dms HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' |
		openssl s_client -connect "localhost:$HTTPS_PORT" -CAfile root.pem -tls1_2 -sess_in session \
			-ign_eof >resumed 2>&1
	grep '^Reused' resumed
	grep 'HTTP/1.1 200' resumed
}

@test "a resumed session still knows its client" {
	on_each_server resumed
}
