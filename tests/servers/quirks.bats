# The bytes of clients that are not packaged, as they were seen on the wire, and what they need of the
# answer's bytes (the table in fcgi/est/quirks.c).

load ../lib/shedu
load both

setup_file() {
	both_servers
}

# raw FILE: sends it as it is, by TLS 1.2 with the bootstrap certificate; the answer is in raw.out.
raw() {
	timeout 20 openssl s_client -connect "localhost:$HTTPS_PORT" -CAfile root.pem -tls1_2 -ign_eof -quiet \
		-cert bootstrap.pem -key bootstrap.key <"$1" >raw.out 2>raw.err
	sed '/^\r$/q' raw.out >raw.head
	status=$(awk 'NR == 1 { print $2 }' raw.head)
	tail -c "+$(($(stat -c %s raw.head) + 1))" raw.out >raw.body
}

# What all of them need of the head.
plain_head() {
	grep -q '^HTTP/1.1 200' raw.head
	never grep -qi '^Transfer-Encoding' raw.head
	[[ $(sed -n 's/^Content-Length: \([0-9]*\)\r$/\1/Ip' raw.head) == $(stat -c %s raw.body) ]]
	(($(stat -c %s raw.head) < 1000))
}

request() {
	printf '%s\r\n' "$@"
	printf '\r\n'
	cat "$name.body"
}

libest() {
	name=d$BATS_TEST_NUMBER-$SERVER
	new_csr "$name"
	openssl req -in "$name.csr" -outform DER | base64 -w 64 >"$name.body"
	request 'POST /.well-known/est/demo/simpleenroll HTTP/1.1' 'User-Agent: libest 3.2.0p' \
		"Host: localhost:$HTTPS_PORT" 'Connection: close' 'Accept: */*' \
		'Content-Type: application/pkcs10' "Content-Length: $(stat -c %s "$name.body")" >raw.in
	raw raw.in
	plain_head
	grep -q $'^Content-Type: application/pkcs7-mime; smime-type=certs-only\r$' raw.head
	[[ $(awk '{ print length }' raw.body | sort -n | tail -n 1) == 64 ]]
	p7_pem raw.body >"$name.pem"
	[[ $(grep -c BEGIN "$name.pem") == 1 ]]
}

@test "libest: lines of base64, and the content type to the letter" {
	on_each_server libest
}

pki() {
	name=d$BATS_TEST_NUMBER-$SERVER
	new_csr "$name"
	openssl req -in "$name.csr" -outform DER | base64 -w 0 >"$name.body"
	request 'POST /.well-known/est/demo/simpleenroll HTTP/1.1' "Host: localhost:$HTTPS_PORT" \
		'Content-Type: application/pkcs10' "Content-Length: $(stat -c %s "$name.body")" >raw.in
	# it does not ask the server to close, and reads what Content-Length says
	sed -i $'2i Connection: close\r' raw.in
	raw raw.in
	plain_head
	[[ $(wc -l <raw.body) == 1 ]]
	[[ $(tail -c 1 raw.body | xxd -p) == 0a ]]
}

@test "strongSwan pki: base64 in one line, in and out" {
	on_each_server pki
}

estclient() {
	name=d$BATS_TEST_NUMBER-$SERVER
	new_csr "$name"
	openssl req -in "$name.csr" -outform DER | base64 -w 76 | sed 's/$/\r/' >b64
	{ printf '%x\r\n' "$(stat -c %s b64)"; cat b64; printf '\r\n0\r\n\r\n'; } >"$name.body"
	request 'POST /.well-known/est/demo/simpleenroll HTTP/1.1' "Host: localhost:$HTTPS_PORT" \
		'User-Agent: GlobalSign EST Client v1.0.6 github.com/globalsign/est' \
		'Transfer-Encoding: chunked' 'Accept: application/pkcs7-mime' \
		'Content-Transfer-Encoding: base64' 'Content-Type: application/pkcs10' \
		'Accept-Encoding: gzip' 'Connection: close' >raw.in
	raw raw.in
	plain_head
	p7_pem raw.body >"$name.pem"
	[[ $(grep -c BEGIN "$name.pem") == 1 ]]
}

@test "estclient: a chunked request, one certificate" {
	on_each_server estclient
}

cacerts() {
	name=nothing
	: >"$name.body"
	request 'GET /.well-known/est/cacerts HTTP/1.1' "Host: localhost:$HTTPS_PORT" 'Connection: close' >raw.in
	raw raw.in
	plain_head
	base64 -d raw.body | openssl pkcs7 -inform DER -print_certs >cas.pem
	grep -q '^subject=CN = Test Root$' cas.pem
}

@test "cacerts reaches the root, also for who sends neither Accept nor User-Agent" {
	on_each_server cacerts
}
