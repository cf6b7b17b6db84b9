#!/usr/bin/env bats
# What is wrong with a DMS is said when it is written, all of it at once; secrets stay inside.

load ../lib/shedu
load dms

pointers() {
	json '[.problems[].pointer] | sort | join(" ")'
}

@test "all problems come at once, each with its JSON pointer" {
	send POST /v2/dms '{"id": "a b", "settings": {
		"enrollment_settings": {"enrollment_ca": "nope", "registration_mode": "MAYBE"},
		"reenrollment_settings": {"critical_delta": "50 parsecs"},
		"surprise": 1}}'
	assert_refused 400 fields
	local p
	p=" $(pointers) "
	for want in /id /settings/enrollment_settings/enrollment_ca /settings/surprise \
		/settings/enrollment_settings/registration_mode \
		/settings/reenrollment_settings/critical_delta; do
		[[ $p == *" $want "* ]] || {
			echo "no problem at $want: $p"
			return 1
		}
	done
	as admin GET /v2/dms
	assert_json '.list | length' 0
}

@test "the enrollment CA is required" {
	send POST /v2/dms "$(dms_json a | jq 'del(.settings.enrollment_settings.enrollment_ca)')"
	assert_status 400
	[[ $(pointers) == /settings/enrollment_settings/enrollment_ca ]]
}

@test "the enrollment CA must have its key here" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout x.key -out x.pem \
		-subj /CN=Foreign -days 100 -addext basicConstraints=critical,CA:TRUE 2>/dev/null
	shedu ca import foreign --cert "$W/x.pem"
	send POST /v2/dms "$(dms_json a | jq '.settings.enrollment_settings.enrollment_ca = "foreign"')"
	assert_status 400
	assert_output_has 'without its key'
}

@test "every CA and the profile that are named must exist" {
	send POST /v2/dms "$(dms_json a | jq '
		.settings.issuance_profile_id = "p" |
		.settings.ca_distribution_settings.managed_cas = ["issuing", "m"] |
		.settings.reenrollment_settings.additional_validation_cas = ["r"] |
		.settings.enrollment_settings.est_rfc7030_settings.client_certificate_settings
			.validation_cas = ["bootstrap", "v"]')"
	assert_status 400
	[[ $(pointers) == "/settings/ca_distribution_settings/managed_cas/1"\
" /settings/enrollment_settings/est_rfc7030_settings/client_certificate_settings/validation_cas/1"\
" /settings/issuance_profile_id /settings/reenrollment_settings/additional_validation_cas/0" ]]
}

@test "a critical delta longer than the preventive one is refused" {
	send POST /v2/dms "$(dms_json a | jq '.settings.reenrollment_settings =
		{preventive_delta: "10d", critical_delta: "20d"}')"
	assert_status 400
	assert_output_has critical_delta
}

# with_secret: a DMS whose webhook has a secret.
with_secret() {
	send POST /v2/dms "$(dms_json a | jq '.settings.enrollment_settings.est_rfc7030_settings =
		{auth_mode: "EXTERNAL_WEBHOOK", external_webhook_settings: {url: "https://localhost/x",
		method: "POST", config: {auth_mode: "apikey", apikey: {header: "X-Key", key: "s3cret"}}}}')"
	assert_status 201
}

assert_secret_is() {
	local s
	s=$(as_user sqlite3 "$W/state/shedu.db" "SELECT settings FROM dms")
	[[ $s == *"\"$1\""* ]]
}

@test "no answer and no event shows a secret" {
	with_secret
	[[ $output != *s3cret* ]]
	as admin GET /v2/dms
	[[ $output == *X-Key* && $output != *s3cret* ]]
	send PATCH /v2/dms/a '{"settings":{"enrollment_settings":{"est_rfc7030_settings":
		{"external_webhook_settings":{"config":{"apikey":{"key":"n3w"}}}}}}}' \
		application/merge-patch+json
	assert_status 200
	[[ $output != *n3w* ]]
	assert_secret_is n3w
	as admin GET /v2/events
	assert_status 200
	[[ $output != *s3cret* && $output != *n3w* ]]
}

@test "PUT of what GET showed keeps the secret" {
	with_secret
	as admin GET /v2/dms/a
	jq '.name = "renamed"' "$body_file" >"$W/put.json"
	as admin PUT /v2/dms/a "$W/put.json"
	assert_status 200
	assert_json .name renamed
	assert_secret_is s3cret
}

@test "writing a DMS bumps the trust generation" {
	local before after
	before=$(as_user sqlite3 "$W/state/shedu.db" "SELECT trust_generation FROM meta")
	send POST /v2/dms "$(dms_json a)"
	after=$(as_user sqlite3 "$W/state/shedu.db" "SELECT trust_generation FROM meta")
	((after > before))
}
