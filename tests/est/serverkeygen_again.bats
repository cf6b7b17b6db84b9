# Who may have a key made again because the answer was lost, and how often; never another in his place.

load ../lib/shedu
load keygen
load psk
load webhook

teardown() {
	end hook
	shedu_test_end
}

# another_csr NAME: for the same device, another key.
another_csr() {
	rm -f "$1.key" "$1.csr"
	new_csr "$1"
}

@test "by a bootstrap certificate of the whole line: with the same CSR only" {
	keygen_dms
	keygen demo d1
	cp d1.pem first.pem
	another_csr d1
	keygen demo d1
	assert_status 409
	assert_output_has already_enrolled
	api GET /v2/devices/d1
	[[ $(json .identity.active_version) == 0 ]]
	shedu cert show "$(serial_of first.pem)" | grep -q 'status: ACTIVE'
}

@test "the window begins with the first try, and does not move with the next" {
	keygen_dms
	keygen demo d1
	AT=+20h keygen demo d1
	assert_status 200
	AT=+25h keygen demo d1
	assert_status 409
}

@test "by a secret for the whole line: with the same CSR only; by the device's own with any" {
	keygen_dms demo '{}' '{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK"}}}'
	add_secret demo
	psk demo d1 "$id:$secret" serverkeygen
	assert_status 200
	another_csr d1
	psk demo d1 "$id:$secret" serverkeygen
	assert_status 401
	assert_output_has secret_used
	add_secret demo --device d2
	psk demo d2 "$id:$secret" serverkeygen
	assert_status 200
	another_csr d2
	psk demo d2 "$id:$secret" serverkeygen
	assert_status 200
	[[ $(used "$id") == 1 ]]
}

@test "a webhook that lets the device in again" {
	hook_start || return 0
	keygen_dms demo '{}' "$(jq -n --arg url "$HOOK_URL/ask.cgi" --rawfile ca root.pem '{enrollment_settings:
		{est_rfc7030_settings: {auth_mode: "EXTERNAL_WEBHOOK", external_webhook_settings:
			{url: $url, config: {auth_mode: "noauth", server_ca: $ca}}}}}')"
	keygen demo d1 none
	assert_status 200
	keygen demo d1 none
	assert_status 200
	hook_says ask '{"authorized": false}'
	keygen demo d1 none
	assert_status 403
}

@test "an approval lasts for the next try, too" {
	keygen_dms demo '{}' '{"enrollment_settings": {"manual_approval": true}}'
	keygen demo d1
	assert_status 202
	shedu approval approve "$(shedu --json approval list --state pending | jq -r '.list[0].id')"
	keygen demo d1
	assert_status 200
	keygen demo d1
	assert_status 200
	shedu --json approval list --state pending | jq -e '.list | length == 0'
}

@test "NO_AUTH with approval makes no keys: who has seen the request could send it" {
	run keygen_dms demo '{}' '{"enrollment_settings": {"manual_approval": true,
		"est_rfc7030_settings": {"auth_mode": "NO_AUTH"}}}'
	[[ $output == *server_keygen_settings/enabled* ]]
}

@test "the events name who acted" {
	keygen_dms
	keygen demo d1
	api GET '/v2/events?type=certificate.create&device=d1'
	[[ $(json '.list[0].extensions.authid // .list[0].authid // .list[0].actor') == cert:factory ]]
}
