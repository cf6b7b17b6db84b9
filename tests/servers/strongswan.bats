# strongSwan's pki, a client written by others; the one that reads no line breaks in base64.

load ../lib/shedu
load both

setup_file() {
	requires pki || return 0
	both_servers
}

# pki names at each start the plugins that are not installed; a failure comes after them.
pki_est() {
	timeout 60 pki "$@" 2>pki.err || {
		grep -v ^plugin pki.err
		return 1
	}
}

cacerts() {
	pki_est --estca --url "https://localhost:$HTTPS_PORT/" --cacert root.pem --caout "$SERVER-ca.pem" \
		--outform pem --force
	openssl verify -CAfile root.pem "$SERVER"-ca*.pem
}

@test "cacerts" {
	on_each_server cacerts
}

# With a certificate pki always renews.
renew() {
	local name=$SERVER-swan
	new_csr "$name"
	pem_b64 "$name.csr" >"$name.b64"
	web POST /.well-known/est/demo/simpleenroll --cert bootstrap.pem --key bootstrap.key \
		-H 'Content-Type: application/pkcs10' --data-binary "@$name.b64"
	assert_status 200
	p7_pem "$body_file" >"$name.pem"
	openssl req -in "$name.csr" -outform DER -out "$name.der"
	pki_est --est --url "https://localhost:$HTTPS_PORT/" --cacert root.pem --cacert issuing.pem \
		--cert "$name.pem" --key "$name.key" --in "$name.der" --outform pem >"$name-2.pem"
	openssl verify -CAfile root.pem -untrusted issuing.pem "$name-2.pem"
	[[ $(serial_of "$name.pem") != "$(serial_of "$name-2.pem")" ]]
}

@test "renew" {
	on_each_server renew
}
