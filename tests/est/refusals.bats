# Why was it refused: an event for each refusal, with its step, within bounds.

load ../lib/shedu

# refusals FILTER [QUERY]: jq on the DMS's refusals, newest first.
refusals() {
	shedu api GET "/v2/dms/demo/refusals?page_size=1000${2:-}" 2>/dev/null | jq -r "$1"
}

last() {
	refusals '.list[0] | "\(.operation) \(.step) \(.code) \(.device) \(.authid)"'
}

# flood N ADDRESS [CERT]: N posts of d1.csr from there.
flood() {
	local i
	for ((i = 0; i < $1; i++)); do
		cgi est POST /.well-known/est/demo/simpleenroll --https --type application/pkcs10 --body d1.b64 \
			--env "REMOTE_ADDR=$2" ${3:+--cert "$3"}
	done
}

@test "each step names itself" {
	make_dms demo '{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}'
	new_csr d1
	enroll demo d1
	assert_status 403
	[[ $(last) == "simpleenroll registered not_preregistered d1 cert:factory" ]]
	echo nothing >bad.csr
	enroll demo bad
	[[ $(last) == "simpleenroll request csr_malformed null cert:factory" ]]
	enroll demo d1 simpleenroll server.pem
	[[ $(last) == "simpleenroll authentication certificate_untrusted null anonymous" ]]
	shedu device add d1 --dms demo
	echo '{"settings": {"issuance_profile": {"crypto_enforcement": {"enabled": true,
		"allow_rsa_keys": true}}}}' | shedu dms update demo -
	enroll demo d1
	[[ $(last) == "simpleenroll csr_profile crypto_enforcement d1 cert:factory" ]]
	[[ $(refusals '.list[0] | .client, .suppressed, (.text | length > 20)') == $'127.0.0.1\n0\ntrue' ]]
}

@test "also what the routes refuse: a Content-Type, a body too large" {
	make_dms demo
	new_csr d1
	pem_b64 d1.csr >d1.b64
	cgi est POST /.well-known/est/demo/simpleenroll --cert bootstrap.pem --type text/plain --body d1.b64
	assert_status 415
	[[ $(last) == "simpleenroll request content_type null anonymous" ]]
	head -c 100000 /dev/zero | tr '\0' A >large
	cgi est POST /.well-known/est/demo/simplereenroll --cert bootstrap.pem --type application/pkcs10 --body large
	assert_status 413
	[[ $(refusals '.list[0] | "\(.operation) \(.step)"') == "simplereenroll request" ]]
}

@test "who does not authenticate is recorded, too, with his address" {
	make_dms demo
	new_csr d1
	pem_b64 d1.csr >d1.b64
	flood 1 192.0.2.7
	assert_status 401
	[[ $(last) == "simpleenroll authentication no_certificate null anonymous" ]]
	[[ $(refusals '.list[0].client') == 192.0.2.7 ]]
}

@test "the refusals of one device, also of one that was never registered" {
	make_dms demo '{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}'
	for d in d1 d2 d1; do
		new_csr "$d"
		enroll demo "$d"
		assert_status 403
	done
	[[ $(refusals '[.list[].device] | join(" ")') == "d1 d2 d1" ]]
	[[ $(refusals '.list | length' '&device=d2') == 1 ]]
	[[ $(refusals '.list | length' '&code=other') == 0 ]]
	[[ $(refusals '.list | length' '&step=registered') == 3 ]]
}

@test "a request without a DMS is a line of the log alone" {
	new_csr d1
	enroll nowhere d1
	assert_status 404
	grep -q '"step":"label"' shedu.log
	shedu api GET '/v2/events?type=dms.refusal' | jq -e '.list | length == 0'
}

@test "what is no fault of the client's is no refusal" {
	make_dms demo
	new_csr d1
	mv state/keys keys.away
	enroll demo d1
	mv keys.away state/keys
	assert_status 503
	[[ $(refusals '.list | length') == 0 ]]
}

@test "one address fills nothing: its refusals are bounded, and others are still recorded" {
	make_dms demo
	new_csr d1
	pem_b64 d1.csr >d1.b64
	flood 70 192.0.2.7
	assert_status 401
	[[ $(refusals '.list | length') =~ ^6[0-2]$ ]]
	flood 1 192.0.2.8
	[[ $(refusals '.list[0].client') == 192.0.2.8 ]]
	(($(refusals '[.list[] | .suppressed + 1] | add') == 71))
}

@test "who has one IPv6 address has its neighbours, too" {
	make_dms demo
	new_csr d1
	pem_b64 d1.csr >d1.b64
	for i in 1 2 3 4 5 6 7; do flood 10 "2001:db8::$i"; done
	[[ $(refusals '.list | length') =~ ^6[0-2]$ ]]
	flood 1 2001:db8:0:1::1
	[[ $(refusals '.list[0].client') == 2001:db8:0:1::1 ]]
}

@test "where the limiter cannot be had nothing is recorded, and refusals are the same" {
	make_dms demo
	new_csr d1
	mkdir state/limits
	own state/limits
	enroll demo d1 simpleenroll server.pem
	assert_status 401
	assert_output_has certificate_untrusted
	grep -q 'refusals are not recorded' shedu.log
	[[ $(refusals '.list | length') == 0 ]]
}
