# A bearer token reaches the responder through both servers (Apache: CGIPassAuth).

load ../lib/shedu
load both
load ../est/jwt

setup_file() {
	requires jose || return 0
	both_servers
	[[ -z ${SHEDU_SKIP:-} ]] || return 0
	cd "$W" || return
	issuer_key k1
	make_jwt_dms tokens "$(inline k1)"
}

enroll_by_token() {
	new_csr "$SERVER-d1"
	pem_b64 "$SERVER-d1.csr" >d1.b64
	web POST /.well-known/est/tokens/simpleenroll -H 'Content-Type: application/pkcs10' \
		--data-binary @d1.b64 "$@"
}

enrolls() {
	enroll_by_token -H "Authorization: Bearer $(token k1 "$SERVER-d1")"
	assert_status 200
}

@test "it enrolls" {
	on_each_server enrolls
}

is_challenged() {
	enroll_by_token
	assert_status 401
	[[ $(header WWW-Authenticate) == 'Bearer realm="tokens"' ]]
	enroll_by_token -H "Authorization: Bearer $(token k1 other)"
	assert_status 403
}

@test "without one the challenge says Bearer; another device's is 403" {
	on_each_server is_challenged
}
