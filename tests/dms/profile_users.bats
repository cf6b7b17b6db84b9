# What a DMS demands of its issuance profile holds, too, when the profile is changed behind it.

load ../lib/shedu
load dms

no_ecdsa='{"crypto_enforcement": {"enabled": true, "allow_rsa_keys": true}}'
keygen='{"server_keygen_settings": {"enabled": true, "key": {"type": "ECDSA", "bits": 256}}}'

# by_id CA [SETTINGS]: the DMS demo, which names the profile p.
by_id() {
	echo '{}' | shedu profile create p
	make_dms demo "$(jq -n --arg ca "$1" --argjson s "${2:-"{}"}" \
		'{issuance_profile_id: "p", enrollment_settings: {enrollment_ca: $ca}} * $s')"
}

# by_default [SETTINGS]: the DMS demo, which has the profile p from its enrollment CA "sub".
by_default() {
	echo '{}' | shedu profile create p
	sub_of p
	make_dms demo "$(jq -n --argjson s "${1:-"{}"}" \
		'{issuance_profile: null, enrollment_settings: {enrollment_ca: "sub"}} * $s')"
}

# sub_of PROFILE: the CA "sub", whose default it is.
sub_of() {
	send POST /v2/cas "$(jq -n --arg p "$1" '{id: "sub", parent_id: "root", profile_id: $p,
		subject: {common_name: "Sub"}, key_metadata: {type: "ECDSA", bits: 256},
		ca_expiration: {type: "Duration", duration: "5y"}}')"
	assert_status 201
}

# refuses JSON TEXT...: as the new p, naming the DMS; nothing changes.
refuses() {
	local before
	before=$(shedu --json profile show p)
	send PUT /v2/profiles/p "$1"
	assert_refused 409 profile_in_use
	[[ $(json .err) == 'DMS "demo" '* ]]
	assert_output_has "${@:2}"
	[[ $(shedu --json profile show p) == "$before" ]]
}

takes() {
	send PUT /v2/profiles/p "$1"
	assert_status 200
}

@test "by its id: no key that serverkeygen makes there is forbidden" {
	by_id issuing "$keygen"
	refuses "$no_ecdsa" server_keygen_settings 'ECDSA 256'
	takes '{"crypto_enforcement": {"enabled": true, "allow_ecdsa_keys": true, "allowed_ecdsa_key_sizes": [256]}}'
	shedu dms update demo - <<<'{"settings": {"server_keygen_settings": {"enabled": false}}}'
	takes "$no_ecdsa"
}

@test "by its id: no digest for a CA that signs with Ed25519" {
	shedu ca create ed --cn Ed --key Ed25519
	by_id ed
	refuses '{"signature_hash": "SHA-384"}' Ed25519
	shedu dms update demo - <<<'{"settings": {"enrollment_settings": {"enrollment_ca": "issuing"}}}'
	takes '{"signature_hash": "SHA-384"}'
}

@test "as the CA's default: for devices, and for their keys; nothing changes for the CA" {
	by_default "$keygen"
	refuses '{"sign_as_ca": true}' sign_as_ca
	refuses '{"extended_key_usages": ["OCSPSigning"]}' OCSPSigning
	refuses "$no_ecdsa" 'ECDSA 256'
	as admin GET /v2/cas/sub
	assert_json .issuance_profile.sign_as_ca false
	enroll_device demo d1
}

@test "a DMS with one of its own, inline or by id, does not bind its CA's default" {
	by_default "$keygen"
	shedu dms update demo - <<<'{"settings": {"issuance_profile": {}}}'
	takes '{"sign_as_ca": true}'
	takes '{}'
	echo '{}' | shedu profile create q
	shedu dms update demo - <<<'{"settings": {"issuance_profile": null, "issuance_profile_id": "q"}}'
	takes '{"sign_as_ca": true}'
	enroll_device demo d1
}

@test "the DMS that stands in the way is found on any page" {
	by_id issuing "$keygen"
	as_user sqlite3 "$W/state/shedu.db" "WITH RECURSIVE i(n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM i WHERE n < 310)
		INSERT INTO dms (id, name, settings, metadata, enrollment_ca, version, created_at, updated_at)
		SELECT 'a' || n, name, json_remove(settings, '\$.server_keygen_settings'), metadata,
			enrollment_ca, version, created_at, updated_at FROM dms, i WHERE id = 'demo'"
	refuses "$no_ecdsa" 'ECDSA 256'
}

@test "when the DMS is written the same holds, of the profile by its id and of the CA's default" {
	echo "$no_ecdsa" | shedu profile create p
	send POST /v2/dms "$(dms_json a | jq --argjson k "$keygen" '.settings += $k | .settings.issuance_profile_id = "p"')"
	assert_refused 400 fields
	assert_json '.problems[].pointer' /settings/issuance_profile_id
	takes '{"sign_as_ca": true}'
	sub_of p
	send POST /v2/dms "$(dms_json a | jq '.settings.enrollment_settings.enrollment_ca = "sub"')"
	assert_refused 400 fields
	assert_json '.problems[].pointer' /settings/enrollment_settings/enrollment_ca
	assert_output_has sub sign_as_ca
	send POST /v2/dms "$(dms_json a | jq '.settings.enrollment_settings.enrollment_ca = "sub" | .settings.issuance_profile = {}')"
	assert_status 201
}
