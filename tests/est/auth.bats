# Who may enroll: what CLIENT_CERTIFICATE accepts for enrollment (lamassu.md 1.7), and NO_AUTH.

load ../lib/shedu

refused() {
	enroll demo d1 simpleenroll "$1"
	assert_status 401
	assert_output_has "$2"
	[[ $(header WWW-Authenticate) == 'ClientCertificate realm="demo"' ]]
	api GET /v2/devices/d1
	assert_status 404
}

# signed_by CA NAME [-not_after ...]: NAME.pem for NAME.key by the CA made with own_ca.
own_ca() {
	new_key "$1.key"
	openssl req -x509 -new -key "$1.key" -subj "/CN=$1" -days 3650 -out "$1.pem"
}

@test "no certificate" {
	make_dms demo
	new_csr d1
	pem_b64 d1.csr >d1.b64
	cgi est POST /.well-known/est/demo/simpleenroll --https --type application/pkcs10 --body d1.b64
	assert_status 401
	assert_output_has no_certificate lighttpd
	[[ $(header WWW-Authenticate) == ClientCertificate* ]]
}

@test "a certificate of a CA that is no validation CA" {
	make_dms demo
	own_ca foreign
	new_csr d1
	refused foreign.pem 'invalid certificate'
}

@test "a self-signed certificate with the validation CA's name" {
	make_dms demo
	new_key fake.key
	openssl req -x509 -new -key fake.key -subj "/CN=Test Bootstrap" -out fake.pem
	new_csr d1
	refused fake.pem 'invalid certificate'
}

@test "a certificate that cannot be read" {
	make_dms demo
	new_csr d1
	{ echo -----BEGIN CERTIFICATE-----; echo MIIBAAAA; echo -----END CERTIFICATE-----; } >bad.pem
	refused bad.pem certificate_unreadable
}

@test "an expired certificate, and allow_expired" {
	make_dms demo
	make_dms lenient '{"enrollment_settings": {"est_rfc7030_settings":
		{"client_certificate_settings": {"allow_expired": true}}}}'
	new_csr d1
	AT=+500d enroll demo d1
	assert_status 401
	assert_output_has 'expired certificate' allow_expired
	AT=+500d enroll lenient d1
	assert_status 200
}

@test "a certificate whose time has not come, even with allow_expired" {
	make_dms demo '{"enrollment_settings": {"est_rfc7030_settings":
		{"client_certificate_settings": {"allow_expired": true}}}}'
	new_csr d1
	AT=-10d enroll demo d1
	assert_status 401
	assert_output_has certificate_not_yet_valid
}

@test "a revoked certificate, also when it has expired and expired ones are allowed" {
	make_dms demo '{"enrollment_settings": {"est_rfc7030_settings":
		{"client_certificate_settings": {"allow_expired": true}}}}'
	shedu cert revoke "$(serial_of bootstrap.pem)" --reason KeyCompromise
	new_csr d1
	refused bootstrap.pem 'certificate is revoked'
	AT=+500d enroll demo d1
	assert_status 401
	assert_output_has 'certificate is revoked'
}

@test "a certificate on hold, until it is released" {
	make_dms demo
	shedu cert revoke "$(serial_of bootstrap.pem)" --reason CertificateHold
	new_csr d1
	refused bootstrap.pem 'certificate is revoked'
	shedu cert release "$(serial_of bootstrap.pem)"
	enroll demo d1
	assert_status 200
}

@test "an operator's certificate enrolls nothing" {
	make_dms demo
	new_csr d1
	refused operator.pem 'invalid certificate'
}

@test "a validation CA whose own certificate is not here validates nothing" {
	make_dms demo '{"enrollment_settings": {"est_rfc7030_settings":
		{"client_certificate_settings": {"validation_cas": ["root"]}}}}'
	new_csr d1
	refused bootstrap.pem 'invalid certificate'
}

@test "chain_level_validation counts certificates from the leaf" {
	make_dms demo '{"enrollment_settings": {"est_rfc7030_settings":
		{"client_certificate_settings": {"validation_cas": ["root"]}}}}'
	shedu cert issue --ca issuing --kind bootstrap --cn under --out under.pem --out-key under.key
	new_csr d1
	enroll demo d1 simpleenroll under.pem
	assert_status 200
	echo '{"settings": {"enrollment_settings": {"est_rfc7030_settings":
		{"client_certificate_settings": {"chain_level_validation": 1}}}}}' |
		shedu dms update demo -
	new_csr d2
	enroll demo d2 simpleenroll under.pem
	assert_status 401
	echo '{"settings": {"enrollment_settings": {"est_rfc7030_settings":
		{"client_certificate_settings": {"chain_level_validation": 2}}}}}' |
		shedu dms update demo -
	enroll demo d2 simpleenroll under.pem
	assert_status 200
}

@test "NO_AUTH enrolls anybody, and the log says so" {
	make_dms demo '{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "NO_AUTH"}}}'
	new_csr d1
	pem_b64 d1.csr >d1.b64
	cgi est POST /.well-known/est/demo/simpleenroll --https --type application/pkcs10 --body d1.b64
	assert_status 200
	grep -q NO_AUTH "$W/shedu.log"
}

@test "a request header named like a TLS variable is no certificate" {
	make_dms demo
	new_csr d1
	pem_b64 d1.csr >d1.b64
	cgi est POST /.well-known/est/demo/simpleenroll --https --type application/pkcs10 \
		--body d1.b64 --header "SSL_CLIENT_CERT: $(cat bootstrap.pem)" \
		--header "SSL-Client-Cert: $(cat bootstrap.pem)" --header 'HTTPS: on'
	assert_status 401
}
