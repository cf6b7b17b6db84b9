# Issuance profiles: validity, the kinds of keys, the digest of the signature.

load ../lib/shedu

not_before() {
	date -d "$(openssl x509 -in "$1" -noout -startdate | cut -d= -f2)" +%s
}

signature() {
	openssl x509 -in "$1" -noout -text | sed -n 's/.*Signature Algorithm: //p' | sort -u
}

@test "refuse_beyond_issuer: 503 instead of a certificate that is cut short" {
	shedu ca create short --cn Short --parent root --validity 100d
	make_dms demo '{"enrollment_settings": {"enrollment_ca": "short"},
		"issuance_profile": {"validity": {"type": "Duration", "duration": "200d"}}}'
	enroll_device demo d1
	shedu dms update demo - <<<'{"settings": {"issuance_profile": {"refuse_beyond_issuer": true}}}'
	new_csr d2
	enroll demo d2
	assert_status 503
	[[ -n $(header Retry-After) ]]
	api GET /v2/devices/d2
	assert_status 404
	shedu dms update demo - <<<'{"settings": {"issuance_profile": {"validity": {"duration": "95d"}}}}'
	enroll demo d2
	assert_status 200
}

@test "backdate: the beginning, but not before the CA's; the end counts from now" {
	local ca
	AT=-2d shedu ca create old --cn Old --parent root --validity 2y || AT=-2d shedu ca create old --cn Old --validity 2y
	make_dms demo '{"enrollment_settings": {"enrollment_ca": "old"}, "issuance_profile":
		{"backdate": "1h", "validity": {"type": "Duration", "duration": "365d"}}}'
	enroll_device demo d1
	local age=$(($(date +%s) - $(not_before d1.pem)))
	((age >= 3600 && age < 3700))
	openssl x509 -in d1.pem -noout -checkend $((364 * 86400))
	shedu dms update demo - <<<'{"settings": {"issuance_profile": {"backdate": "20d"}}}'
	enroll_device demo d2
	ca_pem old >old.pem
	[[ $(not_before d2.pem) == "$(not_before old.pem)" ]]
}

@test "signature_hash with an ECDSA and with an RSA CA" {
	make_dms demo '{"issuance_profile": {"signature_hash": "SHA-512"}}'
	enroll_device demo d1
	[[ $(signature d1.pem) == ecdsa-with-SHA512 ]]
	openssl verify -CAfile root.pem -untrusted issuing.pem d1.pem
	shedu ca create rsa --cn RSA --key RSA:2048
	make_dms rsa-dms '{"enrollment_settings": {"enrollment_ca": "rsa"}, "issuance_profile": {"signature_hash": "SHA-384"}}'
	enroll_device rsa-dms d2
	ca_pem rsa >rsa.pem
	[[ $(signature d2.pem) == sha384WithRSAEncryption ]]
	openssl verify -CAfile rsa.pem d2.pem
	shedu dms update rsa-dms - <<<'{"settings": {"issuance_profile": {"signature_hash": "Default"}}}'
	enroll_device rsa-dms d3
	[[ $(signature d3.pem) == sha256WithRSAEncryption ]]
}

@test "an Ed25519 CA signs, for Ed25519 devices too, and has no digest to choose" {
	shedu ca create ed --cn Ed --key Ed25519
	make_dms demo '{"enrollment_settings": {"enrollment_ca": "ed"}}'
	new_key d1.key ed25519
	enroll_device demo d1
	ca_pem ed >ed.pem
	[[ $(signature d1.pem) == ED25519 ]]
	openssl verify -CAfile ed.pem d1.pem
	run shedu dms update demo - <<<'{"settings": {"issuance_profile": {"signature_hash": "SHA-384"}}}'
	((status != 0))
	[[ $output == */settings/issuance_profile/signature_hash*Ed25519* ]]
}

@test "a CA that became Ed25519 behind a profile by id signs nothing: 503" {
	shedu ca create ed --cn Ed --validity 10y
	echo '{"signature_hash": "SHA-384"}' | shedu profile create p
	make_dms demo '{"enrollment_settings": {"enrollment_ca": "ed"}, "issuance_profile_id": "p"}'
	shedu ca rekey ed --key Ed25519
	new_csr d1
	enroll demo d1
	assert_status 503
}

@test "allow_ed25519_keys: with enforcement Ed25519 is refused without it" {
	make_dms demo '{"issuance_profile": {"crypto_enforcement": {"enabled": true, "allow_ecdsa_keys": true}}}'
	new_key d1.key ed25519
	new_csr d1
	enroll demo d1
	assert_status 400
	assert_output_has Ed25519
	shedu dms update demo - <<<'{"settings": {"issuance_profile": {"crypto_enforcement": {"allow_ed25519_keys": true}}}}'
	enroll demo d1
	assert_status 200
}

@test "the profile that an id names wins over the DMS's own, and holds from the next certificate on" {
	echo '{"validity": {"duration": "10d"}}' | shedu profile create p
	make_dms demo '{"issuance_profile_id": "p", "reenrollment_settings":
		{"preventive_delta": "1d", "critical_delta": "1h"}}'
	enroll_device demo d1
	never openssl x509 -in d1.pem -noout -checkend $((11 * 86400))
	echo '{"validity": {"duration": "20d"}}' | shedu profile update p
	enroll_device demo d2
	openssl x509 -in d2.pem -noout -checkend $((19 * 86400))
}
