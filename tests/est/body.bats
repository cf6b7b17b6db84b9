# The bytes of a request (RFC 8951 3.1): what is accepted, and the exact refusal of what is not.

load ../lib/shedu

post() {
	cgi est POST /.well-known/est/demo/simpleenroll --cert bootstrap.pem \
		--type "${TYPE-application/pkcs10}" --body "$@"
}

setup() {
	shedu_test_begin
	make_dms demo
	new_csr d1
	openssl req -in d1.csr -outform DER -out d1.der
}

@test "base64 in lines of 64 with LF, of 76 with CRLF, in one line without an end" {
	pem_b64 d1.csr >b
	post b && assert_status 200
	base64 -w 76 d1.der | sed 's/$/\r/' >b
	post b && assert_status 200
	base64 -w 0 d1.der >b
	post b && assert_status 200
}

@test "base64 with spaces and tabs, and a leading empty line" {
	{ echo; base64 -w 4 d1.der | tr '\n' ' ' | sed 's/ /\t /g'; } >b
	post b && assert_status 200
}

@test "PEM, with text before it, and DER" {
	post d1.csr && assert_status 200
	openssl req -in d1.csr -text -out text.pem
	post text.pem && assert_status 200
	post d1.der && assert_status 200
}

@test "Content-Transfer-Encoding is not looked at" {
	local v
	pem_b64 d1.csr >b
	for v in base64 7bit BINARY 8bit; do
		post b --header "Content-Transfer-Encoding: $v" && assert_status 200
	done
}

@test "media types have no case, and may have parameters" {
	pem_b64 d1.csr >b
	TYPE='Application/PKCS10' post b && assert_status 200
	TYPE='application/pkcs10; charset=utf-8' post b && assert_status 200
}

@test "another media type, or none, is 415" {
	pem_b64 d1.csr >b
	TYPE=text/plain post b && assert_status 415
	TYPE= post b && assert_status 415
	assert_output_has application/pkcs10
}

refused() {
	printf '%b' "$1" >b
	post b
	assert_status 400
	assert_output_has "${2:-csr_malformed}"
	[[ $(header Content-Type) == text/plain* ]]
	api GET /v2/certificates
	never grep -q '"device_id":"d1"' "$body_file"
	api GET /v2/devices/d1
	assert_status 404
}

@test "no bytes, no base64, no DER are 400" {
	refused '' csr
	refused 'not a base64 encoding' csr
	refused '====' csr
	refused AAAA csr
	refused '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n' csr
}

@test "a truncated request is 400 at every length" {
	local n
	for n in 1 2 10 50 100 200 $(($(stat -c %s d1.der) - 1)); do
		head -c "$n" d1.der >t
		base64 t >b
		post b
		assert_status 400
	done
}

@test "bytes behind the request are 400" {
	{ cat d1.der; printf '\0'; } | base64 >b
	post b
	assert_status 400
}

@test "a body shorter than its Content-Length is 400 and issues nothing" {
	pem_b64 d1.csr >b
	post b --env CONTENT_LENGTH=5000
	assert_status 400
	api GET /v2/devices/d1
	assert_status 404
}

@test "64 KiB is the cap: above it 413" {
	head -c 65536 /dev/zero | tr '\0' A >b
	post b
	assert_status 400
	echo A >>b
	post b
	assert_status 413
}

@test "a flipped bit in the signature is 400, unless verify_csr_signature is off" {
	make_dms lax '{"enrollment_settings": {"verify_csr_signature": false}}'
	openssl req -in d1.csr -outform DER -out good.der
	size=$(stat -c %s good.der)
	{ head -c $((size - 1)) good.der; tail -c 1 good.der | tr '\000-\377' '\001-\377\000'; } >bad.der
	base64 bad.der >b
	post b
	assert_status 400
	assert_output_has csr_signature
	cgi est POST /.well-known/est/lax/simpleenroll --cert bootstrap.pem \
		--type application/pkcs10 --body b
	assert_status 200
}
