# What OCSP says of a certificate, as openssl reads it.

load ../lib/shedu
load ocsp

@test "good, with a signature that leads to the root" {
	certify d1
	status_of d1
	[[ $said == good ]]
	[[ $(header Content-Type) == application/ocsp-response ]]
}

@test "a revocation shows on the very next request, with time and reason" {
	certify d1
	status_of d1
	[[ $said == good ]]
	shedu cert revoke "$(serial_of d1.pem)" --reason KeyCompromise
	status_of d1
	[[ $said == revoked ]]
	[[ $detail == *'Reason: keyCompromise'* && $detail == *'Revocation Time: '* ]]
}

@test "revoked without a reason has none" {
	certify d1
	shedu cert revoke "$(serial_of d1.pem)" --reason Unspecified
	status_of d1
	[[ $said == revoked && $detail != *Reason:* ]]
}

@test "on hold, released, revoked for good" {
	certify d1
	shedu cert revoke "$(serial_of d1.pem)" --reason CertificateHold
	status_of d1
	[[ $said == revoked && $detail == *'Reason: certificateHold'* ]]
	shedu cert release "$(serial_of d1.pem)"
	status_of d1
	[[ $said == good ]]
	shedu cert revoke "$(serial_of d1.pem)" --reason Superseded
	status_of d1
	[[ $said == revoked && $detail == *'Reason: superseded'* ]]
	run ! shedu cert release "$(serial_of d1.pem)"
}

@test "removeFromCRL is no reason that OCSP gives" {
	certify d1
	shedu cert revoke "$(serial_of d1.pem)" --reason RemoveFromCRL
	status_of d1
	[[ $said == revoked && $detail != *Reason:* ]]
}

@test "an unissued serial is unknown, and never kept" {
	ocsp_request r -serial 0x1234
	post_ocsp r
	assert_status 200
	check_ocsp -serial 0x1234
	[[ $said == *'Response verify OK'* && $said == *'0x1234: unknown'* ]]
	[[ $(header Cache-Control) == *no-store* ]]
}

@test "several certificates of one issuer are all answered, in order" {
	certify d1
	certify d2
	shedu cert revoke "$(serial_of d2.pem)"
	ocsp_request r -cert d2.pem -serial 0x99 -cert d1.pem
	post_ocsp r
	check_ocsp -cert d2.pem -serial 0x99 -cert d1.pem
	[[ $said == *'d2.pem: revoked'*'0x99: unknown'*'d1.pem: good'* ]]
	[[ $(header Cache-Control) == *no-store* ]]
}

@test "the same certificate twice is answered twice, the same" {
	certify d1
	shedu cert revoke "$(serial_of d1.pem)"
	ocsp_request r -cert d1.pem -cert d1.pem
	post_ocsp r
	[[ $(answer_text | grep -c 'Cert Status: revoked') == 2 ]]
	[[ $(answer_text | grep 'Revocation Time' | sort -u | wc -l) == 1 ]]
}

@test "certificates of two issuers in one request: unauthorized" {
	certify d1
	openssl ocsp -no_nonce -issuer issuing.pem -cert d1.pem -issuer root.pem -cert issuing.pem \
		-reqout r >/dev/null
	post_ocsp r
	assert_ocsp_error $UNAUTHORIZED
}

@test "an issuer that is not ours: unauthorized" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout o.key \
		-subj '/CN=Other' -out o.pem 2>/dev/null
	openssl ocsp -no_nonce -issuer o.pem -serial 1 -reqout r >/dev/null
	post_ocsp r
	assert_ocsp_error $UNAUTHORIZED
}

@test "the issuer's name with another key: unauthorized" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout o.key \
		-subj '/CN=Test Issuing' -out o.pem 2>/dev/null
	certify d1
	openssl ocsp -no_nonce -issuer o.pem -serial "0x$(serial_of d1.pem)" -reqout r >/dev/null
	post_ocsp r
	assert_ocsp_error $UNAUTHORIZED
}

@test "a CA's certificate is answered for by its parent" {
	openssl ocsp -no_nonce -issuer root.pem -cert issuing.pem -reqout r >/dev/null
	post_ocsp r
	run openssl ocsp -no_nonce -respin "$body_file" -issuer root.pem -cert issuing.pem -CAfile root.pem
	[[ $output == *'Response verify OK'* && $output == *'issuing.pem: good'* ]]
}

@test "when a CA's key is compromised, its certificates are revoked: cACompromise" {
	certify d1
	shedu cert revoke "$(serial_of issuing.pem)" --reason KeyCompromise
	status_of d1
	[[ $said == revoked && $detail == *'Reason: cACompromise'* ]]
}

@test "an expired certificate keeps its status, with the archive cutoff" {
	certify d1
	AT=+400d shedu tick
	AT=+400d status_of d1
	[[ $said == good ]]
	[[ $(openssl ocsp -respin "$body_file" -noverify -resp_text -no_nonce) == *'Archive Cutoff'* ]]
}

# twin ARGUMENTS: brings in a CA of the name and the key of "issuing", under another key identifier.
twin() {
	local ski
	ski=$(shedu --json ca show issuing | jq -r .certificate.subject_key_id)
	as_user cp "state/keys/$ski.key" twin.key
	openssl req -x509 -new -key twin.key -subj '/CN=Test Issuing' -days 100 -out twin.pem \
		-addext 'subjectKeyIdentifier=0001020304' -addext 'basicConstraints=critical,CA:TRUE' \
		-addext 'keyUsage=keyCertSign,cRLSign'
	shedu ca import twin --cert twin.pem "$@"
}

@test "a CA known by its certificate alone does not stand in for the one with the key" {
	certify d1
	twin
	for hash in sha1 sha256 sha384 sha512; do
		ocsp_request r -$hash -cert d1.pem
		post_ocsp r
		check_ocsp -$hash -cert d1.pem
		[[ $said == *'d1.pem: good'* ]]
	done
}

@test "a second CA with the name and the key of another is refused: no CertID could tell them apart" {
	run -1 twin --key twin.key
	[[ $output == *'CA issuing has this key already'* ]]
}
