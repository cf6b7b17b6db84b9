# auth_mode JWT: a bearer token of an issuer whose keys stand in the settings.

load ../lib/shedu
load jwt

setup_file() {
	requires jose || return 0
	shedu_file_begin
}

setup() {
	shedu_test_begin
	issuer_key k1
	new_csr d1
}

@test "a token enrolls the device that it names" {
	make_jwt_dms demo "$(inline k1)"
	bearer demo d1 "$(token k1 d1)"
	assert_status 200
	openssl verify -CAfile root.pem -untrusted issuing.pem d1.pem
	grep -q '"jwt:d1"' shedu.log
}

@test "each algorithm, chosen by the key" {
	local alg
	for alg in ES384 RS256 PS256; do
		issuer_key "$alg" "$alg"
	done
	make_jwt_dms demo "$(inline ES384 RS256 PS256)"
	for alg in ES384 RS256 PS256; do
		new_csr "d-$alg"
		bearer demo "d-$alg" "$(token "$alg" "d-$alg")"
		assert_status 200
	done
}

@test "the scheme is of any case; no token and other schemes are refused with what is accepted" {
	make_jwt_dms demo "$(inline k1)"
	pem_b64 d1.csr >d1.b64
	post() {
		cgi est POST /.well-known/est/demo/simpleenroll --type application/pkcs10 --body d1.b64 "$@"
	}
	post --https
	refused no_token
	post --https --header "Authorization: Basic $(printf 'a:b' | base64)"
	refused no_token
	post --https --header "Authorization: Bearer"
	refused no_token
	post --cert bootstrap.pem
	refused no_token
	post --https --header "Authorization: bEARER $(token k1 d1)"
	assert_status 200
}

@test "a token for another device: 403, and nothing is issued" {
	make_jwt_dms demo "$(inline k1)"
	bearer demo d1 "$(token k1 d2)"
	assert_status 403
	assert_output_has device_id_match d2
	api GET /v2/devices/d1
	assert_status 404
}

@test "the claims: time, issuer, audience" {
	make_jwt_dms demo "$(inline k1)"
	bearer demo d1 "$(token k1 d1 '.exp = $now - 120')"
	refused token_expired
	bearer demo d1 "$(token k1 d1 'del(.exp)')"
	refused token_expired
	bearer demo d1 "$(token k1 d1 '.nbf = $now + 120')"
	refused token_not_yet_valid
	bearer demo d1 "$(token k1 d1 '.iss = "https://other"')"
	refused token_issuer
	bearer demo d1 "$(token k1 d1 '.aud = ["web", "mail"]')"
	refused token_audience
	bearer demo d1 "$(token k1 d1 'del(.sub)')"
	refused token_claims
	bearer demo d1 "$(token k1 d1 '.sub = "a/b"')"
	refused token_claims
	bearer demo d1 "$(token k1 d1 '.aud = ["web", "est"] | .exp = $now - 30 | .nbf = $now + 30')"
	assert_status 200
}

@test "clock_skew, and a DMS without an audience" {
	make_jwt_dms demo "$(inline k1 | jq 'del(.audience) | .clock_skew = "0s"')"
	bearer demo d1 "$(token k1 d1)"
	refused token_audience
	bearer demo d1 "$(token k1 d1 'del(.aud) | .exp = $now - 1')"
	refused token_expired
	bearer demo d1 "$(token k1 d1 'del(.aud, .iat)')"
	assert_status 200
}

@test "device_claim: another claim, and one inside another" {
	make_jwt_dms demo "$(inline k1 | jq '.device_claim = "/device/serial"')"
	bearer demo d1 "$(token k1 d1)"
	refused token_claims
	bearer demo d1 "$(token k1 factory '.device = {serial: "d1"}')"
	assert_status 200
}

@test "forged: another's key, no signature, the public key as a secret" {
	local parts pub
	make_jwt_dms demo "$(inline k1)"
	issuer_key k2
	bearer demo d1 "$(token k2 d1)"
	refused token_key
	jq -c '.kid = "k1"' k2.jwk >forged.jwk
	bearer demo d1 "$(token forged d1)"
	refused token_signature
	IFS=. read -ra parts <<<"$(token k1 d1)"
	bearer demo d1 "$(printf '{"alg":"none"}' | base64 -w0 | tr -d =).${parts[1]}."
	refused token_alg
	pub=$(jq -r .x k1.pub)
	jq -nc --arg k "$pub" '{kty: "oct", alg: "HS256", kid: "k1", k: $k}' >hmac.jwk
	bearer demo d1 "$(token hmac d1)"
	refused token_alg
	bearer demo d1 "${parts[0]}.$(jq -c '.sub = "d2"' claims | base64 -w0 | tr '+/' -_ | tr -d =).${parts[2]}"
	refused token_signature
	api GET /v2/devices/d1
	assert_status 404
}

@test "a key set with a private key is refused when the DMS is written" {
	run make_jwt_dms demo "$(jq -cs '{jwks: {keys: .}}' k1.jwk)"
	[[ $status != 0 && $output == *jwks/keys/0/d* ]]
}
