# The secret's way through the web servers: HTTP Basic (RFC 7617) reaches the responder.

load ../lib/shedu
load both

setup_file() {
	both_servers
	make_dms psk '{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK"}}}'
}

enrolls() {
	local name=psk-$SERVER
	new_csr "$name"
	pem_b64 "$name.csr" >"$name.b64"
	shedu --json secret add --dms psk >secret.json
	user=$(jq -r '"\(.id):\(.secret)"' secret.json)
	web POST /.well-known/est/psk/simpleenroll -H 'Content-Type: application/pkcs10' --data-binary "@$name.b64"
	assert_status 401
	[[ $(header WWW-Authenticate) == 'Basic realm="psk"' ]]
	web POST /.well-known/est/psk/simpleenroll -H 'Content-Type: application/pkcs10' --data-binary "@$name.b64" \
		-u "${user%%:*}:wrong"
	assert_status 401
	web POST /.well-known/est/psk/simpleenroll -H 'Content-Type: application/pkcs10' --data-binary "@$name.b64" \
		-u "$user"
	assert_status 200
	p7_pem "$body_file" >"$name.pem"
	openssl verify -CAfile root.pem -untrusted issuing.pem "$name.pem"
}

@test "curl -u enrolls" {
	on_each_server enrolls
}

# As RFC 7617 clients do it: first without, then as the challenge says.
negotiates() {
	local name=any-$SERVER
	new_csr "$name"
	pem_b64 "$name.csr" >"$name.b64"
	user=$(shedu --json secret add --dms psk | jq -r '"\(.id):\(.secret)"')
	web POST /.well-known/est/psk/simpleenroll -H 'Content-Type: application/pkcs10' --data-binary "@$name.b64" \
		--anyauth -u "$user"
	assert_status 200
}

@test "a client that waits for the challenge enrolls" {
	on_each_server negotiates
}

# The last one, for it uses up the guesses of 127.0.0.1.
guesses() {
	local i
	for i in {1..60}; do
		web POST /.well-known/est/psk/simpleenroll -H 'Content-Type: application/pkcs10' -d x -u nobody:wrong
		[[ $status == 401 ]] || break
	done
	assert_status 503
	(($(header Retry-After) > 0))
	grep -q '"remote":"127.0.0.1".*too_many_guesses' shedu.log
}

@test "guesses are counted by the client's address" {
	on_each_server guesses
}
