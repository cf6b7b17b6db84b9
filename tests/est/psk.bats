# Pre-shared enrollment secrets over HTTP Basic (RFC 7030 3.2.3, RFC 7617): who gets in.

load ../lib/shedu
load psk

@test "the secret enrolls, and the events say which one" {
	make_psk demo
	add_secret demo
	psk demo d1
	assert_status 200
	openssl verify -CAfile root.pem -untrusted issuing.pem d1.pem
	[[ $(used "$id") == 1 ]]
	api GET '/v2/events?type=dms.enroll'
	[[ $(json '.list[] | "\(.authid) \(.data.secret) \(.data.use) \(.device)"') == "psk:$id $id 1 d1" ]]
}

# refused CODE: the last answer is a 401 that asks for Basic, and nothing was enrolled.
refused() {
	assert_status 401
	[[ $output == "$1: "* && $(header WWW-Authenticate) == 'Basic realm="demo"' ]]
	[[ $(shedu --json device list | jq '.list | length') == 0 ]]
}

@test "nothing, another scheme, and what is no user name and password are 401 with the challenge" {
	local header
	make_psk demo
	add_secret demo
	new_csr d1
	pem_b64 d1.csr >d1.b64
	post() {
		cgi est POST /.well-known/est/demo/simpleenroll --https --type application/pkcs10 --body d1.b64 "$@"
	}
	post
	refused no_secret
	post --header 'Authorization: '
	refused no_secret
	post --header "Authorization: Bearer $secret"
	refused no_secret
	post --cert bootstrap.pem
	refused no_secret
	post --header 'Authorization: Basic'
	refused secret_malformed
	for header in '***' "$(printf %s "$id$secret" | base64 -w0)" "$(printf '%s:\0%s' "$id" "$secret" | base64 -w0)" \
		"$(printf '%s:\377' "$id" | base64 -w0)" "$id:$secret"; do
		post --header "Authorization: Basic $header"
		refused secret_malformed
	done
	post --header "$(basic "$id:$secret" | sed 's/Basic/bASIC/')"
	assert_status 200
}

@test "a wrong secret and an unknown user name are the same answer" {
	local try
	make_psk demo
	add_secret demo
	psk demo d1 "$id:${secret}x"
	refused secret_wrong
	cp answer.body wrong
	for try in "0123456789abcdef:$secret" ":$secret" "$id:" ":" "${id^^}:$secret" "$id:$secret:" "$secret:$id"; do
		psk demo d1 "$try"
		refused secret_wrong
		cmp wrong answer.body
	done
}

@test "the secret of another DMS is a wrong one" {
	make_psk demo
	make_psk other
	add_secret other
	psk demo d1
	refused secret_wrong
	[[ $(used "$id") == 0 ]]
}

@test "a secret made for one device enrolls that one only" {
	make_psk demo
	add_secret demo --device d1 --uses 5
	psk demo d2
	assert_status 403
	assert_output_has d1 d2
	[[ $(used "$id") == 0 ]]
	psk demo d1
	assert_status 200
	[[ $(used "$id") == 1 ]]
}

@test "device_id_match wants a secret that was made for a device" {
	make_psk demo '{"enrollment_settings": {"device_id_match": true}}'
	add_secret demo
	psk demo d1
	assert_status 403
	assert_output_has device_id_match
	add_secret demo --device d1
	psk demo d1
	assert_status 200
}

@test "per_device holds for secrets that were made before it" {
	make_psk demo
	add_secret demo
	shedu dms update demo - <<<'{"settings": {"enrollment_settings": {"est_rfc7030_settings": {
		"psk_settings": {"per_device": true}}}}}'
	psk demo d1
	assert_status 403
	assert_output_has secret_per_device
}

@test "a policy refusal is an event, and uses up nothing" {
	make_psk demo '{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}'
	add_secret demo
	psk demo d1
	assert_status 403
	[[ $(used "$id") == 0 ]]
	api GET '/v2/events?type=dms.refusal'
	[[ $(json '.list[] | "\(.authid) \(.data.code)"') == "psk:$id not_preregistered" ]]
}

@test "without its key, and with another file in its place: 503, and an unknown user is still 401" {
	make_psk demo
	add_secret demo
	[[ $(as_user stat -c %a:%s state/keys/secrets.key) == 600:32 ]]
	as_user mv state/keys/secrets.key kept
	psk demo d1
	assert_status 503
	psk demo d1 "nobody:$secret"
	assert_status 401
	as_user cp kept state/keys/secrets.key
	as_user truncate -s 31 state/keys/secrets.key
	psk demo d1
	assert_status 503
	as_user cp kept state/keys/secrets.key
	psk demo d1
	assert_status 200
}

@test "a secret of the whole line renews nobody: a device could take over another" {
	make_psk demo '{"reenrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK"}}}'
	add_secret demo --uses 5
	psk demo d1
	assert_status 200
	rm -f d1.key d1.csr
	psk demo d1 "$id:$secret" simplereenroll
	assert_status 403
	assert_output_has secret_per_device
	add_secret demo --device d1
	psk demo d1 "$id:$secret" simplereenroll
	assert_status 200
}
