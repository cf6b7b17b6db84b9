# An issuer of tokens, made of the program jose.
# shellcheck shell=bash

# issuer_key KID [ALG]: KID.jwk and KID.pub.
issuer_key() {
	jose jwk gen -i "{\"alg\":\"${2:-ES256}\"}" -o "$1.gen"
	jq -c --arg kid "$1" 'del(.key_ops) + {kid: $kid, use: "sig"}' "$1.gen" >"$1.jwk"
	jq -c 'del(.d, .p, .q, .dp, .dq, .qi)' "$1.jwk" >"$1.pub"
}

# key_set KID...: the set of these keys.
key_set() {
	local k
	for k; do cat "$k.pub"; done | jq -cs '{keys: .}'
}

# token KID DEVICE [FILTER]: signed by KID.jwk for ten minutes; FILTER changes the claims.
token() {
	jq -cnj --arg sub "$2" --argjson now "$(date +%s)" "{iss: \"https://issuer\", aud: \"est\",
		sub: \$sub, jti: \"$RANDOM$RANDOM\", iat: \$now, exp: (\$now + 600)} | ${3:-.}" >claims
	jose jws sig -I claims -k "$1.jwk" -c -s "$(jq -c '{protected: {alg, kid}}' "$1.jwk")"
}

# make_jwt_dms ID SETTINGS [PATCH]: enrolls by JWT with these jwt_settings.
make_jwt_dms() {
	local patch
	patch=$(jq -n --argjson s "$2" --argjson patch "${3:-"{}"}" '{enrollment_settings:
		{est_rfc7030_settings: {auth_mode: "JWT", jwt_settings: $s}}} * $patch')
	make_dms "$1" "$patch"
}

# The jwt_settings of this issuer with the keys inline.
inline() {
	key_set "$@" | jq -c '{jwks: ., issuer: "https://issuer", audience: "est"}'
}

# bearer DMS NAME TOKEN [OPERATION]: posts NAME.csr; on 200 NAME.pem is the certificate.
bearer() {
	pem_b64 "$2.csr" >"$2.b64"
	cgi est POST "/.well-known/est/$1/${4:-simpleenroll}" --https --type application/pkcs10 \
		--body "$2.b64" --header "Authorization: Bearer $3" || return
	[[ $status != 200 ]] || p7_pem "$body_file" >"$2.pem"
}

# refused CODE: a 401 that asks for a token.
refused() {
	assert_status 401
	assert_output_has "$1: "
	[[ $(header WWW-Authenticate) == 'Bearer realm="demo"' ]]
}

# start_issuer KID...: a server that publishes the keys.
start_issuer() {
	local port
	free_port && ISSUER=$port
	mkdir -p issuer
	publish "$@"
	shedu cert issue --ca root --kind server --cn localhost --san localhost \
		--out "$W/issuer.pem" --out-key "$W/issuer.key"
	own issuer issuer.pem issuer.key
	cd issuer
	background issuer openssl s_server -accept "127.0.0.1:$ISSUER" -cert ../issuer.pem \
		-key ../issuer.key -WWW
	cd ..
	wait_for 10 bash -c "exec 9<>/dev/tcp/127.0.0.1/$ISSUER"
}

publish() {
	key_set "$@" >issuer/keys
}

# by_url [FILTER]: the jwt_settings with the issuer's URL.
by_url() {
	jq -cn --arg url "https://localhost:$ISSUER/keys" --rawfile ca root.pem "{jwks_url: \$url,
		jwks_ca: \$ca, issuer: \"https://issuer\", audience: \"est\"} | ${1:-.}"
}
