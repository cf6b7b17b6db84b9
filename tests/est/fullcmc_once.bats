# What an RA has signed is judged once: no rule but the record refuses it later.

load ../lib/shedu
load cmc

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
