# Manual approval: 202 until an operator decides, then 200 or 403 (RFC 7030 4.2.3).

load ../lib/shedu

approving() {
	make_dms demo "$(jq -n --argjson more "${1:-"{}"}" \
		'{enrollment_settings: ({manual_approval: true} * $more)}')"
}

# The id of the one request that is in the state given.
approval() {
	shedu --json approval list --state "$1" | jq -er '.list | select(length == 1) | .[0].id'
}

@test "202 with Retry-After in seconds and a text that names the request; nothing is registered" {
	approving
	new_csr d1
	enroll demo d1
	assert_status 202
	[[ $(header Retry-After) =~ ^[0-9]+$ ]]
	[[ $(header Content-Type) == text/plain* ]]
	assert_output_has approval_pending "$(approval pending)" d1
	api GET /v2/devices/d1
	assert_status 404
	api GET '/v2/events?type=approval.request'
	[[ $(json '.list | length') == 1 && $(json '.list[0].device') == d1 ]]
}

@test "the same CSR again is the same request, and once approved gets the certificate" {
	approving
	new_csr d1
	enroll demo d1
	enroll demo d1
	assert_status 202
	shedu approval approve "$(approval pending)"
	enroll demo d1
	assert_status 200
	openssl verify -CAfile root.pem -untrusted issuing.pem d1.pem
	approval issued
	cp d1.pem first.pem
	enroll demo d1
	assert_status 200
	cmp first.pem d1.pem
}

@test "a denied request is 403 with the operator's reason, and has no device" {
	approving
	new_csr d1
	enroll demo d1
	shedu approval deny "$(approval pending)" --reason 'not on the list'
	enroll demo d1
	assert_status 403
	assert_output_has approval_denied 'not on the list'
	api GET /v2/devices/d1
	assert_status 404
	shedu api GET '/v2/dms/demo/refusals' | jq -e '.list[0] | .step == "approval" and .code == "approval_denied"'
}

@test "an approval is for this CSR by this credential only, and for one certificate" {
	approving '{"enable_replaceable_enrollment": true}'
	new_csr d1
	enroll demo d1
	shedu approval approve "$(approval pending)"
	shedu cert issue --ca bootstrap --kind bootstrap --cn other --out "$W/other.pem" --out-key "$W/other.key"
	enroll demo d1 simpleenroll other.pem
	assert_status 202
	enroll demo d1
	assert_status 200
	AT=+2d enroll demo d1
	assert_status 202
}

@test "what is refused anyway is not shown to an operator" {
	approving '{"registration_mode": "PRE_REGISTRATION"}'
	new_csr d1
	enroll demo d1
	assert_status 403
	echo '{"settings": {"enrollment_settings": {"registration_mode": "JITP"}, "issuance_profile":
		{"crypto_enforcement": {"enabled": true, "allow_rsa_keys": true}}}}' | shedu dms update demo -
	enroll demo d1
	assert_status 400
	assert_output_has crypto_enforcement
	[[ $(shedu --json approval list | jq '.list | length') == 0 ]]
}

@test "an approved request is decided again: what has changed meanwhile refuses it" {
	approving
	new_csr d1
	enroll demo d1
	shedu approval approve "$(approval pending)"
	echo '{"settings": {"issuance_profile": {"crypto_enforcement": {"enabled": true,
		"allow_rsa_keys": true}}}}' | shedu dms update demo -
	enroll demo d1
	assert_status 400
	approval approved
}

@test "a request expires, is asked for anew, and is purged" {
	requires sqlite3
	approving '{"approval_validity": "1h"}'
	new_csr d1
	enroll demo d1
	first=$(approval pending)
	AT=+2h run -1 shedu approval approve "$first"
	[[ $output == *approval_expired* ]]
	AT=+2h enroll demo d1
	assert_status 202
	AT=+2h run -1 shedu approval show "$first"
	AT=+9h shedu tick
	[[ $(sqlite3 state/shedu.db 'SELECT count(*) FROM approval') == 0 ]]
}

@test "NO_AUTH with approval: anybody asks, nobody enrolls unasked" {
	approving '{"est_rfc7030_settings": {"auth_mode": "NO_AUTH"}}'
	new_csr d1
	pem_b64 d1.csr >d1.b64
	cgi est POST /.well-known/est/demo/simpleenroll --https --type application/pkcs10 --body d1.b64
	assert_status 202
	shedu approval approve "$(approval pending)"
	cgi est POST /.well-known/est/demo/simpleenroll --https --type application/pkcs10 --body d1.b64
	assert_status 200
}

@test "NO_AUTH with approval: one address fills no register" {
	approving '{"est_rfc7030_settings": {"auth_mode": "NO_AUTH"}}'
	new_key k.key
	for ((i = 0; i < 103; i++)); do
		openssl req -new -key k.key -subj "/CN=s$i" -outform DER -out s.der
		cgi est POST /.well-known/est/demo/simpleenroll --https --type application/pkcs10 --body s.der
	done
	assert_status 503
	[[ $(header Retry-After) =~ ^[0-9]+$ ]]
	(($(shedu --json approval list | jq '.list | length') < 103))
	cgi est POST /.well-known/est/demo/simpleenroll --https --type application/pkcs10 --body s.der \
		--env REMOTE_ADDR=192.0.2.9
	assert_status 202
}

@test "a renewal needs no approval" {
	approving
	new_csr d1
	enroll demo d1
	shedu approval approve "$(approval pending)"
	enroll demo d1
	enroll demo d1 simplereenroll "$W/d1.pem"
	assert_status 200
}

@test "one device may have eight requests wait, and no more" {
	local i
	approving
	for i in 1 2 3 4 5 6 7 8 9; do
		rm -f d1.key
		new_csr d1
		enroll demo d1
		((i < 9)) || break
		assert_status 202
	done
	assert_status 503
	assert_output_has approvals_of_device
	new_csr d2
	enroll demo d2
	assert_status 202
}
