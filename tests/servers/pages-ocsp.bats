# The pages' OCSP commands as they are printed: only host, names and files are replaced.

load ../lib/shedu
load both

setup_file() {
	local i
	both_servers
	for i in {1..12}; do enroll_device demo "d$i"; done
	serial_of d1.pem >revoked
	shedu cert revoke "$(cat revoked)" --reason KeyCompromise
}

# page_get NAME STATUS: raw base64, with its / and + and ==, in the path.
page_get() {
	local request
	request=$(openssl ocsp -issuer issuing.pem -cert "$1.pem" -no_nonce -reqout - | base64 -w0)
	page_trust
	curl -s --location --request GET "https://localhost:$HTTPS_PORT/api/ocsp/$request" >answer.der
	page_reads "$1" "$2"
	# The plain port, and the canonical path.
	curl -s "$HTTP_URL/ocsp/$request" >answer.der
	page_reads "$1" "$2"
}

# The page names the TLS certificate by -VAfile: the status is read all the same. With -CAfile the
# signature must be good.
page_reads() {
	openssl ocsp -respin answer.der -issuer issuing.pem -cert "$1.pem" -no_nonce \
		-VAfile "leaf-$SERVER.pem" 2>/dev/null | grep "$1.pem: $2"
	openssl ocsp -respin answer.der -issuer issuing.pem -cert "$1.pem" -no_nonce \
		-CAfile root.pem 2>verify
	grep 'Response verify OK' verify
}

@test "GET with raw base64 in the path" {
	on_each_server page_get d2 good
	on_each_server page_get d1 revoked
}

@test "GET with every letter of the alphabet of base64, many serials" {
	local i
	many() { for i in {2..12}; do page_get "d$i" good; done; }
	on_each_server many
}

# hunt TEXT [OCTETS]: a request whose base64 has TEXT, of a serial chosen until it does. OCTETS, in
# hex, begin the serial where chance alone would be too rare.
hunt() {
	local i serial b64
	for ((i = 0; i < 400; i++)); do
		serial=0x7f$2$(openssl rand -hex 12)
		b64=$(openssl ocsp -issuer issuing.pem -serial "$serial" -no_nonce -reqout - | base64 -w0)
		[[ $b64 == *"$1"* ]] && break
	done
	[[ $b64 == *"$1"* ]]
	curl -s "$HTTP_URL/ocsp/$b64" >answer.der
	openssl ocsp -respin answer.der -issuer issuing.pem -serial "$serial" -CAfile root.pem >status 2>&1
	grep 'Response verify OK' status
	# Not one of ours: never good.
	grep -E "$serial: (unknown|revoked)" status
}

@test "GET with a slash, a plus and two slashes in the base64" {
	on_each_server hunt /
	on_each_server hunt +
	# 24 bits of one hold a run of '/' wherever the groups of six begin.
	on_each_server hunt // ffffff
}

escaped() {
	local b64
	b64=$(openssl ocsp -issuer issuing.pem -cert d2.pem -no_nonce -reqout - | base64 -w0)
	b64=${b64//+/%2B} b64=${b64//\//%2F} b64=${b64//=/%3D}
	curl -s "$HTTP_URL/ocsp/$b64" >answer.der
	page_trust
	page_reads d2 good
}

@test "GET with escaped base64" {
	on_each_server escaped
}

page_post() {
	openssl ocsp -issuer issuing.pem -cert d2.pem -reqout request.der
	page_trust
	curl -s --location --request POST "https://localhost:$HTTPS_PORT/api/ocsp/" \
		--header 'Content-Type: application/ocsp-request' --data-binary '@request.der' >answer.der
	page_reads d2 good
}

@test "POST to /api/ocsp/ with the trailing slash" {
	on_each_server page_post
}

by_openssl() {
	openssl ocsp -issuer issuing.pem -cert "$1.pem" -url "$HTTP_URL$3" -CAfile root.pem >status 2>&1
	grep 'Response verify OK' status
	grep "$1.pem: $2" status
}

@test "openssl ocsp -url, on each path" {
	on_each_server by_openssl d1 revoked /ocsp
	on_each_server by_openssl d2 good /api/ocsp
	on_each_server by_openssl d2 good /api/va/ocsp
}

crl() {
	rm -f crl.der
	curl -s --fail -o crl.der "$HTTP_URL/crl/$(openssl x509 -in issuing.pem -noout -ext subjectKeyIdentifier |
		sed -n '2s/[ :]//gp' | tr A-F a-f)"
	openssl crl -inform DER -in crl.der -noout -text | tr A-F a-f | grep "$(cat revoked)"
}

@test "a revocation is in the CRL within seconds" {
	in_crl() { wait_for 20 crl; }
	on_each_server in_crl
}
