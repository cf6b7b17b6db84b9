# How a call to a webhook proves who it is, and whom it trusts.

load ../lib/shedu
load webhook

setup() {
	shedu_test_begin
	hook_start
}

# refused_settings CONFIG TEXT...: a DMS is not written with them.
refused_settings() {
	run hook_dms demo "$1"
	[[ $status != 0 ]]
	assert_output_has "${@:2}"
}

@test "a server certificate of another CA is refused, unless its CA is in server_ca" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout o.key -out o.pem \
		-subj /CN=other -days 30 2>/dev/null
	hook_dms demo "$(jq -n --rawfile ca o.pem '{server_ca: $ca}')"
	unanswered demo d1 webhook_tls
	hook_config demo '{"server_ca": null}'	# the system's
	unanswered demo d1 webhook_tls
	[[ $(hook_calls) == 0 ]]
	hook_config demo "$(jq -n --rawfile a o.pem --rawfile b root.pem '{server_ca: ($a + $b)}')"
	ask demo d1
	assert_status 200
}

@test "a server certificate for another name is refused, validate_server_cert false takes any" {
	HOOK_URL=https://127.0.0.2:$HOOK_PORT
	sed -i 's/"127.0.0.1"/"0.0.0.0"/' hook/conf
	end hook
	background hook env PATH="$PATH:/usr/sbin" lighttpd -D -f hook/conf
	wait_for 15 curl -sk --max-time 2 "$HOOK_URL/openid.json"
	hook_dms demo
	unanswered demo d1 webhook_tls
	[[ $(hook_calls) == 0 ]]
	hook_config demo '{"validate_server_cert": false, "server_ca": null}'
	ask demo d1
	assert_status 200
}

@test "nobody listens" {
	hook_dms demo
	end hook
	unanswered demo d1 webhook_unreachable
	run ! grep -q "$HOOK_PORT" <<<"$output"
	grep -q "$HOOK_PORT" shedu.log
}

@test "an API key" {
	hook_dms demo '{"auth_mode": "apikey", "apikey": {"header": "X-API-Key", "key": "my Secr3t"}}'
	ask demo d1
	assert_status 200
	[[ $(hook_var ask HTTP_X_API_KEY) == 'my Secr3t' ]]
	hook_says ask '{}' 500
	ask demo d2
	assert_status 503
	run ! grep -q 'my Secr3t' shedu.log
}

@test "OIDC: client credentials, and the token goes along" {
	local basic
	hook_dms demo "$(oidc)"
	ask demo d1
	assert_status 200
	[[ $(hook_var ask HTTP_AUTHORIZATION) == 'Bearer t0k3n.1' ]]
	[[ $(tr '\n' ' ' <hook/calls) == 'POST /token.cgi POST /ask.cgi ' ]]
	[[ $(<hook/token.body) == grant_type=client_credentials ]]
	[[ $(hook_var token CONTENT_TYPE) == application/x-www-form-urlencoded ]]
	basic=$(hook_var token HTTP_AUTHORIZATION)
	[[ $(base64 -d <<<"${basic#Basic }") == 'sh+edu:s3cr%3At%26' ]]	# RFC 6749 2.3.1
}

@test "OIDC: no token is 503, its secrets stay out of answer and log" {
	local token
	hook_dms demo "$(oidc)"
	hook_says token '{"error": "invalid_client"}' 401
	unanswered demo d1 webhook_token
	grep -q invalid_client shedu.log
	for token in '{"access_token": "t\r\nX: y", "token_type": "Bearer"}' '{"token_type": "Bearer"}' \
		'{"access_token": "t", "token_type": "mac"}' '[]' ''; do
		hook_says token "$token"
		unanswered demo d1 webhook_token
	done
	echo '{"token_endpoint": "http://localhost:1/"}' >hook/www/openid.json
	unanswered demo d1 webhook_token
	grep -q 'expected an https URL' shedu.log
	rm hook/www/openid.json
	unanswered demo d1 webhook_token
	[[ $(hook_calls) == 0 ]]
	run ! grep -qE 's3cr|t0k3n' shedu.log
}

@test "OIDC: the provider's certificate is verified in any case" {
	hook_dms demo "$(oidc | jq '. + {validate_server_cert: false, server_ca: null}')"
	unanswered demo d1 webhook_tls
	[[ ! -s hook/calls ]]
}

@test "mutual TLS, from the settings and from files" {
	echo 'ssl.verifyclient.enforce = "enable"' >>hook/conf
	sed -i '/enforce = "disable"/d' hook/conf
	end hook
	background hook env PATH="$PATH:/usr/sbin" lighttpd -D -f hook/conf
	wait_for 15 curl -s --cacert root.pem --cert bootstrap.pem --key bootstrap.key "$HOOK_URL/openid.json"
	hook_dms demo
	unanswered demo d1 webhook_unreachable
	hook_config demo "$(jq -n --rawfile c bootstrap.pem --rawfile k bootstrap.key \
		'{auth_mode: "mtls", mtls: {cert: $c, key: $k}}')"
	ask demo d1
	assert_status 200
	[[ $(hook_var ask SSL_CLIENT_S_DN_CN) == factory ]]
	hook_config demo "{\"mtls\": {\"cert\": \"$W/bootstrap.pem\", \"key\": \"$W/bootstrap.key\"}}"
	ask demo d2
	assert_status 200
	hook_config demo '{"mtls": {"key": "/nowhere"}}'
	unanswered demo d3 webhook_unreachable
}

@test "settings are checked when the DMS is written" {
	refused_settings '{"server_ca": "-----BEGIN CERTIFICATE-----"}' /config/server_ca
	refused_settings '{"forward_headers": ["X-A", "X: y"]}' /config/forward_headers/1 'RFC 9110'
	refused_settings '{"auth_mode": "apikey", "apikey": {"header": "X Y", "key": "k"}}' /config/apikey/header
	refused_settings '{"auth_mode": "apikey", "apikey": {"header": "X", "key": "k\r\nY: z"}}' /config/apikey/key
	refused_settings "$(oidc '{"well_known": "https://u:p@h/"}')" /config/oidc/well_known
	refused_settings '{"auth_mode": "mtls", "mtls": {"cert": "c.pem", "key": "/k"}}' /config/mtls/cert
	refused_settings "$(jq -n --rawfile c bootstrap.pem --rawfile k operator.key \
		'{auth_mode: "mtls", mtls: {cert: $c, key: $k}}')" /config/mtls/key
}
