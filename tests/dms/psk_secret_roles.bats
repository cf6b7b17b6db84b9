# Who may do what with enrollment secrets.

load ../lib/shedu
load dms

psk='{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK"}}}'

@test "an auditor lists and makes none; an operator acts within its DMSs" {
	make_dms demo "$psk"
	make_dms other "$psk"
	send POST /v2/dms/demo/secrets '{}'
	assert_status 201
	id=$(json .id)
	operator_cert auditor
	shedu operator add bounded --role operator --dms other --out "$W/bounded.pem" --out-key "$W/bounded.key"
	echo '{}' >empty
	as auditor GET /v2/dms/demo/secrets
	assert_json '.list | length' 1
	as auditor POST /v2/dms/demo/secrets empty
	assert_status 403
	as auditor DELETE "/v2/secrets/$id"
	assert_status 403
	for call in 'GET /v2/dms/demo/secrets' "GET /v2/secrets/$id" "DELETE /v2/secrets/$id" \
		"DELETE /v2/dms/demo/secrets/$id" 'GET /v2/secrets?dms=demo' 'POST /v2/dms/demo/secrets empty'; do
		as bounded $call
		assert_refused 403 outside_reach
	done
	as bounded POST /v2/dms/other/secrets empty
	assert_status 201
	mine=$(json .id)
	as bounded GET /v2/secrets
	assert_json '[.list[].id] | join(",")' "$mine"
	as bounded DELETE "/v2/secrets/$mine"
	assert_status 204
	cgi dms GET /v2/secrets --https
	assert_status 401
}
