# The names in a request: what would be copied into a certificate is checked whole.

load ../lib/shedu
load csr

setup() {
	shedu_test_begin
	make_dms demo
}

subject() {
	new_key d1.key
	openssl req -new -utf8 -key d1.key -subj "$1" -out d1.csr
}

@test "no common name" {
	subject /O=Example
	refused 400 csr_common_name
}

@test "a common name over 64 characters" {
	request "UTF8:$(printf 'a%.0s' {1..65})" '[attrs]'
	refused 400 'device id): CN of the name: expected 1 to 64 characters, got 65'
	request "UTF8:$(printf 'a%.0s' {1..64})" '[attrs]'
	refused 400 csr_signature
}

@test "a slash in the common name, or . or .. or outer spaces" {
	local cn
	for cn in 'a\/b' . .. ' a' 'a '; do
		subject "/CN=$cn"
		refused 400 'device id'
	done
}

@test "a NUL in the common name is not its end" {
	request UTF8:d1@.evil '[attrs]'
	patch_csr @ 00
	refused 400 'device id'
}

@test "a control character in the common name" {
	request UTF8:d1@ '[attrs]'
	patch_csr @ 0a
	refused 400 'device id'
}

@test "more than one common name" {
	subject /CN=d2/CN=d1
	refused 400 'csr_common_name'
	subject /CN=d1+CN=d2
	refused 400 'csr_common_name'
}

# refused_part OID VALUE CODE: VALUE as a part of the subject besides CN=d1.
refused_part() {
	local args
	mapfile -t args < <(rdn 2 "$1" "$2")
	request UTF8:d1 "${args[@]}" '[attrs]'
	refused 400 "$3"
}

@test "a NUL or a control character in any part of the subject" {
	local args hex
	mapfile -t args < <(rdn 2 organizationName UTF8:xd1@)
	for hex in 00 0a 1b 7f; do
		request UTF8:dev "${args[@]}" '[attrs]'
		patch_csr @ $hex
		refused 400 name_part
	done
	refused_part 1.2.3.4 "UTF8:$(printf '\u0085')" name_part
	refused_part 1.2.3.4 IMP:30U,FORMAT:HEX,OCT:0041000d name_part
}

@test "a part of the subject that is no character string" {
	refused_part organizationName INTEGER:5 name_malformed
	refused_part 1.2.3.4 FORMAT:HEX,OCT:00 name_malformed
}

@test "a part of the subject that breaks its upper bound (RFC 5280 A.1)" {
	refused_part organizationName "UTF8:$(printf 'o%.0s' {1..65})" '1 to 64 characters, got 65'
	refused_part serialNumber "PRINTABLE:$(printf '1%.0s' {1..65})" '1 to 64 characters, got 65'
	refused_part emailAddress "IA5:$(printf 'e%.0s' {1..256})" '1 to 255 characters, got 256'
	refused_part countryName PRINTABLE:ESP name_part
	refused_part organizationName UTF8: '1 to 64 characters, got 0'
}

@test "all kinds of names that are in form are copied" {
	new_key d1.key
	cat >c.cnf <<-'END'
		[req]
		distinguished_name = dn
		prompt = no
		req_extensions = x
		[dn]
		C = ES
		O = Exämple
		serialNumber = 0042
		emailAddress = a@example.com
		CN = d1
		[x]
		subjectAltName = @san
		[san]
		DNS.1 = *.d1.example
		DNS.2 = _x.d1
		email.1 = a@example.com
		URI.1 = urn:example:d1
		IP.1 = 10.0.0.1
		IP.2 = ::1
		RID.1 = 1.2.3.4
		dirName.1 = dn
		otherName.1 = 1.3.6.1.4.1.311.20.2.3;UTF8:a@example.com
	END
	openssl req -new -utf8 -config c.cnf -key d1.key -out d1.csr
	enroll demo d1
	assert_status 200
	[[ $(openssl req -in d1.csr -noout -subject -nameopt utf8) == \
		"$(openssl x509 -in d1.pem -noout -subject -nameopt utf8)" ]]
	openssl req -in d1.csr -noout -text | grep -A 1 'Alternative Name' | tail -n 1 | tr -d ' ' >a
	openssl x509 -in d1.pem -noout -text | grep -A 1 'Alternative Name' | tail -n 1 | tr -d ' ' >b
	diff a b
	grep -q 'DNS:\*.d1.example' b
}
