# serverkeygen and the CSR: its key and signature are of no account, all else of it is kept
# (RFC 7030 4.4.1).

load ../lib/shedu
load csr
load keygen

made_for() {
	assert_status 200
	[[ $(openssl x509 -in "$1.pem" -noout -pubkey) == "$(openssl pkey -in "$1.made" -pubout)" ]]
}

@test "a signature that does not verify is no ground for refusal" {
	keygen_dms
	request UTF8:d1 '[attrs]'
	run ! openssl req -in d1.csr -noout -verify
	keygen demo d1
	made_for d1
	enroll demo d1
	assert_status 400
	assert_output_has csr_signature
}

@test "nor is a weak key, or a weak digest" {
	keygen_dms
	new_key d1.key RSA:1024
	new_csr d1
	keygen demo d1
	made_for d1
	new_csr d2 -sha1
	keygen demo d2
	made_for d2
}

@test "nor a key of a kind that nobody enrolls" {
	keygen_dms
	openssl genpkey -algorithm X448 -out x.key
	new_key d1.key ED448
	new_csr d1
	keygen demo d1
	made_for d1
}

@test "subject and SAN are the CSR's" {
	keygen_dms
	new_key d1.key
	openssl req -new -key d1.key -subj '/O=Acme/OU=Pumps/CN=d1' -out d1.csr \
		-addext 'subjectAltName=DNS:d1.example,IP:192.0.2.1'
	keygen demo d1
	made_for d1
	[[ $(openssl x509 -in d1.pem -noout -subject -nameopt RFC2253) == 'subject=CN=d1,OU=Pumps,O=Acme' ]]
	openssl x509 -in d1.pem -noout -ext subjectAltName | grep -q 'DNS:d1.example, IP Address:192.0.2.1'
}

@test "requested key usages are kept where the profile honours them" {
	keygen_dms demo '{"key": {"type": "RSA", "bits": 2048}}' '{"issuance_profile": {
		"honor_key_usage": true, "honor_extended_key_usages": true}}'
	new_csr d1 -addext 'keyUsage=digitalSignature,keyEncipherment' \
		-addext 'extendedKeyUsage=clientAuth,emailProtection'
	keygen demo d1
	made_for d1
	openssl x509 -in d1.pem -noout -ext keyUsage | grep -q 'Digital Signature, Key Encipherment'
	openssl x509 -in d1.pem -noout -ext extendedKeyUsage |
		grep -q 'TLS Web Client Authentication, E-mail Protection'
}

@test "a CSR that wants to be a CA, has no common name or is no CSR is refused before a key is made" {
	keygen_dms
	new_csr d1 -addext basicConstraints=CA:TRUE
	keygen demo d1
	assert_status 400
	assert_output_has csr_ca
	openssl req -new -key d1.key -subj /O=Acme -out d1.csr
	keygen demo d1
	assert_status 400
	assert_output_has csr_common_name
	echo rubbish >d1.csr
	keygen demo d1
	assert_status 400
	no_certificate_of d1
}

@test "a key that the DMS's own profile forbids is refused when the DMS is written" {
	local profile='{"issuance_profile": {"crypto_enforcement":
		{"enabled": true, "allow_rsa_keys": true, "allowed_rsa_key_sizes": [3072]}}}'
	run keygen_dms no '{}' "$profile"
	[[ $status != 0 && $output == *server_keygen_settings/key* ]]
	run keygen_dms no '{"key": {"type": "RSA", "bits": 2048}}' "$profile"
	[[ $status != 0 && $output == *server_keygen_settings/key* ]]
	keygen_dms demo '{"key": {"type": "RSA", "bits": 3072}}' "$profile"
}

@test "one that the profile by its id came to forbid behind the API is a 503 that the log explains" {
	echo '{}' | shedu profile create p
	keygen_dms demo '{}' '{"issuance_profile_id": "p"}'
	as_user sqlite3 "$W/state/shedu.db" "UPDATE profile SET profile = json_set(profile,
		'\$.crypto_enforcement', json('{\"enabled\": true, \"allow_rsa_keys\": true}')) WHERE id = 'p'"
	keygen demo d1
	assert_status 503
	grep -q 'crypto_enforcement of its issuance profile' shedu.log
	no_certificate_of d1
}

@test "keys that cannot be made are refused when the DMS is written" {
	local k
	for k in RSA:1024 RSA:8192 RSA:2049 ECDSA:224 DSA:2048; do
		run keygen_dms no "{\"key\": {\"type\": \"${k%:*}\", \"bits\": ${k#*:}}}"
		[[ $status != 0 && $output == *server_keygen_settings/key* ]]
	done
}
