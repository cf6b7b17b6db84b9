# The pages' EST commands as they are printed: only host, names and files are replaced.

load ../lib/shedu
load both

setup_file() { both_servers; }

cacerts() {
	page_trust
	curl -s "https://localhost:$HTTPS_PORT$1/cacerts" | openssl base64 -d |
		openssl pkcs7 -inform DER -outform PEM -print_certs -out cacerts.pem
	[[ $(grep -c BEGIN cacerts.pem) == 2 ]]
	openssl verify -CAfile cacerts.pem issuing.pem
	openssl verify -CAfile root.pem -untrusted cacerts.pem issuing.pem
}

@test "cacerts of a DMS" {
	on_each_server cacerts /.well-known/est/demo
}

@test "cacerts without a label, on the device manager's path" {
	on_each_server cacerts /api/devmanager/.well-known/est
}

@test "cacerts without the est segment" {
	on_each_server cacerts /api/devmanager/.well-known/demo
	on_each_server cacerts /api/dmsmanager/.well-known/est/demo
}

# page_enroll NAME BASE KEY-OPTIONS...
page_enroll() {
	local name=$SERVER-$1 url="https://localhost:$HTTPS_PORT$2"
	shift 2
	page_trust
	openssl req -new "$@" -nodes -keyout "$name.key" -out "$name.csr" -subj "/CN=$name" 2>/dev/null
	sed '/CERTIFICATE/d' "$name.csr" >"$name.b64"
	curl -s --cert bootstrap.pem --key bootstrap.key -H 'Content-Type: application/pkcs10' \
		--data-binary "@$name.b64" -o "$name.p7" "$url/simpleenroll"
	openssl base64 -d -in "$name.p7" |
		openssl pkcs7 -inform DER -outform PEM -print_certs -out "$name.pem"
	openssl verify -CAfile root.pem -untrusted issuing.pem "$name.pem"
	[[ $(grep -c BEGIN "$name.pem") == 1 ]]
	[[ $(openssl x509 -in "$name.pem" -noout -subject) == "subject=CN = $name" ]]
}

@test "simpleenroll with the DMS as the label" {
	on_each_server page_enroll ec /.well-known/est/demo -newkey ec -pkeyopt ec_paramgen_curve:P-256
	on_each_server page_enroll rsa /.well-known/est/demo -newkey rsa:2048
}

@test "simpleenroll with the name of the CA as the label" {
	on_each_server page_enroll ca-id /api/devmanager/.well-known/est/issuing -newkey rsa:2048
	on_each_server page_enroll ca-cn /api/devmanager/.well-known/est/Test%20Issuing -newkey rsa:2048
}

page_renew() {
	local name=$SERVER-$1 url="https://localhost:$HTTPS_PORT$2"
	page_enroll "$1" /.well-known/est/demo -newkey rsa:2048
	curl -s --cert "$name.pem" --key "$name.key" -H 'Content-Type: application/pkcs10' \
		--data-binary "@$name.b64" -o "$name.p7" "$url/simplereenroll"
	openssl base64 -d -in "$name.p7" |
		openssl pkcs7 -inform DER -outform PEM -print_certs -out "$name-2.pem"
	openssl verify -CAfile root.pem -untrusted issuing.pem "$name-2.pem"
	[[ $(serial_of "$name.pem") != "$(serial_of "$name-2.pem")" ]]
}

@test "simplereenroll, with and without a label" {
	on_each_server page_renew r1 /.well-known/est/demo
	on_each_server page_renew r2 /api/devmanager/.well-known/est
	on_each_server page_renew r3 /api/dmsmanager/.well-known/demo
}

framing() {
	web GET /.well-known/est/demo/cacerts
	assert_status 200
	[[ $(header Content-Length) == "$(stat -c %s "$body_file")" ]]
	[[ -z $(header Transfer-Encoding) ]]
	[[ $(header Content-Type) == application/pkcs7-mime* ]]
}

@test "an answer has a Content-Length and is not chunked" {
	on_each_server framing
}

https_only() {
	web GET "$HTTP_URL/.well-known/est/demo/cacerts"
	assert_status 404
	web GET "$HTTP_URL/v2/dms"
	assert_status 404
	web GET "$HTTP_URL/api/ca/v1/cas"
	assert_status 404
	web GET "$HTTP_URL/health"
	assert_status 404
}

@test "EST and the API are not on the plain HTTP port" {
	on_each_server https_only
}
