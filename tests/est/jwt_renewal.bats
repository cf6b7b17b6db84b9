# auth_mode JWT: a token is not a certificate: repeats and renewals.

load ../lib/shedu
load jwt

setup_file() {
	requires jose || return 0
	shedu_file_begin
}

setup() {
	shedu_test_begin
	issuer_key k1
	new_csr d1
}

# make_renewing: a DMS with the mode in both blocks, each with a key of its own.
make_renewing() {
	issuer_key k2
	make_jwt_dms demo "$(inline k1)" "$(inline k2 | jq '{reenrollment_settings:
		{est_rfc7030_settings: {auth_mode: "JWT", jwt_settings: .}}}')"
}

@test "a repeat with another token for the same device gets the same certificate" {
	make_jwt_dms demo "$(inline k1)"
	bearer demo d1 "$(token k1 d1)"
	assert_status 200
	cp d1.pem first.pem
	bearer demo d1 "$(token k1 d1 '.exp = $now + 1200')"
	assert_status 200
	cmp first.pem d1.pem
	api GET /v2/devices/d1
	[[ $(json .identity.active_version) == 0 ]]
}

@test "a repeat with a token that has expired, or for another device, is none" {
	make_jwt_dms demo "$(inline k1)"
	bearer demo d1 "$(token k1 d1)"
	assert_status 200
	bearer demo d1 "$(token k1 d1 '.exp = $now - 120')"
	refused token_expired
	bearer demo d1 "$(token k1 d2)"
	assert_status 403
}

@test "a second enrollment of the device with another key is a conflict" {
	make_jwt_dms demo "$(inline k1)"
	bearer demo d1 "$(token k1 d1)"
	assert_status 200
	new_key d1.key
	new_csr d1
	bearer demo d1 "$(token k1 d1)"
	assert_status 409
}

@test "renewal by a token, under the settings of its own block" {
	make_renewing
	bearer demo d1 "$(token k1 d1)"
	assert_status 200
	new_key d1.key
	new_csr d1
	bearer demo d1 "$(token k1 d1)" simplereenroll
	refused token_key
	bearer demo d1 "$(token k2 d2)" simplereenroll
	assert_status 403
	bearer demo d1 "$(token k2 d1)" simplereenroll
	assert_status 200
	api GET /v2/devices/d1
	[[ $(json .identity.active_version) == 1 ]]
}

@test "where renewal wants a certificate a token is none" {
	make_jwt_dms demo "$(inline k1)"
	bearer demo d1 "$(token k1 d1)"
	assert_status 200
	bearer demo d1 "$(token k1 d1)" simplereenroll
	assert_status 401
	[[ $(header WWW-Authenticate) == 'ClientCertificate realm="demo"' ]]
	enroll demo d1 simplereenroll d1.pem
	assert_status 200
}
