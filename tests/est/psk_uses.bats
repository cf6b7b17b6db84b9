# How often and how long an enrollment secret works, and what a repeated request is worth.

load ../lib/shedu
load psk

@test "after its uses it is refused" {
	make_psk demo
	add_secret demo --uses 2
	psk demo d1
	assert_status 200
	psk demo d2
	assert_status 200
	psk demo d3
	assert_status 401
	assert_output_has secret_used
	[[ $(used "$id") == 2 ]]
	run -1 shedu device show d3
}

@test "a repeat after the only use gets the same certificate, and counts nothing" {
	make_psk demo
	add_secret demo
	psk demo d1
	assert_status 200
	cp d1.pem first.pem
	psk demo d1
	assert_status 200
	cmp first.pem d1.pem
	[[ $(used "$id") == 1 ]]
	rm d1.key d1.csr
	psk demo d1
	assert_status 401
	assert_output_has secret_used
}

@test "another secret does not get the answer" {
	make_psk demo
	add_secret demo
	psk demo d1
	assert_status 200
	add_secret demo
	psk demo d1
	assert_status 409
	[[ $(used "$id") == 0 ]]
}

@test "a revoked one is refused, and a repeat with it too" {
	make_psk demo
	add_secret demo --uses 5
	psk demo d1
	assert_status 200
	shedu secret revoke "$id"
	psk demo d1
	assert_status 401
	assert_output_has secret_revoked
	psk demo d2
	assert_status 401
	assert_output_has secret_revoked
	[[ $(header WWW-Authenticate) == Basic* && $(used "$id") == 1 ]]
}

@test "it expires, but not for a repeat: it was good when it was used" {
	make_psk demo
	add_secret demo --validity 1h --uses 5
	psk demo d1
	assert_status 200
	AT=+59m psk demo d1
	assert_status 200
	cp d1.pem first.pem
	AT=+61m psk demo d1
	assert_status 200
	cmp d1.pem first.pem
	AT=+61m psk demo d2
	assert_status 401
	assert_output_has secret_expired
}

@test "uses and validity are those of the DMS's settings, unless said otherwise" {
	make_psk demo '{"enrollment_settings": {"est_rfc7030_settings": {
		"psk_settings": {"uses": 7, "validity": "2h"}}}}'
	add_secret demo
	[[ $(jq .uses secret.json) == 7 ]]
	AT=+115m psk demo d1
	assert_status 200
	AT=+125m psk demo d2
	assert_status 401
	add_secret demo --uses 1 --validity 3h
	[[ $(jq .uses secret.json) == 1 ]]
	AT=+175m psk demo d2
	assert_status 200
}

@test "renewal by secret: in the block that says so, for the device that it names" {
	make_dms demo '{"reenrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK",
		"psk_settings": {"per_device": true, "uses": 2}}}}'
	enroll_device demo d1
	cp d1.pem v0.pem
	add_secret demo --device d1
	psk demo d1 "$id:$secret" simplereenroll
	assert_status 200
	never cmp -s v0.pem d1.pem
	[[ $(used "$id") == 1 ]]
	psk demo d1 "$id:$secret" simplereenroll
	assert_status 200
	[[ $(used "$id") == 1 ]]
	psk demo d1 "$id:x" simplereenroll
	assert_status 401
	enroll_device demo d2
	psk demo d2 "$id:$secret" simplereenroll
	assert_status 403
	psk demo d3 "$id:$secret"
	assert_status 401
	[[ $(header WWW-Authenticate) == ClientCertificate* ]]
}

@test "twenty requests at once with a secret for one: one certificate" {
	local i pids=()
	make_psk demo
	add_secret demo
	mkdir answers
	for i in {1..20}; do
		new_csr "d$i"
		pem_b64 "d$i.csr" >"d$i.b64"
	done
	for i in {1..20}; do
		as_user env -i PATH="$PATH" SHEDU_CONF="$SHEDU_CONF" REQUEST_METHOD=POST HTTPS=on \
			HTTP_USER_AGENT=curl REQUEST_URI=/.well-known/est/demo/simpleenroll \
			CONTENT_TYPE=application/pkcs10 CONTENT_LENGTH="$(stat -c %s "d$i.b64")" \
			HTTP_AUTHORIZATION="$(basic "$id:$secret" | cut -d' ' -f2-)" REMOTE_ADDR=127.0.0.1 \
			ASAN_OPTIONS="$ASAN_OPTIONS" timeout 60 "$EST" <"d$i.b64" >"answers/$i" 2>/dev/null &
		pids+=($!)
	done
	wait "${pids[@]}"
	[[ $(sed -n 's/^Status: \([0-9]*\).*/\1/p' answers/* | sort | uniq -c | awk '{ print $2, $1 }') == $'200 1\n401 19' ]]
	[[ $(shedu --json device list | jq '.list | length') == 1 && $(used "$id") == 1 ]]
	api GET '/v2/certificates?dms=demo'
	[[ $(json '.list | length') == 1 ]]
}

@test "a DMS that is deleted takes its secrets with it: one of its name does not honour them" {
	make_psk demo
	add_secret demo
	shedu dms delete demo
	[[ -z $(used "$id") ]]
	make_psk demo
	psk demo d1
	assert_status 401
	assert_output_has secret_wrong
}
