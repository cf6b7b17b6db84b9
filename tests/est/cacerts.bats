# cacerts (RFC 7030 4.1): who gets which certificates, in which form.

load ../lib/shedu

subjects() {
	p7_pem "$body_file" | openssl crl2pkcs7 -nocrl -certfile /dev/stdin |
		openssl pkcs7 -print_certs -noout | sed -n 's/^subject=//p' | paste -sd '|'
}

cacerts() {
	cgi est GET "/.well-known/est/${1:-demo}/cacerts" --https "${@:2}"
}

@test "the enrollment CA and its root, without any authentication" {
	make_dms demo
	cacerts
	assert_status 200
	[[ $(header Content-Type) == application/pkcs7-mime ]]
	[[ $(header Content-Transfer-Encoding) == base64 ]]
	[[ $(subjects) == "CN = Test Issuing|CN = Test Root" ]]
}

@test "Content-Length is that of the body" {
	make_dms demo
	cacerts
	[[ $(header Content-Length) == "$(stat -c %s "$body_file")" ]]
}

@test "lines of 64 characters end in LF, the last too" {
	make_dms demo
	cacerts
	[[ $(awk '{ if (length > m) m = length } END { print m }' "$body_file") == 64 ]]
	never grep -q $'\r' "$body_file"
	[[ $(tail -c 1 "$body_file" | od -An -tx1) == " 0a" ]]
}

@test "a client without User-Agent gets one line" {
	make_dms demo
	cacerts demo --agent ''
	assert_status 200
	[[ $(wc -l <"$body_file") == 1 ]]
	base64 -d "$body_file" | openssl pkcs7 -inform DER -print_certs | grep -q 'Test Root'
}

@test "Accept: application/x-pem-file gives PEM" {
	make_dms demo
	cacerts demo --accept application/x-pem-file
	assert_status 200
	[[ $(header Content-Type) == application/x-pem-file ]]
	[[ $(grep -c BEGIN "$body_file") == 2 ]]
}

@test "an Accept that names none of our types is 406" {
	make_dms demo
	cacerts demo --accept text/html
	assert_status 406
}

@test "managed CAs come in their order, each certificate once" {
	make_dms demo '{"ca_distribution_settings": {"managed_cas": ["bootstrap", "root"]}}'
	cacerts
	[[ $(subjects) == "CN = Test Bootstrap|CN = Test Root|CN = Test Issuing" ]]
}

@test "the system CA comes first" {
	make_dms demo '{"ca_distribution_settings": {"include_system_ca": true, "include_enrollment_ca": false}}'
	cp "$W/bootstrap-ca.pem" "$W/root.pem"
	cacerts
	[[ $(subjects) == "CN = Test Bootstrap" ]]
}

@test "nothing to distribute is an empty set" {
	make_dms demo '{"ca_distribution_settings": {"include_enrollment_ca": false}}'
	cacerts
	assert_status 200
	[[ -z $(subjects) ]]
}

@test "a label that is a CA's id or name gives that CA's chain" {
	make_dms demo
	cacerts issuing
	[[ $(subjects) == "CN = Test Issuing|CN = Test Root" ]]
	cacerts Test%20Bootstrap
	[[ $(subjects) == "CN = Test Bootstrap" ]]
}

@test "without a label the only DMS is meant" {
	make_dms demo
	cgi est GET /.well-known/est/cacerts --https
	assert_status 200
}

@test "without a label and with two DMSs it is 404, and says how to name one" {
	make_dms demo
	make_dms other
	cgi est GET /.well-known/est/cacerts --https
	assert_status 404
	assert_output_has '/.well-known/est/{dms}/'
}

@test "est.default_dms decides" {
	make_dms demo
	make_dms other '{"ca_distribution_settings": {"managed_cas": ["bootstrap"]}}'
	sed -i 's/^est = {/est = { default_dms = "other";/' "$SHEDU_CONF"
	cgi est GET /.well-known/est/cacerts --https
	[[ $(subjects) == "CN = Test Bootstrap|"* ]]
}

@test "both gateway prefixes, with and without the est segment" {
	local p
	make_dms demo
	for p in /api/dmsmanager/.well-known/est /api/dmsmanager/.well-known \
		/api/devmanager/.well-known/est /api/devmanager/.well-known; do
		cgi est GET "$p/demo/cacerts" --https
		assert_status 200
		cgi est GET "$p/cacerts" --https
		assert_status 200
	done
}

@test "HEAD has the length and no body" {
	make_dms demo
	cgi est HEAD /.well-known/est/demo/cacerts --https
	assert_status 200
	[[ $(header Content-Length) -gt 500 && ! -s $body_file ]]
}

@test "plain HTTP is refused" {
	make_dms demo
	cgi est GET /.well-known/est/demo/cacerts
	assert_status 403
	assert_output_has https_required
}
