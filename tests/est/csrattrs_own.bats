# What a DMS says itself that a request should have in it, and POP linking (RFC 7030 3.5).

load ../lib/shedu

# The example of RFC 8951 4.1.
EXAMPLE=MEEGCSqGSIb3DQEJBzASBgcqhkjOPQIBMQcGBSuBBAAiMBYGCSqGSIb3DQEJDjEJBgcrBgEBAQEWBggqhkjOPQQDAw==

@test "csr_attributes is answered octet by octet" {
	make_dms demo "{\"enrollment_settings\": {\"csr_attributes\": \"$EXAMPLE\", \"require_pop_linking\": true}}"
	cgi est GET /.well-known/est/demo/csrattrs --https
	assert_status 200
	[[ $(tr -d '\n' <"$body_file") == "$EXAMPLE" ]]
	shedu dms update demo - <<<'{"settings": {"enrollment_settings": {"csr_attributes": "MAA=", "require_pop_linking": false}}}'
	cgi est GET /.well-known/est/demo/csrattrs --https
	[[ $output == "MAA=" ]]
}

@test "csr_attributes that is no CsrAttrs, or says otherwise than require_pop_linking, is refused" {
	local bad
	for bad in MQA= MAMCAQE= '!' "$EXAMPLE"; do
		run make_dms demo "{\"enrollment_settings\": {\"csr_attributes\": \"$bad\"}}"
		((status != 0))
		[[ $output == */settings/enrollment_settings/csr_attributes* ]]
	done
}

@test "POP linking: challengePassword is asked for, and every request refused" {
	make_dms demo '{"enrollment_settings": {"require_pop_linking": true}}'
	cgi est GET /.well-known/est/demo/csrattrs --https
	[[ $(openssl base64 -d -in "$body_file" | openssl asn1parse -inform DER | grep OBJECT) == *:challengePassword ]]
	new_csr d1
	enroll demo d1
	assert_status 400
	assert_output_has pop_linking require_pop_linking
	api GET /v2/devices/d1
	assert_status 404
}
