# fullcmc where an operator approves: 202 with pendInfo (RFC 5272 6.1.1), and the same message again.

load ../lib/shedu
load cmc

setup() {
	shedu_test_begin
	make_dms demo '{"enrollment_settings": {"manual_approval": true}}'
	make_ra
	shedu tick
	new_csr d1
	new_csr d2
}

approve() {
	shedu approval approve "$(shedu --json approval list --state pending |
		jq -er --arg d "$1" '.list[] | select(.device == $d) | .id')"
}

@test "a request waits, and the same message gets the certificate once it is approved" {
	fullcmc ra.pem ra.key "$(transaction)" "$(tcr 1 d1.csr)"
	assert_status 202
	[[ $(header Retry-After) =~ ^[0-9]+$ ]]
	verify_response
	[[ $(statuses) == '3 1'* ]]
	api GET /v2/devices/d1
	assert_status 404
	post
	assert_status 202
	shedu --json approval list | jq -e '.list | length == 1'
	approve d1
	post
	answered 200 '0 1'
	issued d1
	post
	answered 200 '0 1'
	[[ $(device_version d1) == 0 ]]
}

@test "of two requests each waits for its own approval" {
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)$(tcr 2 d2.csr)"
	assert_status 202
	approve d2
	post
	assert_status 200
	verify_response
	issued d2
	api GET /v2/devices/d1
	assert_status 404
	approve d1
	post
	answered 200 '0 1' '0 2'
}

@test "a denied request is refused, for good" {
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)"
	assert_status 202
	shedu approval deny "$(shedu --json approval list | jq -r '.list[0].id')" --reason 'not ours'
	post
	assert_status 403
	verify_response
	says 'not ours'
}

@test "a CRMF request is shown to the operator as what it is" {
	fullcmc ra.pem ra.key '' "$(crm 1 d1.key d1)"
	assert_status 202
	api GET "/v2/approvals/$(shedu --json approval list | jq -r '.list[0].id')"
	assert_status 200
	[[ $(json .crmf) != null && $(json .csr) == null && $(json .subject) == CN=d1 ]]
	approve d1
	post
	answered 200 '0 1'
}
