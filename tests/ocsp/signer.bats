# Who signs an answer, how it is named, and with which algorithm.

load ../lib/shedu
load ocsp

# ecdsa N, rsa N: the AlgorithmIdentifier of SHA-256 (2, b), SHA-384 (3, c), SHA-512 (4, d).
ecdsa() {
	der 30 "06082a8648ce3d04030$1"
}
rsa() {
	der 30 "06092a864886f70d01010${1}0500"
}

# prefer ALGORITHM...: asks for d1.pem so; $text is what openssl shows of the answer.
prefer() {
	local list=''
	while (($#)); do
		list+=$(der 30 "$1")
		shift
	done
	request_with r "$(ext $PREFERRED "$(der 30 "$list")")"
	post_ocsp r
	check_ocsp -cert d1.pem
	[[ $said == *'Response verify OK'*'d1.pem: good'* ]]
	text=$(answer_text)
}

@test "preferred signature algorithms: the first that the key can do, never SHA-1" {
	certify d1
	prefer "$(ecdsa 3)" "$(ecdsa 2)"
	[[ $text == *'Signature Algorithm: ecdsa-with-SHA384'* ]]
	prefer "$(rsa b)" "$(ecdsa 4)"
	[[ $text == *'Signature Algorithm: ecdsa-with-SHA512'* ]]
	prefer "$(der 30 06072a8648ce3d0401)" # ecdsa-with-SHA1
	[[ $text == *'Signature Algorithm: ecdsa-with-SHA256'* ]]
	prefer "$(rsa b)"
	[[ $text == *'Signature Algorithm: ecdsa-with-SHA256'* ]]
}

@test "an answer that is kept is kept for its algorithm" {
	certify d1
	prefer "$(ecdsa 3)"
	status_of d1
	[[ $(answer_text) == *'ecdsa-with-SHA256'* && $(answer_text) != *'ecdsa-with-SHA384'* ]]
	prefer "$(ecdsa 3)"
	[[ $text == *'Signature Algorithm: ecdsa-with-SHA384'* ]]
}

@test "preferred signature algorithms that are none: malformedRequest" {
	certify d1
	request_with r "$(ext $PREFERRED 0500)"
	post_ocsp r
	assert_ocsp_error $MALFORMED
	request_with r "$(ext $PREFERRED "$(der 30 0500)")"
	post_ocsp r
	assert_ocsp_error $MALFORMED
}

@test "the responder is named by the SHA-1 of its key; by its name where the CA's settings say so" {
	local key
	certify d1
	status_of d1
	answer_text | sed -n '/^-----BEGIN/,/^-----END/p' >responder.pem
	key=$(openssl x509 -in responder.pem -noout -pubkey | openssl pkey -pubin -outform DER |
		tail -c 65 | sha1sum | cut -d' ' -f1)
	[[ $(answer_text) == *"Responder Id: ${key^^}"* ]]
	shedu ca validation issuing --set ocsp.responder_id=NAME
	status_of d1
	[[ $said == good && $(answer_text) == *'Responder Id: CN = OCSP responder'* ]]
}

@test "a responder with an RSA key, where the CA's settings ask for it: the next tick makes it, once" {
	local n
	certify d1
	shedu ca validation issuing --set ocsp.responder_key=RSA-2048
	status_of d1
	[[ $said == good && $(answer_text) == *'ecdsa-with-SHA256'* ]]
	shedu tick
	status_of d1
	[[ $said == good && $(answer_text) == *'Signature Algorithm: sha256WithRSAEncryption'* ]]
	[[ $(answer_text) == *'Public-Key: (2048 bit)'* ]]
	prefer "$(ecdsa 2)" "$(rsa d)"
	[[ $text == *'Signature Algorithm: sha512WithRSAEncryption'* ]]
	n=$(ls state/responders | wc -l)
	shedu tick
	[[ $(ls state/responders | wc -l) == "$n" ]]
	shedu ca validation issuing --set ocsp.responder_key=P-384
	shedu tick
	status_of d1
	[[ $said == good && $(answer_text) == *'Signature Algorithm: ecdsa-with-SHA384'* ]]
}

@test "the responder's certificate: signed by the CA asked about, for OCSP alone, and not to be checked" {
	local text
	certify d1
	status_of d1
	answer_text | sed -n '/^-----BEGIN/,/^-----END/p' >responder.pem
	openssl verify -partial_chain -CAfile issuing.pem responder.pem
	text=$(openssl x509 -in responder.pem -noout -text)
	[[ $(openssl x509 -in responder.pem -noout -ext extendedKeyUsage | tail -n 1) == *'OCSP Signing' ]]
	[[ $(openssl x509 -in responder.pem -noout -ext keyUsage | tail -n 1) == *'Digital Signature' ]]
	[[ $text == *'OCSP No Check'* ]]
	[[ $text != *'Authority Information Access'* && $text != *'CRL Distribution'* && $text != *'Certificate Policies'* ]]
	openssl x509 -in responder.pem -noout -checkend 0
	run ! openssl x509 -in responder.pem -noout -checkend $((15 * 86400))
}
