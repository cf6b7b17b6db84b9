# Issuance profiles (lamassu.md 6): what of the request and what of the profile is in the certificate.

load ../lib/shedu

# with PROFILE [openssl req options]: a device d1 of a DMS with this profile.
with() {
	make_dms demo "{\"issuance_profile\": $1}"
	shift
	new_csr d1 "$@"
	enroll demo d1
}

ext() {
	openssl x509 -in "${2:-d1.pem}" -noout -ext "$1" 2>/dev/null
}

@test "every certificate: version 3, a serial of 18 octets, identifiers, OCSP and CRL URLs" {
	with '{}'
	assert_status 200
	openssl x509 -in d1.pem -noout -text >t
	grep -q 'Version: 3' t
	[[ $(serial_of d1.pem) =~ ^[0-7][0-9a-f]{35}$ ]]
	grep -q "OCSP - URI:$HTTP_URL/ocsp" t
	grep -q "URI:$HTTP_URL/crl/" t
	grep -q 'CA:FALSE' t
	grep -q 'Authority Key Identifier' t
}

@test "validity is the profile's duration" {
	with '{"validity": {"type": "Duration", "duration": "30d"}}'
	openssl x509 -in d1.pem -noout -checkend $((29 * 86400))
	! openssl x509 -in d1.pem -noout -checkend $((31 * 86400))
}

@test "validity may be a fixed time" {
	with '{"validity": {"type": "Time", "time": "2030-01-02T03:04:05Z"}}'
	[[ $(openssl x509 -in d1.pem -noout -enddate) == "notAfter=Jan  2 03:04:05 2030 GMT" ]]
}

@test "a certificate does not outlive its issuer" {
	shedu ca create short --cn Short --parent root --validity 10d
	make_dms demo '{"enrollment_settings": {"enrollment_ca": "short"},
		"reenrollment_settings": {"preventive_delta": "1d", "critical_delta": "1h", "reenrollment_delta": "2d"}}'
	enroll_device demo d1
	ca_pem short >short.pem
	[[ $(openssl x509 -in d1.pem -noout -enddate) == "$(openssl x509 -in short.pem -noout -enddate)" ]]
}

@test "by default digitalSignature and clientAuth, whatever the request says" {
	with '{}' -addext keyUsage=keyAgreement -addext extendedKeyUsage=serverAuth
	[[ $(ext keyUsage) == *"Digital Signature"* && $(ext keyUsage) != *Agreement* ]]
	[[ $(ext extendedKeyUsage) == *"Client Authentication"* && $(ext extendedKeyUsage) != *Server* ]]
}

@test "honor_key_usage and honor_extended_key_usages take the request's" {
	with '{"honor_key_usage": true, "honor_extended_key_usages": true}' \
		-addext keyUsage=digitalSignature,keyAgreement -addext extendedKeyUsage=serverAuth
	[[ $(ext keyUsage) == *"Digital Signature, Key Agreement"* ]]
	[[ $(ext extendedKeyUsage) == *"TLS Web Server Authentication"* ]]
}

@test "key usages of the profile" {
	with '{"key_usage": ["DigitalSignature", "KeyEncipherment"], "extended_key_usages": ["ServerAuth", "ClientAuth"]}'
	[[ $(ext keyUsage) == *"Digital Signature, Key Encipherment"* ]]
	[[ $(ext extendedKeyUsage) == *Server*Client* ]]
}

@test "honor_extensions copies the SAN, and only that" {
	with '{"honor_extensions": true}' -addext subjectAltName=DNS:a.example,IP:10.0.0.1 \
		-addext certificatePolicies=1.2.3.4
	[[ $(ext subjectAltName) == *"DNS:a.example, IP Address:10.0.0.1"* ]]
	[[ -z $(ext certificatePolicies) ]]
}

@test "without honor_extensions there is no SAN" {
	with '{"honor_extensions": false}' -addext subjectAltName=DNS:a.example
	assert_status 200
	[[ -z $(ext subjectAltName) ]]
}

@test "honor_subject false: the profile's subject, and the device's CN" {
	make_dms demo '{"issuance_profile": {"honor_subject": false, "subject": {"organization": "Acme", "country": "ES"}}}'
	new_key d1.key
	openssl req -new -key d1.key -subj /O=Other/OU=x/CN=d1 -out d1.csr
	enroll demo d1
	assert_status 200
	[[ $(openssl x509 -in d1.pem -noout -subject) == "subject=C = ES, O = Acme, CN = d1" ]]
}

@test "crypto_enforcement: the type and the size of the key" {
	make_dms demo '{"issuance_profile": {"crypto_enforcement": {"enabled": true, "allow_rsa_keys": false,
		"allow_ecdsa_keys": true, "allowed_ecdsa_key_sizes": [384]}}}'
	new_key d1.key RSA:2048
	new_csr d1
	enroll demo d1
	assert_status 400
	assert_output_has RSA
	new_key d1.key P-256
	new_csr d1
	enroll demo d1
	assert_status 400
	assert_output_has 256 384
	new_key d1.key P-384
	new_csr d1
	enroll demo d1
	assert_status 200
}

@test "the CA's default profile holds when the DMS has none" {
	local body
	body=$(jq -n '{id: "withprofile", parent_id: "root", subject: {common_name: "With Profile"},
		key_metadata: {type: "ECDSA", bits: 256}, ca_expiration: {type: "Duration", duration: "5y"},
		issuance_profile: {validity: {type: "Duration", duration: "7d"}}}')
	echo "$body" >ca.json
	api POST /v2/cas ca.json
	assert_status 201
	jq '.settings.enrollment_settings.enrollment_ca = "withprofile" | del(.settings.issuance_profile)' \
		<<<"$(make_dms demo >/dev/null; cat dms-demo.json)" >dms2.json
	shedu dms delete demo
	shedu dms create demo dms2.json
	enroll_device demo d1
	! openssl x509 -in d1.pem -noout -checkend $((8 * 86400))
}

@test "an issuer whose end is nearer than the preventive delta signs no more: 503" {
	shedu ca create short --cn Short --parent root --validity 50d
	make_dms demo '{"enrollment_settings": {"enrollment_ca": "short"}}'
	new_csr d1
	enroll demo d1
	assert_status 503
	[[ -n $(header Retry-After) ]]
	api GET /v2/devices/d1
	assert_status 404
}
