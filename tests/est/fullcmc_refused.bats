# What fullcmc refuses as a whole: controls, signatures, and what is no CMC at all.

load ../lib/shedu
load cmc

nothing_done() {
	[[ $(device_version d1) == 0 ]]
}

# not_cmc CODE: m.b64 is answered by text alone.
not_cmc() {
	post
	assert_status 400
	[[ $(header Content-Type) == text/plain* ]]
	assert_output_has "$1"
}

@test "controls that are not supported fail the whole message, each by its id" {
	with_device
	fullcmc old.pem old.key "$(transaction 3)$(control 4 3 "$(tlv 04 aa)")$(control 5 99 0500)" "$(tcr 1 d1.csr)"
	answered 400 '2 4,5 2'
	says 'identityProof, unknown'
	[[ $(hex r.der) == *2b06010505070705310302014d* ]]
	fullcmc old.pem old.key "$(control 4 23 "$(tlv 04 aa)")" "$(tcr 1 d1.csr)"
	answered 400 '2 4 2'
	nothing_done
}

@test "messages within the message are not supported" {
	with_device
	pkidata '' "$(tcr 1 d1.csr)" "$(tlv 30 "$(int 7)" 3000)"
	sign old.pem old.key
	post
	answered 400 '2 7 2'
	nothing_done
}

@test "a request of another kind (orm) fails alone" {
	with_device
	fullcmc old.pem old.key '' "$(tlv a2 "$(int 2)" 06012a 0500)$(tcr 1 d1.csr)"
	answered 200 '2 2 2' '0 1'
}

@test "body part ids: 0, twice, and more than 32 bits are malformed" {
	with_device
	fullcmc old.pem old.key '' "$(tcr 0 d1.csr)"
	answered 400 '2 0 2'
	fullcmc old.pem old.key "$(nonce 1)" "$(tcr 1 d1.csr)"
	answered 400 '2 0 2'
	says cmc_body_part
	fullcmc old.pem old.key '' "$(tlv a0 02050100000000 "$(pem_hex d1.csr)")"
	answered 400 '2 0 2'
	nothing_done
}

@test "nine requests are too many, none is too few, two nonces are one too many" {
	with_device
	fullcmc old.pem old.key '' "$(for i in 1 2 3 4 5 6 7 8 9; do tcr $i d1.csr; done)"
	answered 400 '2 0 2'
	fullcmc old.pem old.key "$(nonce)" ''
	answered 400 '2 0 2'
	says cmc_empty
	fullcmc old.pem old.key "$(nonce 3)$(nonce 4)" "$(tcr 1 d1.csr)"
	answered 400 '2 0 2'
	nothing_done
}

@test "a changed content, and a changed signature, are badMessageCheck" {
	with_device
	pkidata "$(nonce 9 "$(hex <<<marker)")" "$(tcr 1 d1.csr)"
	sign old.pem old.key
	sed 's/marker/Marker/' m.cms | openssl base64 >m.b64
	post
	answered 400 '2 0 1'
	unhex "$(hex m.cms | sed 's/.$//;s/$/&'"$(hex m.cms | tail -c 1 | tr 0-9a-f 1-9a-f0)"/)" >cut
	openssl base64 -in cut >m.b64
	post
	answered 400 '2 0 1'
	nothing_done
}

@test "a certificate that is not the signer's key's, and none at all" {
	with_device
	pkidata '' "$(tcr 1 d1.csr)"
	openssl req -x509 -new -key old.key -subj /CN=d1 -days 1 -out self.pem
	sign self.pem old.key
	post
	answered 401 '2 0 7'
	sign old.pem old.key -nocerts
	post
	answered 401 '2 0 7'
	says no_certificate
	nothing_done
}

@test "SHA-1 is badAlg; no signed attributes, two signers" {
	with_device
	pkidata '' "$(tcr 1 d1.csr)"
	sign old.pem old.key -md sha1
	post
	answered 400 '2 0 0'
	sign old.pem old.key -noattr
	post
	answered 400 '2 0 1'
	sign old.pem old.key -signer bootstrap.pem -inkey bootstrap.key
	not_cmc 'more than one signer'
	nothing_done
}

@test "what is no signed PKIData is 400 in plain text" {
	with_device
	pkidata '' "$(tcr 1 d1.csr)"
	openssl base64 -in m.der -out m.b64 && not_cmc cms_malformed
	pem_b64 d1.csr >m.b64 && not_cmc cms_malformed
	echo '====' >m.b64 && not_cmc cms_malformed
	sign old.pem old.key
	head -c 500 m.cms | openssl base64 >m.b64 && not_cmc cms_malformed
	cat m.cms m.cms | openssl base64 >m.b64 && not_cmc cms_malformed
	openssl cms -sign -binary -in m.der -outform DER -signer old.pem -inkey old.key |
		openssl base64 >m.b64 && not_cmc 'the content is not in it'
	openssl cms -sign -binary -nodetach -in m.der -outform DER -signer old.pem -inkey old.key |
		openssl base64 >m.b64 && not_cmc cmc_content_type
}

@test "garbage that is signed is badRequest" {
	with_device
	echo garbage >m.der
	sign old.pem old.key
	post
	answered 400 '2 0 2'
	says cmc_malformed
}

@test "another type, a body too large, no EST signer yet" {
	make_dms demo
	enroll_device demo d1
	pkidata '' "$(tcr 1 d1.csr)"
	sign d1.pem d1.key
	post
	assert_status 503
	[[ -n $(header Retry-After) ]]
	cgi est POST /.well-known/est/demo/fullcmc --https --body m.b64 --type application/pkcs10
	assert_status 415
	head -c 66000 /dev/zero >m.b64
	post
	assert_status 413
	shedu api GET /v2/dms/demo/refusals >refusals
	[[ $(jq -r '[.list[].code] | join(" ")' refusals) == 'body_too_large content_type' ]]
}
