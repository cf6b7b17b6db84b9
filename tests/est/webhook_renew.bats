# Renewal by a webhook: the re-enrollment block has its own way to authenticate.

load ../lib/shedu
load webhook

setup() {
	shedu_test_begin
	hook_start
}

# renew_dms [RENEWAL [MODE]]: enrolls by certificate, renews by the webhook. The webhook's own
# certificate does not live as long as some of these tests.
renew_dms() {
	local hook
	hook=$(jq -n --arg url "$HOOK_URL/ask.cgi" --arg mode "${2:-EXTERNAL_WEBHOOK}" \
		--argjson r "${1:-"{}"}" '{reenrollment_settings: ({est_rfc7030_settings: {auth_mode: $mode,
			external_webhook_settings: {url: $url, config: {validate_server_cert: false}}}} * $r)}')
	make_dms demo "$hook"
	enroll_device demo d1
	cp d1.pem first.pem
	new_csr d1
}

@test "without a certificate, by the webhook's word" {
	renew_dms
	[[ $(hook_calls) == 0 ]]
	ask demo d1 simplereenroll
	assert_status 200
	[[ $(serial_of d1.pem) != "$(serial_of first.pem)" ]]
	[[ $(jq -r .http_request.url hook/ask.body) == /.well-known/est/demo/simplereenroll ]]
	api GET '/v2/events?type=dms.reenroll'
	[[ $output == *webhook* ]]
}

@test "its no" {
	renew_dms
	hook_says ask '{"authorized": false}'
	ask demo d1 simplereenroll
	assert_status 403
	assert_output_has 'external webhook denied reenrollment'
}

@test "its yes does not lift the rules: another subject, a revoked identity, an unknown device" {
	renew_dms
	openssl req -new -key d1.key -subj '/CN=d1/O=Other' -out d1.csr
	ask demo d1 simplereenroll
	assert_status 403
	assert_output_has subject_changed
	ask demo d9 simplereenroll
	assert_status 404
	new_csr d1
	shedu cert revoke "$(serial_of d1.pem)" --reason KeyCompromise
	ask demo d1 simplereenroll
	assert_status 403
	assert_output_has revoked_identity
}

@test "of an expired certificate where enable_expired_renewal says so, within its bound" {
	renew_dms
	AT=+370d ask demo d1 simplereenroll
	assert_status 403
	assert_output_has enable_expired_renewal
	echo '{"settings": {"reenrollment_settings": {"enable_expired_renewal": true}}}' |
		shedu dms update demo -
	AT=+400d ask demo d1 simplereenroll
	assert_status 403
	assert_output_has expired_too_long
	AT=+370d ask demo d1 simplereenroll
	assert_status 200
}

@test "with the device's certificate and the webhook" {
	renew_dms '{}' CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK
	ask demo d1 simplereenroll
	assert_status 401
	[[ $(hook_calls) == 0 ]]
	hook_says ask '{"authorized": false}'
	ask demo d1 simplereenroll --cert first.pem
	assert_status 403
	hook_says ask '{"authorized": true}'
	ask demo d1 simplereenroll --cert first.pem
	assert_status 200
	[[ $(hook_calls) == 2 ]]
}

@test "an expired certificate by a bootstrap certificate and the webhook" {
	renew_dms '{"enable_expired_renewal": true, "est_rfc7030_settings": {"client_certificate_settings":
		{"validation_cas": ["bootstrap"]}}}' CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK
	shedu cert issue --ca bootstrap --kind bootstrap --cn d1 --validity 800d --out b.pem --out-key b.key
	hook_says ask '{"authorized": false}'
	AT=+370d ask demo d1 simplereenroll --cert b.pem
	assert_status 403
	assert_output_has webhook_denied
	hook_says ask '{"authorized": true}'
	AT=+370d ask demo d1 simplereenroll --cert b.pem
	assert_status 200
}
