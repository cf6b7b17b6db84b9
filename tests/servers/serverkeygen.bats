# serverkeygen behind both servers: curl with the page's recipe, and estclient.

load ../lib/shedu
load both

setup_file() {
	both_servers
	[[ -n ${SHEDU_SKIP:-} ]] || shedu dms update demo - <<-END
		{"settings": {"server_keygen_settings": {"enabled": true,
			"key": {"type": "RSA", "bits": 3072}}}}
	END
}

belongs() {
	openssl verify -CAfile root.pem -untrusted issuing.pem "$1"
	[[ $(openssl x509 -in "$1" -noout -pubkey) == "$(openssl pkey -in "$2" -pubout)" ]]
	openssl pkey -in "$2" -noout -text | grep -q '3072 bit'
}

page_keygen() {
	local name=$SERVER-page-$BATS_TEST_NUMBER url=https://localhost:$HTTPS_PORT$1
	page_trust
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$name.key" \
		-out "$name.csr" -subj "/CN=$name" 2>/dev/null
	sed '/CERTIFICATE/d' "$name.csr" >"$name.b64"
	curl -s --cert bootstrap.pem --key bootstrap.key -H 'Content-Type: application/pkcs10' \
		--data-binary "@$name.b64" -D "$name.head" -o "$name.multi" "$url/serverkeygen"
	sed -n '/application\/pkcs7-mime/,$p' "$name.multi" | sed '/-/d' | openssl base64 -d |
		openssl pkcs7 -inform DER -print_certs -out "$name.pem"
	sed -n '/application\/pkcs8/,/^--.*Boundary/p' "$name.multi" | sed '/-/d' | openssl base64 -d |
		openssl pkey -inform DER -out "$name.made"
	belongs "$name.pem" "$name.made"
	tr -d '\r' <"$name.head" >"$name.lines"
	grep -qix 'content-type: multipart/mixed; boundary=estServerKeyGenBoundary' "$name.lines"
	grep -qix 'cache-control: no-store' "$name.lines"
	grep -qix "content-length: $(stat -c %s "$name.multi")" "$name.lines"
	[[ $(grep -ci transfer-encoding "$name.lines") == 0 ]]
}

@test "curl, with the recipe of the page" {
	on_each_server page_keygen /.well-known/est/demo
}

@test "on the paths of the gateways" {
	on_each_server page_keygen /api/dmsmanager/.well-known/est/demo
}

estclient_keygen() {
	local name=$SERVER-est
	timeout 30 "$ESTCLIENT" serverkeygen -server "localhost:$HTTPS_PORT" -aps demo \
		-explicit root.pem -certs bootstrap.pem -key bootstrap.key \
		-cn "$name" -keyout "$name.made" -out "$name.pem"
	belongs "$name.pem" "$name.made"
}

@test "estclient serverkeygen" {
	ESTCLIENT=$SHEDU_BUILD/tools/estclient
	[[ -x $ESTCLIENT ]] || ESTCLIENT=$(command -v estclient) ||
		skip 'estclient is not there; quickstart check builds it where Go is installed'
	on_each_server estclient_keygen
}

disabled() {
	web POST /.well-known/est/off/serverkeygen --cert bootstrap.pem --key bootstrap.key \
		-H 'Content-Type: application/pkcs10' --data-binary "@off.b64"
	assert_status 404
	assert_output_has keygen_disabled
}

@test "not enabled: 404 with our text" {
	make_dms off
	new_csr off
	pem_b64 off.csr >off.b64
	on_each_server disabled
}
