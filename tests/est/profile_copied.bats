# Issuance profiles: what of the names and extensions of a request is in the certificate.

load ../lib/shedu

# with PROFILE [openssl req options]: a device d1 of a DMS with this profile.
with() {
	make_dms demo "{\"issuance_profile\": $1}"
	shift
	new_csr d1 "$@"
	enroll demo d1
}

ext() {
	openssl x509 -in "${2:-d1.pem}" -noout -ext "$1" 2>/dev/null
}

# device CN: a device of that name enrolls in "demo".
device() {
	new_csr "$1"
	enroll demo "$1"
	assert_status 200
}

@test "san_policy cn: the common name, where the request has no name and this is one" {
	make_dms demo '{"issuance_profile": {"san_policy": "cn"}}'
	device d1.example
	[[ $(ext subjectAltName d1.example.pem) == *DNS:d1.example* ]]
	device sensor
	[[ $(ext subjectAltName sensor.pem) == *DNS:sensor* ]]
	device 'a b'
	[[ -z $(ext subjectAltName 'a b.pem') ]]
	device 10.0.0.1
	[[ -z $(ext subjectAltName 10.0.0.1.pem) ]]
}

@test "san_policy cn: the request's own names, if it has some" {
	with '{"san_policy": "cn"}' -addext subjectAltName=DNS:other
	[[ $(ext subjectAltName) == *DNS:other* && $(ext subjectAltName) != *d1* ]]
}

@test "san_policy cn without honor_extensions: the common name, whatever the request says" {
	with '{"san_policy": "cn", "honor_extensions": false}' -addext subjectAltName=DNS:other
	[[ $(ext subjectAltName) == *DNS:d1* && $(ext subjectAltName) != *other* ]]
}

@test "san_policy cn: a renewal without names keeps the one that it was given" {
	with '{"san_policy": "cn"}'
	enroll demo d1 simplereenroll d1.pem
	assert_status 200
	[[ $(ext subjectAltName) == *DNS:d1* ]]
	new_csr d1 -addext subjectAltName=DNS:d1
	enroll demo d1 simplereenroll d1.pem
	assert_status 200
}

@test "a renewal without names does not lose what the profile would not give again: 403" {
	with '{"san_policy": "cn"}'
	shedu dms update demo - <<<'{"settings": {"issuance_profile": {"san_policy": "copy"}}}'
	enroll demo d1 simplereenroll d1.pem
	assert_status 403
	assert_output_has san_changed
}

@test "san_policy refuse: a request with names is a 400" {
	with '{"san_policy": "refuse"}' -addext subjectAltName=DNS:d1
	assert_status 400
	assert_output_has csr_san san_policy
	new_csr d1
	enroll demo d1
	assert_status 200
	[[ -z $(ext subjectAltName) ]]
}

@test "allowed_extensions are copied as they are, critical or not, others are dropped" {
	with '{"allowed_extensions": ["1.3.6.1.5.5.7.1.24", "1.2.3.4", "1.2.3.5"]}' -addext tlsfeature=status_request \
		-addext 1.2.3.4=critical,DER:0c0161 -addext 1.2.3.6=DER:0500
	assert_status 200
	openssl x509 -in d1.pem -outform DER | openssl asn1parse -inform DER >t
	grep -A2 'OBJECT *:1.2.3.4' t | tr -d '\n' | grep -q 'BOOLEAN *:255.*DUMP\]:0C0161'
	grep -A1 'OBJECT *:TLS Feature' t | grep -q 3003020105
	! grep -q '1.2.3.6' t
}

@test "an allowed extension that is no DER, or too long, is a 400" {
	with '{"allowed_extensions": ["1.2.3.4"]}' -addext 1.2.3.4=DER:0c0561
	assert_status 400
	assert_output_has extension_malformed 1.2.3.4
	printf '%s\n' '[req]' distinguished_name=dn req_extensions=ex prompt=no '[dn]' CN=d1 \
		'[ex]' "1.2.3.4=DER:04820 $(printf '%s' 2100)$(printf '00%.0s' {1..8448})" | tr -d ' ' >r.cnf
	sed -i 's/04820/0482/' r.cnf
	openssl req -new -key d1.key -config r.cnf -out d1.csr
	enroll demo d1
	assert_status 400
	assert_output_has csr_extensions 8192
}

@test "what is the CA's to say is never allowed" {
	local oid
	for oid in 2.5.29.19 2.5.29.15 2.5.29.17 2.5.29.30 2.5.29.35 2.5.29.14 2.5.29.31 2.5.29.33 \
		1.3.6.1.5.5.7.1.1 1.3.6.1.5.5.7.48.1.5 1.3.6.1.4.1.311.20.2 2.16.840.1.113730.1.1; do
		run make_dms demo "{\"issuance_profile\": {\"allowed_extensions\": [\"$oid\"]}}"
		((status != 0))
		[[ $output == */settings/issuance_profile/allowed_extensions*"$oid"* ]]
	done
	for oid in 1 a.b 1.2. 3.1 1.40 01.2; do
		run make_dms demo "{\"issuance_profile\": {\"allowed_extensions\": [\"$oid\"]}}"
		((status != 0))
		[[ $output == *"object identifier"* ]]
	done
}
