# What a request says beside its CertIDs: extensions, version, requestor, signature.

load ../lib/shedu
load ocsp

# is_good: the last answer says good of d1.pem, with a signature that holds.
is_good() {
	assert_status 200
	check_ocsp -cert d1.pem
	[[ $said == *'Response verify OK'*'d1.pem: good'* ]]
}

@test "an unknown extension: passed over, and not echoed" {
	certify d1
	request_with r "$(ext $UNKNOWN_OID 0500)"
	post_ocsp r
	is_good
	[[ $(answer_hex) != *$UNKNOWN_OID* ]]
	request_of r "$(certid_of d1)" "$(ext $UNKNOWN_OID 0500)"
	post_ocsp r
	is_good
	[[ $(answer_hex) != *$UNKNOWN_OID* ]]
}

@test "an unknown extension that is critical: malformedRequest" {
	certify d1
	request_with r "$(ext $UNKNOWN_OID 0500 critical)"
	post_ocsp r
	assert_ocsp_error $MALFORMED
	request_of r "$(certid_of d1)" "$(ext $UNKNOWN_OID 0500 critical)"
	post_ocsp r
	assert_ocsp_error $MALFORMED
}

@test "the nonce twice, and extensions that are none: malformedRequest" {
	certify d1
	request_with r "$(ext $NONCE "$(der 04 aa)")$(ext $NONCE "$(der 04 bb)")"
	post_ocsp r
	assert_ocsp_error $MALFORMED
	request_with r 0500
	post_ocsp r
	assert_ocsp_error $MALFORMED
}

@test "a nonce without an OCTET STRING around it, as of old clients: echoed as it came" {
	certify d1
	request_with r "$(ext $NONCE 0102030405)"
	post_ocsp r
	is_good
	[[ $(answer_hex) == *"$(ext $NONCE 0102030405)"* ]]
}

@test "a critical nonce is echoed, and not critical" {
	certify d1
	request_with r "$(ext $NONCE "$(der 04 00112233)" critical)"
	post_ocsp r
	is_good
	[[ $(answer_hex) == *"$(ext $NONCE "$(der 04 00112233)")"* ]]
}

@test "acceptable responses: with the basic one an answer, else malformedRequest" {
	certify d1
	request_with r "$(ext $ACCEPTABLE "$(der 30 $UNKNOWN_OID$BASIC)")"
	post_ocsp r
	is_good
	request_with r "$(ext $ACCEPTABLE "$(der 30 $UNKNOWN_OID)")"
	post_ocsp r
	assert_ocsp_error $MALFORMED
	request_with r "$(ext $ACCEPTABLE 3000)"
	post_ocsp r
	assert_ocsp_error $MALFORMED
}

@test "what NSS sends: a service locator and acceptable responses, by GET" {
	local name
	certify d1
	name=$(der 30 "$(der 31 "$(der 30 "0603550403$(der 0c 6361)")")")
	request_of r "$(certid_of d1)" "$(ext $LOCATOR "$(der 30 "$name")")" \
		"$(ext $ACCEPTABLE "$(der 30 $BASIC)")"
	cgi ocsp GET "/ocsp/$(path_of r)"
	is_good
	[[ $(header Cache-Control) == max-age=60,* ]]
}

@test "version 1, spelled out, is answered; version 2: malformedRequest" {
	certify d1
	request_of r "$(certid_of d1)" '' '' a003020100
	post_ocsp r
	is_good
	request_of r "$(certid_of d1)" '' '' a003020101
	post_ocsp r
	assert_ocsp_error $MALFORMED
}

@test "a requestor's name without a signature is as good as none" {
	certify d1
	request_of r "$(certid_of d1)" '' '' "$(der a1 "$(der 82 6465762e6578616d706c65)")"
	post_ocsp r
	is_good
	request_of r "$(certid_of d1)" '' '' "$(der a1 "$(der 82 61)$(der 82 61)")"
	post_ocsp r
	assert_ocsp_error $MALFORMED
}

@test "a signed request is answered; whose signature it is, and whether it holds, changes nothing" {
	local hex
	certify d1
	certify d2
	openssl ocsp -issuer issuing.pem -cert d1.pem -no_nonce -signer d2.pem -signkey d2.key -reqout r >/dev/null
	post_ocsp r
	is_good
	# Another key's signature: the last octets of the name in what is signed differ.
	hex=$(xxd -p r | tr -d '\n')
	[[ $hex == *6432* ]]
	xxd -r -p <<<"${hex/6432/6433}" >forged
	run ! cmp -s r forged
	post_ocsp forged
	is_good
}

@test "what is no signature in a signature's place: malformedRequest" {
	local tbs rest
	certify d1
	request_of r "$(certid_of d1)"
	tbs=$(xxd -p r | tr -d '\n')
	tbs=${tbs:4}
	for rest in 0500 a0020500 a0023000 "$(der a0 "$(der 30 300506032a0304030200aa0500)")"; do
		der 30 "$tbs$rest" | xxd -r -p >bad
		post_ocsp bad
		assert_ocsp_error $MALFORMED
	done
	der 30 "$tbs$(der a0 "$(der 30 300506032a0304030200aa)")" | xxd -r -p >good
	post_ocsp good
	is_good
}
