# A lost answer must never brick a device (DESIGN section 5, Replay).

load ../lib/shedu

@test "the same CSR by the same certificate gets the same certificate, and nothing changes" {
	make_dms demo
	enroll_device demo d1
	cp d1.pem first.pem
	enroll demo d1
	assert_status 200
	cmp first.pem d1.pem
	api GET /v2/devices/d1
	[[ $(json .identity.active_version) == 0 ]]
}

@test "killed between commit and answer: the device asks again and gets its certificate" {
	requires strace
	make_dms demo
	new_csr d1
	pem_b64 d1.csr >d1.b64
	: >lost
	own lost
	as_user env -i PATH="$PATH" SHEDU_CONF="$SHEDU_CONF" REQUEST_METHOD=POST HTTPS=on \
		REQUEST_URI=/.well-known/est/demo/simpleenroll CONTENT_TYPE=application/pkcs10 \
		CONTENT_LENGTH="$(stat -c %s d1.b64)" SSL_CLIENT_CERT="$(cat bootstrap.pem)" \
		ASAN_OPTIONS=detect_leaks=0 \
		strace -o /dev/null -P "$W/lost" -e trace=write,writev -e inject=write,writev:signal=KILL \
		"$EST" <d1.b64 >lost 2>/dev/null && return 1
	[[ ! -s lost ]]
	api GET /v2/devices/d1
	[[ $(json '"\(.status) \(.identity.active_version)"') == "ACTIVE 0" ]]
	serial=$(json '.identity.versions["0"]')
	enroll demo d1
	assert_status 200
	[[ $(serial_of d1.pem) == "$serial" ]]
}

@test "a renewal is repeated though it has revoked the certificate that asks" {
	make_dms demo '{"reenrollment_settings": {"revoke_on_reenrollment": true}}'
	enroll_device demo d1
	cp d1.pem old.pem
	new_key d1.key
	new_csr d1
	enroll demo d1 simplereenroll old.pem
	assert_status 200
	cp d1.pem first.pem
	enroll demo d1 simplereenroll old.pem
	assert_status 200
	cmp first.pem d1.pem
	shedu cert revoke "$(serial_of old.pem)" --reason KeyCompromise
	enroll demo d1 simplereenroll old.pem
	assert_status 401
}

@test "an enrollment is repeated though it has used up its bootstrap certificate" {
	make_dms demo '{"enrollment_settings": {"revoke_bootstrap_on_enrollment": true}}'
	enroll_device demo d1
	cp d1.pem first.pem
	enroll demo d1
	assert_status 200
	cmp first.pem d1.pem
}

@test "another certificate does not get the answer" {
	make_dms demo
	enroll_device demo d1
	shedu cert issue --ca bootstrap --kind bootstrap --cn second --out b2.pem --out-key b2.key
	enroll demo d1 simpleenroll b2.pem
	assert_status 409
}

@test "a certificate that an operator revoked in between gets nothing" {
	make_dms demo
	enroll_device demo d1
	shedu cert revoke "$(serial_of bootstrap.pem)" --reason KeyCompromise
	enroll demo d1
	assert_status 401
}

@test "what has been revoked since is not handed out again" {
	make_dms demo
	enroll_device demo d1
	shedu cert revoke "$(serial_of d1.pem)" --reason KeyCompromise
	enroll demo d1
	assert_status 409
}

@test "a decommissioned device gets nothing" {
	make_dms demo
	enroll_device demo d1
	shedu device decommission d1
	enroll demo d1
	assert_status 409
	assert_output_has decommissioned
}

@test "after the next renewal the first answer is not repeated" {
	make_dms demo
	enroll_device demo d1
	cp d1.pem v0.pem
	cp d1.csr first.csr
	new_key d1.key
	new_csr d1
	enroll demo d1 simplereenroll v0.pem
	assert_status 200
	cp first.csr d1.csr
	enroll demo d1
	assert_status 409
}

@test "the window ends" {
	make_dms demo
	enroll_device demo d1
	AT=+2d enroll demo d1
	assert_status 409
}

@test "NO_AUTH: the same CSR is the same enrollment" {
	make_dms demo '{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "NO_AUTH"}}}'
	enroll_device demo d1
	cp d1.pem first.pem
	enroll demo d1
	cmp first.pem d1.pem
}
