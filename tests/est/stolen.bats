# What a thief of a key or a certificate tries: altered signatures, revoked CAs above, certificates
# of devices used for other devices, profiles that would make a device a CA.

load ../lib/shedu

# twist IN OUT: the same certificate with its ECDSA signature (r, s) written as (r, n - s), which
# verifies as well. P-256 only.
twist() {
	local n=FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551 r s
	openssl x509 -in "$1" -outform DER -out t.der
	openssl asn1parse -inform DER -in t.der -strparse 4 -noout -out t.tbs
	openssl asn1parse -inform DER -in t.der | awk '/BIT STRING/ { o = $1 } END { print o }' >t.at
	openssl asn1parse -inform DER -in t.der -strparse "$(sed 's/:.*//' t.at)" |
		sed -n 's/.*INTEGER *://p' >t.rs
	r=$(sed -n 1p t.rs) s=$(sed -n 2p t.rs)
	s=$(echo "obase=16; ibase=16; $n - $s" | bc | tr -d '\\\n')
	printf 'asn1=SEQ:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' "$r" "$s" >t.cnf
	openssl asn1parse -genconf t.cnf -noout -out t.sig
	printf 'asn1=SEQ:c\n[c]\na=OID:ecdsa-with-SHA256\n' >t2.cnf
	openssl asn1parse -genconf t2.cnf -noout -out t.alg
	{ printf '\x03'; len $(($(stat -c %s t.sig) + 1)); printf '\0'; cat t.sig; } >t.bits
	{ printf '\x30'; len $(($(cat t.tbs t.alg t.bits | wc -c))); cat t.tbs t.alg t.bits; } >t.new
	openssl x509 -inform DER -in t.new -out "$2"
}

# len N: the length octets of DER.
len() {
	if (($1 < 128)); then
		printf '%b' "\\x$(printf %02x "$1")"
	elif (($1 < 256)); then
		printf '%b' "\\x81\\x$(printf %02x "$1")"
	else
		printf '%b' "\\x82\\x$(printf %02x $(($1 / 256)))\\x$(printf %02x $(($1 % 256)))"
	fi
}

@test "a revoked certificate stays revoked when its signature is written in another way" {
	requires bc
	make_dms demo
	twist bootstrap.pem twisted.pem
	openssl verify -CAfile bootstrap-ca.pem twisted.pem
	never cmp -s bootstrap.pem twisted.pem
	new_csr d1
	enroll demo d1 simpleenroll twisted.pem
	assert_status 401
	assert_output_has certificate_altered
	shedu cert revoke "$(serial_of bootstrap.pem)" --reason KeyCompromise
	enroll demo d1 simpleenroll twisted.pem
	assert_status 401
	assert_output_has certificate_revoked
}

@test "a revoked CA validates nothing, whatever the certificate says of its issuer" {
	make_dms demo '{"enrollment_settings": {"est_rfc7030_settings":
		{"client_certificate_settings": {"validation_cas": ["root"]}}}}'
	shedu ca create line --cn 'Test Line' --parent root --validity 5y
	ca_pem line >line.pem
	# the thief has the CA's key, and leaves the authority key identifier out
	new_key thief.key
	openssl req -new -key thief.key -subj /CN=thief -out thief.csr
	printf 'authorityKeyIdentifier=none\nbasicConstraints=CA:FALSE\n' >no-aki.cnf
	cp "$(echo state/keys/"$(openssl x509 -in line.pem -noout -ext subjectKeyIdentifier |
		tail -n 1 | tr -d ' :' | tr A-F a-f)".key)" line.key
	openssl x509 -req -in thief.csr -CA line.pem -CAkey line.key -CAcreateserial -days 30 \
		-extfile no-aki.cnf -out thief.pem 2>/dev/null
	new_csr d1
	enroll demo d1 simpleenroll thief.pem
	assert_status 200
	shedu cert revoke "$(serial_of line.pem)" --reason KeyCompromise
	new_csr d2
	enroll demo d2 simpleenroll thief.pem
	assert_status 401
}

@test "nor does a CA below a revoked one" {
	make_dms demo '{"enrollment_settings": {"est_rfc7030_settings":
		{"client_certificate_settings": {"validation_cas": ["line"]}}}}' && return 1
	shedu ca create middle --cn 'Test Middle' --parent root --validity 9y
	shedu ca create line --cn 'Test Line' --parent middle --validity 8y
	make_dms demo '{"enrollment_settings": {"est_rfc7030_settings":
		{"client_certificate_settings": {"validation_cas": ["line"]}}}}'
	shedu cert issue --ca line --kind bootstrap --cn b --out b.pem --out-key b.key
	new_csr d1
	enroll demo d1 simpleenroll b.pem
	assert_status 200
	ca_pem middle >middle.pem
	shedu cert revoke "$(serial_of middle.pem)" --reason CACompromise
	new_csr d2
	enroll demo d2 simpleenroll b.pem
	assert_status 401
	assert_output_has ca_revoked
}

@test "a device's certificate enrolls no other device" {
	make_dms demo
	make_dms shared '{"enrollment_settings": {"enable_replaceable_enrollment": true,
		"est_rfc7030_settings": {"client_certificate_settings": {"validation_cas": ["issuing"]}}}}'
	enroll_device demo d1
	new_csr d2
	enroll shared d2 simpleenroll d1.pem
	assert_status 403
	assert_output_has other_certificate
}

@test "NO_AUTH renews nothing expired unless the DMS allows it" {
	make_dms demo '{"reenrollment_settings": {"est_rfc7030_settings": {"auth_mode": "NO_AUTH"}}}'
	enroll_device demo d1
	AT=+400d enroll demo d1 simplereenroll
	assert_status 403
	assert_output_has 'expired certificate'
}

@test "a profile that makes CAs or OCSP signers is no profile of a DMS" {
	echo '{"id": "ca", "name": "ca", "sign_as_ca": true, "key_usage": ["CertSign"]}' >p.json
	api POST /v2/profiles p.json
	assert_status 201
	id=$(json .id)
	run make_dms demo "{\"issuance_profile_id\": \"$id\"}"
	[[ $status == 1 ]]
	assert_output_has 'profile for devices'
	run make_dms demo '{"issuance_profile": {"extended_key_usages": ["OCSPSigning"]}}'
	[[ $status == 1 ]]
	assert_output_has 'profile for devices'
}

set_default() {
	as_user sqlite3 "$W/state/shedu.db" "UPDATE ca SET profile = $1 WHERE id = 'bad'"
}

@test "a CA's default profile that makes CAs gives devices nothing" {
	jq -n '{id: "bad", parent_id: "root", subject: {common_name: "Bad"},
		key_metadata: {type: "ECDSA", bits: 256}, ca_expiration: {type: "Duration", duration: "5y"},
		issuance_profile: {sign_as_ca: true}}' >ca.json
	api POST /v2/cas ca.json
	assert_status 201
	make_dms good >/dev/null
	jq '.id = "demo" | .settings.enrollment_settings.enrollment_ca = "bad" |
		del(.settings.issuance_profile)' dms-good.json >dms.json
	run shedu dms create demo dms.json
	[[ $status == 1 ]]
	assert_output_has 'profile for devices' bad
	# What came there behind the API gives nothing either.
	set_default "json_set(profile, '\$.sign_as_ca', json('false'))"
	shedu dms create demo dms.json
	set_default "json_set(profile, '\$.sign_as_ca', json('true'))"
	new_csr d1
	enroll demo d1
	assert_status 500
	api GET /v2/devices/d1
	assert_status 404
}
