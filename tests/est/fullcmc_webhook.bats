# fullcmc where a webhook has to be asked: what it is shown, and what it is not asked about.

load ../lib/shedu
load cmc
load webhook

setup() {
	shedu_test_begin
	hook_start
}

# ra_asks [PATCH]: an RA's enrollments are asked about.
ra_asks() {
	hook_dms demo '{}' CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK "$@"
	make_ra
	shedu tick
	new_csr d1
}

# device_asks [RENEWAL]: renewals are asked about.
device_asks() {
	with_device "$(jq -n --arg url "$HOOK_URL/ask.cgi" --argjson r "${1:-"{}"}" \
		'{reenrollment_settings: ({est_rfc7030_settings: {
			auth_mode: "CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK",
			external_webhook_settings: {url: $url, config: {validate_server_cert: false}}}} * $r)}')"
}

@test "of a PKCS#10 it is shown csr, of a CRMF request crmf" {
	ra_asks
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	jq -r .csr hook/ask.body | base64 -d | cmp - d1.csr
	[[ $(jq 'has("crmf")' hook/ask.body) == false ]]
	new_key d2.key
	request=$(crm 7 d2.key d2)
	fullcmc ra.pem ra.key '' "$request"
	answered 200 '0 7'
	[[ $(jq -r .crmf hook/ask.body | base64 -d | hex) == "30${request:2}" ]]
	[[ $(jq 'has("csr")' hook/ask.body) == false ]]
	[[ $(hook_calls) == 2 ]]
}

@test "a refused message that comes again, and a revoked signer, ask nobody" {
	ra_asks
	hook_says ask '{"authorized": false}'
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)"
	answered 403 '2 1 2'
	says webhook_denied
	post
	answered 403 '2 1 2'
	says replayed
	[[ $(hook_calls) == 1 ]]
	shedu cert revoke "$(serial_of ra.pem)"
	fullcmc ra.pem ra.key "$(nonce)" "$(tcr 1 d1.csr)"
	answered 401 '2 1 7'
	[[ $(hook_calls) == 1 ]]
}

@test "a device that is refused anyway asks nobody, by fullcmc and by simplereenroll" {
	device_asks '{"reenrollment_delta": "100d"}'
	fullcmc old.pem old.key '' "$(tcr 1 d1.csr)$(tcr 2 d1.csr)"
	answered 403 '2 1 2' '2 2 2'
	says window
	ask demo d1 simplereenroll --cert old.pem
	assert_status 403
	assert_output_has window
	[[ $(hook_calls) == 0 ]]
}

@test "what the webhook may have done before its yes does not refuse: the device is not registered yet" {
	ra_asks '{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}'
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)"
	answered 403 '2 1 2'
	says not_preregistered
	[[ $(hook_calls) == 1 ]]
}

@test "who shows no credential learns nothing before the webhook vouches for him" {
	hook_dms demo
	hook_says ask '{"authorized": false}'
	openssl req -new -newkey rsa:2048 -nodes -keyout d1.key -subj /CN=d1 -out d1.csr
	shedu device add d1 --dms demo
	shedu device decommission d1
	ask demo d1
	assert_status 403
	assert_output_has webhook_denied
	[[ $(hook_calls) == 1 ]]
}

@test "renewed, and given back in the same message, though the webhook took its time in between" {
	device_asks '{"revoke_on_reenrollment": true}'
	new_csr e1 -subj /CN=d1
	echo 1 >hook/ask.delay
	fullcmc old.pem old.key "$(revoke_request 3 old.pem 4)" "$(tcr 1 d1.csr)$(tcr 2 e1.csr)"
	answered 200 '0 1' '2 2 7' '0 3'
	[[ $(hook_calls) == 1 ]]
}
