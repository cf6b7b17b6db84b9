# EXTERNAL_WEBHOOK and CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK: the question and the answer
# (lamassu.md 1.9).

load ../lib/shedu
load webhook

setup() {
	shedu_test_begin
	hook_start
}

with_cert() {
	ask "$@" --cert bootstrap.pem
}

@test "the question, exactly" {
	hook_dms demo
	ask demo d1 --header 'X-Request-Id: r1'
	assert_status 200
	openssl verify -CAfile root.pem -untrusted issuing.pem d1.pem
	[[ $(<hook/calls) == 'POST /ask.cgi' ]]
	[[ $(hook_var ask CONTENT_TYPE) == application/json && $(hook_var ask HTTP_X_REQUEST_ID) == r1 ]]
	jq -r .csr hook/ask.body | base64 -d | cmp - d1.csr
	[[ $(jq -Sc 'del(.csr)' hook/ask.body) == '{"aps":"demo","device_cn":"d1","http_request":{"headers":{"Content-Type":"application/pkcs10","User-Agent":"curl/7.88.1","X-Request-Id":"r1"},"url":"/.well-known/est/demo/simpleenroll"}}' ]]
}

@test "by PUT, and the query is part of the URL" {
	hook_dms demo
	echo '{"settings": {"enrollment_settings": {"est_rfc7030_settings": {"external_webhook_settings":
		{"method": "PUT"}}}}}' | shedu dms update demo -
	new_csr d1
	pem_b64 d1.csr >d1.b64
	cgi est POST '/.well-known/est/demo/simpleenroll?batch=7' --https --type application/pkcs10 --body d1.b64
	assert_status 200
	[[ $(<hook/calls) == 'PUT /ask.cgi' ]]
	[[ $(jq -r .http_request.url hook/ask.body) == '/.well-known/est/demo/simpleenroll?batch=7' ]]
}

@test "of the headers those on the list, and Authorization and Cookie only by name" {
	local sent=(--header 'Authorization: Bearer s3cret' --header 'Cookie: a=s3cret' --header 'X-Token: t')
	hook_dms demo
	ask demo d1 "${sent[@]}"
	assert_status 200
	run ! grep -q s3cret hook/ask.body hook/ask.env
	[[ $(jq -c '.http_request.headers | keys' hook/ask.body) == '["Content-Type","User-Agent"]' ]]
	hook_config demo '{"forward_headers": ["x-token", "Authorization", "Accept"]}'
	ask demo d2 "${sent[@]}"
	assert_status 200
	[[ $(jq -Sc .http_request.headers hook/ask.body) == '{"Authorization":"Bearer s3cret","x-token":"t"}' ]]
	hook_config demo '{"forward_headers": []}'
	ask demo d3 "${sent[@]}"
	assert_status 200
	[[ $(jq -c .http_request.headers hook/ask.body) == '{}' ]]
	run ! grep -q s3cret shedu.log
}

@test "no is 403: false, null, and no word about it" {
	local no
	hook_dms demo
	for no in '{"authorized": false}' '{"authorized": null}' '{}' '{"Authorized": true}'; do
		hook_says ask "$no"
		ask demo d1
		assert_status 403
		assert_output_has 'webhook_denied: external webhook denied enrollment'
	done
	api GET /v2/devices/d1
	assert_status 404
}

@test "what is no answer is 503: no JSON, no object, no boolean, a member twice, nothing" {
	local garbage
	hook_dms demo
	for garbage in '<html>' '{"authorized": true' 'true' '[true]' '{"authorized": "true"}' \
		'{"authorized": 1}' '{"authorized": false, "authorized": true}' ''; do
		hook_says ask "$garbage"
		unanswered demo d1 'webhook_answer' 'boolean "authorized"'
	done
}

@test "a status that is not 2xx is 503, whatever the body says, and no redirect is followed" {
	local code
	hook_dms demo
	for code in 302 401 403 404 500 503; do
		printf 'Status: %s\r\nLocation: /token.cgi\r\n\r\n{"authorized": true}' $code >hook/ask.answer
		unanswered demo d1 "unexpected status code: $code"
	done
	[[ $(hook_calls token) == 0 ]]
	hook_says ask '{"authorized": true}' 201
	ask demo d1
	assert_status 200
}

@test "with a certificate first: none, or a bad one, and nobody is asked" {
	hook_dms demo '{}' CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK
	ask demo d1
	assert_status 401
	[[ $(header WWW-Authenticate) == 'ClientCertificate realm="demo"' ]]
	ask demo d1 --cert operator.pem
	assert_status 401
	[[ $(hook_calls) == 0 ]]
	with_cert demo d1
	assert_status 200
	[[ $(hook_calls) == 1 ]]
	hook_says ask '{"authorized": false}'
	with_cert demo d2
	assert_status 403
	assert_output_has 'external webhook denied enrollment'
	api GET '/v2/events?type=dms.refusal'
	[[ $output == *webhook_denied* ]]
}

@test "a CSR that is none is refused before anybody is asked" {
	hook_dms demo
	echo 'not base64 !' >d1.b64
	cgi est POST /.well-known/est/demo/simpleenroll --https --type application/pkcs10 --body d1.b64
	assert_status 400
	[[ $(hook_calls) == 0 ]]
}

@test "device_id_match: the webhook was told the device, a certificate has to name it" {
	local match='{"enrollment_settings": {"device_id_match": true}}'
	hook_dms demo '{}' EXTERNAL_WEBHOOK "$match"
	ask demo d1
	assert_status 200
	hook_dms both '{}' CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK "$match"
	with_cert both d2
	assert_status 403
	assert_output_has device_id_match
}

@test "a lost answer is repeated without asking, another CSR is not" {
	hook_dms demo
	ask demo d1
	assert_status 200
	cp d1.pem first.pem
	hook_says ask '{"authorized": false}'
	ask demo d1
	assert_status 200
	cmp d1.pem first.pem
	[[ $(hook_calls) == 1 ]]
	new_csr d1
	ask demo d1
	assert_status 403
	[[ $(hook_calls) == 2 ]]
}
