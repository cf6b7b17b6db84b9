# The bytes of the answer: CertIDs as they came, the responder's certificate, the nonce.

load ../lib/shedu
load ocsp

# The octets of the first CertID of a request, in hexadecimal.
certid() {
	openssl asn1parse -inform DER -in "$1" -strparse 0 >/dev/null 2>&1
	local at
	at=$(openssl asn1parse -inform DER -in "$1" | awk -F: '/SEQUENCE/ && /d=4/ { print $1; exit }')
	openssl asn1parse -inform DER -in "$1" -strparse "$((at))" -noout -out certid.der
	xxd -p certid.der | tr -d '\n'
}

nonce_request() { # FILE HEX: with a nonce of these octets
	request_with "$1" "$(ext "$NONCE" "$(der 04 "$2")")"
}

@test "a CertID is echoed byte for byte: SHA-1" {
	certify d1
	ocsp_request r -cert d1.pem
	post_ocsp r
	[[ $(xxd -p "$body_file" | tr -d '\n') == *"$(certid r)"* ]]
	status_of d1
	[[ $said == good ]]
}

@test "a CertID is echoed byte for byte: SHA-256, with and without NULL" {
	local id without
	certify d1
	ocsp_request r -sha256 -cert d1.pem
	id=$(certid r)
	post_ocsp r
	[[ $(xxd -p "$body_file" | tr -d '\n') == *"$id"* ]]
	check_ocsp -sha256 -cert d1.pem
	[[ $said == *'d1.pem: good'* ]]
	without=${id/300d06096086480165030402010500/300b0609608648016503040201}
	[[ $without != "$id" ]]
	without=30$(printf '%02x' $(((${#without} - 4) / 2)))${without:4}
	der 30 "$(der 30 "$(der 30 "$(der 30 "$without")")")" | xxd -r -p >r2
	post_ocsp r2
	[[ $(xxd -p "$body_file" | tr -d '\n') == *"$without"* ]]
}

@test "a CertID is echoed byte for byte: SHA-384 and SHA-512, beside SHA-1 of the same CA" {
	local hash
	certify d1
	certify d2
	for hash in -sha384 -sha512; do
		ocsp_request r $hash -cert d1.pem
		post_ocsp r
		[[ $(xxd -p "$body_file" | tr -d '\n') == *"$(certid r)"* ]]
		check_ocsp $hash -cert d1.pem
		[[ $said == *'d1.pem: good'* ]]
	done
	ocsp_request r -sha1 -cert d1.pem -sha384 -cert d2.pem -sha512 -cert d2.pem
	post_ocsp r
	check_ocsp -sha1 -cert d1.pem -sha384 -cert d2.pem -sha512 -cert d2.pem
	[[ $said == *'d1.pem: good'*'d2.pem: good'*'d2.pem: good'* ]]
}

@test "a CertID of SHA-512 of another CA's name or key: unauthorized" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout o.key \
		-subj "$(openssl x509 -in issuing.pem -noout -subject -nameopt compat | sed 's/subject=//')" \
		-out o.pem 2>/dev/null
	cmp <(openssl x509 -in o.pem -noout -subject_hash) <(openssl x509 -in issuing.pem -noout -subject_hash)
	certify d1
	openssl ocsp -no_nonce -sha512 -issuer o.pem -serial "0x$(serial_of d1.pem)" -reqout r >/dev/null
	post_ocsp r
	assert_ocsp_error $UNAUTHORIZED
	openssl ocsp -no_nonce -sha512 -issuer issuing.pem -serial "0x$(serial_of d1.pem)" -reqout r >/dev/null
	post_ocsp r
	assert_status 200
	check_ocsp -sha512 -cert d1.pem
	[[ $said == *'d1.pem: good'* ]]
}

# flipped HEX N: with the Nth digit changed.
flipped() {
	printf '%s%x%s' "${1:0:$2}" $((0x${1:$2:1} ^ 1)) "${1:$(($2 + 1))}"
}

@test "both hashes of the issuer count: of its name alone, or of its key alone, it is unauthorized" {
	local id hash at n octets serial
	certify d1
	serial=$(openssl x509 -in d1.pem -outform DER | openssl asn1parse -inform DER |
		awk -F: '/INTEGER/ && ++n == 2 { print $NF; exit }')
	[[ $serial == [89A-F]* ]] && serial=00$serial
	for hash in -sha1:20 -sha256:32 -sha384:48 -sha512:64; do
		octets=${hash#*:} hash=${hash%:*}
		ocsp_request r "$hash" -cert d1.pem
		id=$(certid r)
		for at in name key; do
			# The last digit of either hash: the key's stands before the serial's tag and length.
			n=$((${#id} - 4 - ${#serial} - 1))
			[[ $at == key ]] || n=$((n - 4 - 2 * octets))
			request_of r2 "$(flipped "$id" "$n")"
			post_ocsp r2
			assert_ocsp_error $UNAUTHORIZED
		done
		request_of r2 "$id"
		post_ocsp r2
		check_ocsp "$hash" -cert d1.pem
		[[ $said == *'d1.pem: good'* ]]
	done
}

@test "a CertID of an unknown hash: unauthorized" {
	certify d1
	ocsp_request r -sha512 -cert d1.pem
	xxd -p r | tr -d '\n' | sed 's/0609608648016503040203/0609608648016503040277/' | xxd -r -p >r2
	post_ocsp r2
	assert_ocsp_error $UNAUTHORIZED
}

@test "the answer names its signer by key and brings its certificate, which nobody need check" {
	certify d1
	ocsp_request r -cert d1.pem
	post_ocsp r
	run openssl ocsp -respin "$body_file" -noverify -resp_text -no_nonce
	[[ $output == *'Responder Id: '[0-9A-F]* ]]
	[[ $output == *'OCSP Signing'* && $output == *'OCSP No Check'* ]]
	[[ $output == *'Public-Key: (256 bit)'* ]]
}

@test "a nonce is echoed: 1 to 128 octets" {
	local n nonce
	certify d1
	for n in 1 15 16 17 23 31 32 33 128; do
		nonce=$(head -c "$n" /dev/urandom | xxd -p | tr -d '\n')
		nonce_request r "$nonce"
		post_ocsp r
		[[ $(xxd -p "$body_file" | tr -d '\n') == *"$(der 04 "$(der 04 "$nonce")")"* ]]
		[[ $(header Cache-Control) == *no-store* ]]
	done
}

@test "openssl's own nonce is echoed, and each answer is fresh" {
	local first
	certify d1
	openssl ocsp -issuer issuing.pem -cert d1.pem -reqout r >/dev/null
	post_ocsp r
	first=$(sha256sum <"$body_file")
	post_ocsp r
	[[ $(sha256sum <"$body_file") != "$first" ]]
	# -no_nonce: the request's own stays, and is compared.
	run openssl ocsp -no_nonce -reqin r -respin "$body_file" -issuer issuing.pem -cert d1.pem \
		-CAfile root.pem
	[[ $output == *'Response verify OK'* && $output != *WARNING* && $output == *'d1.pem: good'* ]]
}

@test "a nonce of 0 or 129 octets: malformedRequest (RFC 9654 2.1)" {
	certify d1
	nonce_request r ''
	post_ocsp r
	assert_ocsp_error $MALFORMED
	nonce_request r "$(printf '00%.0s' {1..129})"
	post_ocsp r
	assert_ocsp_error $MALFORMED
}
