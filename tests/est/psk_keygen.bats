# Enrollment secrets and serverkeygen: a use is counted once, and a lost answer bricks no device.

load ../lib/shedu
load psk
load keygen

psk_keygen() {
	psk demo "$1" "$id:$secret" serverkeygen
	[[ $status != 200 ]] || keygen_split "$1"
}

@test "a secret has a key made, and is used up by it" {
	keygen_dms demo '{}' '{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK"}}}'
	add_secret demo
	psk_keygen d1
	assert_status 200
	[[ $(openssl pkey -in d1.made -pubout) == $(openssl x509 -in d1.pem -noout -pubkey) ]]
	[[ $(used "$id") == 1 ]]
	psk_keygen d2
	assert_status 401
	assert_output_has secret_used
}

@test "a lost answer: the same use has another key made" {
	keygen_dms demo '{}' '{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK"}}}'
	add_secret demo
	psk_keygen d1
	cp d1.made lost.made
	psk_keygen d1
	assert_status 200
	run ! cmp -s d1.made lost.made
	[[ $(used "$id") == 1 ]]
	api GET /v2/devices/d1
	[[ $(json .identity.active_version) == 1 ]]
}

@test "a lost answer is not forgiven when the secret has been revoked" {
	keygen_dms demo '{}' '{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK"}}}'
	add_secret demo
	psk_keygen d1
	shedu secret revoke "$id"
	psk_keygen d1
	assert_status 401
	assert_output_has secret_revoked
}
