# enforce_csr_attributes: a request has what csrattrs asks for, or is a 400 that lists what it lacks.

load ../lib/shedu

# enforcing PROFILE [SETTINGS]
enforcing() {
	make_dms demo "$(jq -n --argjson p "$1" --argjson s "${2:-"{}"}" \
		'{enrollment_settings: {enforce_csr_attributes: true}, issuance_profile: $p} * $s')"
}

lacks() {
	assert_status 400
	assert_output_has csr_attributes "$@"
}

@test "all that is missing is told at once, and nothing is issued" {
	enforcing '{"signature_hash": "SHA-384", "required_extensions": ["2.5.29.17", "1.2.3.4"]}'
	new_csr d1
	enroll demo d1
	lacks ecdsa-with-SHA384 subjectAltName 1.2.3.4
	api GET /v2/devices/d1
	assert_status 404
}

@test "what csrattrs asks for is enough" {
	enforcing '{"signature_hash": "SHA-384", "required_extensions": ["2.5.29.15", "2.5.29.17", "2.5.29.37"],
		"crypto_enforcement": {"enabled": true, "allow_ecdsa_keys": true, "allowed_ecdsa_key_sizes": [384]}}'
	new_key d1.key P-384
	new_csr d1 -sha384 -addext subjectAltName=DNS:d1.example -addext keyUsage=digitalSignature \
		-addext extendedKeyUsage=clientAuth
	enroll demo d1
	assert_status 200
}

@test "a value that the profile decides must be that value" {
	enforcing '{"required_extensions": ["2.5.29.15"]}'
	new_csr d1 -addext keyUsage=keyAgreement
	enroll demo d1
	lacks 'keyUsage with the value given'
	new_csr d1 -addext keyUsage=digitalSignature
	enroll demo d1
	assert_status 200
}

@test "one that the profile takes from the request may be any" {
	enforcing '{"required_extensions": ["2.5.29.15"], "honor_key_usage": true}'
	new_csr d1
	enroll demo d1
	lacks keyUsage
	new_csr d1 -addext keyUsage=keyAgreement
	enroll demo d1
	assert_status 200
}

@test "one of several keys; Ed25519 has no digest to choose" {
	enforcing '{"signature_hash": "SHA-384", "crypto_enforcement": {"enabled": true, "allow_ed25519_keys": true,
		"allow_rsa_keys": true, "allowed_rsa_key_sizes": [2048]}}'
	new_key d1.key ed25519
	new_csr d1
	enroll demo d1
	assert_status 200
	new_key d2.key RSA:2048
	new_csr d2 -sha256
	enroll demo d2
	lacks sha384WithRSAEncryption
	new_csr d2 -sha384
	enroll demo d2
	assert_status 200
}

@test "the profile's subject" {
	enforcing '{"honor_subject": false, "subject": {"organization": "Acme"}}'
	new_csr d1
	enroll demo d1
	lacks 'in the subject O=Acme'
	openssl req -new -key d1.key -subj /O=ACME/CN=d1 -out d1.csr
	enroll demo d1
	assert_status 200
}

@test "a renewal has it, too" {
	enforcing '{}'
	enroll_device demo d1
	shedu dms update demo - <<<'{"settings": {"issuance_profile": {"signature_hash": "SHA-512"}}}'
	new_csr d1 -sha256
	enroll demo d1 simplereenroll d1.pem
	lacks ecdsa-with-SHA512
	new_csr d1 -sha512
	enroll demo d1 simplereenroll d1.pem
	assert_status 200
}

@test "csr_attributes of the DMS's own: OIDs of attributes and of extensions" {
	# unstructuredName (an attribute), macAddress (asked for as RFC 8951 does), P-256
	printf '%s\n' asn1=SEQ:s '[s]' o=OID:1.2.840.113549.1.9.2 k=SEQ:k e=SEQ:e \
		'[k]' o=OID:id-ecPublicKey v=SET:c '[c]' c=OID:prime256v1 \
		'[e]' o=OID:extReq v=SET:m '[m]' m=OID:1.3.6.1.1.1.1.22 >a.cnf
	openssl asn1parse -genconf a.cnf -noout -out a.der
	enforcing '{}' "{\"enrollment_settings\": {\"csr_attributes\": \"$(base64 -w0 a.der)\"}}"
	new_key d1.key P-384
	new_csr d1
	enroll demo d1
	lacks 1.2.840.113549.1.9.2 1.3.6.1.1.1.1.22 'ECDSA 256'
	printf '%s\n' '[req]' distinguished_name=dn attributes=at req_extensions=ex prompt=no '[dn]' CN=d1 \
		'[at]' unstructuredName=x '[ex]' 1.3.6.1.1.1.1.22=DER:0403010203 >r.cnf
	new_key d1.key P-256
	openssl req -new -key d1.key -config r.cnf -out d1.csr
	enroll demo d1
	assert_status 200
}

@test "without enforcement csrattrs is advice" {
	make_dms demo '{"issuance_profile": {"signature_hash": "SHA-384", "required_extensions": ["2.5.29.17"]}}'
	enroll_device demo d1
}

@test "a challengePassword that nobody asked for is ignored, and the log says so" {
	make_dms demo
	printf '%s\n' '[req]' distinguished_name=dn attributes=at prompt=no '[dn]' CN=d1 \
		'[at]' challengePassword=secret >r.cnf
	new_key d1.key
	openssl req -new -key d1.key -config r.cnf -out d1.csr
	enroll demo d1
	assert_status 200
	grep -q '"challenge_password": *"ignored"' shedu.log
	! grep -q secret shedu.log
}
