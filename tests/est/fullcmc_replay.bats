# A recorded CMC message never brings an old key back.

load ../lib/shedu
load cmc

# What the register says, but for refusals: to see that nothing has changed.
state() {
	api GET /v2/certificates
	json -S '[.list[] | {serial_number, status}]'
	api GET /v2/devices
	json -S '[.list[] | {id, status, identity}]'
}

renew_again() {
	mv d1.key "${1:-k2}.key"
	mv d1.pem "${1:-k2}.pem"
	new_csr d1
	pkidata '' "$(tcr 1 d1.csr)"
	sign "${1:-k2}.pem" "${1:-k2}.key"
	post
	answered 200 '0 1'
	issued d1
}

@test "the same message gets the same certificate, and nothing changes" {
	with_device
	fullcmc old.pem old.key "$(nonce)" "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	issued d1
	cp d1.pem first.pem
	state >before
	post
	answered 200 '0 1'
	issued d1
	cmp first.pem d1.pem
	state | cmp before -
}

@test "signed anew, with another signature and time: it is the same message" {
	with_device '{"reenrollment_settings": {"revoke_on_reenrollment": true}}'
	fullcmc old.pem old.key "$(nonce)" "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	issued d1
	cp d1.pem first.pem
	sleep 1.1
	sign old.pem old.key
	post
	answered 200 '0 1'
	issued d1
	cmp first.pem d1.pem
}

@test "after a further renewal the old message changes nothing" {
	with_device
	fullcmc old.pem old.key "$(nonce)" "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	issued d1
	cp m.b64 recorded
	renew_again
	state >before
	cp recorded m.b64
	post
	answered 200 '0 1'
	state | cmp before -
	[[ $(device_version d1) == 2 ]]
	AT=+3d shedu tick
	AT=+3d post
	answered 403 '2 1 7'
	says not_active
	[[ $(device_version d1) == 2 ]]
}

@test "what it got has been revoked since: refused" {
	with_device
	fullcmc old.pem old.key "$(nonce)" "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	issued d1
	shedu cert revoke "$(serial_of d1.pem)"
	post
	answered 409 '2 1 2'
	says replayed
}

with_ra() {
	make_dms demo '{"enrollment_settings": {"enable_replaceable_enrollment": true}}'
	make_ra
	shedu tick
	new_csr d1
}

@test "an RA's message is remembered for ever, whatever may be replaced" {
	with_ra
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	cp m.b64 recorded
	mv d1.key k1.key
	new_csr d1
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	cp recorded m.b64
	post
	answered 409 '2 1 2'
	AT=+200d shedu tick
	AT=+200d post
	answered 409 '2 1 2'
	says replayed
	[[ $(device_version d1) == 1 ]]
}

@test "a second message with the same request gets the same certificate, and is remembered too" {
	with_ra
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	issued d1
	cp d1.pem first.pem
	fullcmc ra.pem ra.key "$(nonce)" "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	issued d1
	cmp first.pem d1.pem
	AT=+200d shedu tick
	AT=+200d post
	answered 200 '0 1'
	[[ $(device_version d1) == 0 ]]
}

@test "an RA's message that was refused stays refused" {
	make_dms demo '{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}'
	make_ra
	shedu tick
	new_csr d1
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)"
	answered 403 '2 1 2'
	says not_preregistered
	shedu device add d1 --dms demo
	post
	answered 403 '2 1 2'
	says replayed
	fullcmc ra.pem ra.key "$(nonce)" "$(tcr 1 d1.csr)"
	answered 200 '0 1'
}

@test "another DMS does not get the answer" {
	with_ra
	make_dms other
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	post other
	answered 403 '2 1 2'
	says replayed
}
