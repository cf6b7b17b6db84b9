# csrattrs through the real servers, and a client written by others.

load ../lib/shedu
load both

setup_file() {
	both_servers
	[[ -z ${SHEDU_SKIP:-} ]] || return 0
	make_dms asking '{"issuance_profile": {"signature_hash": "SHA-384", "required_extensions": ["2.5.29.17"],
		"crypto_enforcement": {"enabled": true, "allow_ecdsa_keys": true, "allowed_ecdsa_key_sizes": [384]}}}'
}

asked() {
	web GET /.well-known/est/asking/csrattrs
	assert_status 200
	[[ $(header Content-Type) == application/csrattrs && -n $(header Content-Length) ]]
	openssl base64 -d -in "$body_file" | openssl asn1parse -inform DER >asked
	grep -q secp384r1 asked
	grep -q ecdsa-with-SHA384 asked
}

@test "attributes, with their length and without chunks" {
	on_each_server asked
}

nothing() {
	web GET /.well-known/est/demo/csrattrs
	assert_status 204
	[[ ! -s $body_file && -z $(header Transfer-Encoding) ]]
}

@test "nothing to say is 204, without a body" {
	on_each_server nothing
}

estclient_asks() {
	run timeout 30 "$ESTCLIENT" csrattrs -server "localhost:$HTTPS_PORT" -explicit root.pem -aps "$1"
	((status == 0))
}

@test "estclient csrattrs reads both" {
	ESTCLIENT=$SHEDU_BUILD/tools/estclient
	[[ -x $ESTCLIENT ]] || ESTCLIENT=$(command -v estclient) ||
		skip 'estclient is not there; quickstart check builds it where Go is installed'
	reads() {
		estclient_asks asking
		[[ $output == *1.2.840.10045.2.1* && $output == *1.3.132.0.34* && $output == *1.2.840.10045.4.3.3* ]]
		estclient_asks demo
	}
	on_each_server reads
}
