# fullcmc (RFC 7030 4.3): renewal by a message that the device's certificate signs.

load ../lib/shedu
load cmc

@test "the device's certificate renews it, without a TLS client certificate" {
	with_device
	fullcmc old.pem old.key "$(transaction)$(nonce)" "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	issued d1
	openssl verify -CAfile root.pem -untrusted issuing.pem d1.pem
	[[ $(device_version d1) == 1 ]]
}

@test "transactionId and senderNonce come back, and a nonce of ours; dataReturn too" {
	with_device
	fullcmc old.pem old.key "$(transaction)$(nonce 5 c0ffee)$(control 6 4 "$(tlv 04 aabb)")" \
		"$(tcr 1 d1.csr)"
	answered 200 '0 1'
	[[ $(hex r.der) == *2b06010505070705310302014d* ]]
	[[ $(hex r.der) == *2b0601050507070731050403c0ffee* ]]
	[[ $(hex r.der) == *2b0601050507070431040402aabb* ]]
	[[ $(hex r.der) == *2b060105050707063112041* ]]
}

@test "the chain is in the answer, without the root" {
	with_device
	fullcmc old.pem old.key '' "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	grep -qF "$(sed -n 2p issuing.pem)" r.pem
	[[ $(grep -cF "$(sed -n 2p root.pem)" r.pem) == 0 ]]
}

@test "the bytes: base64 in lines, a message in BER, without smime-type" {
	with_device
	pkidata '' "$(tcr 1 d1.csr)"
	sign old.pem old.key -stream
	cgi est POST /.well-known/est/demo/fullcmc --https --body m.cms --type application/pkcs7-mime
	answered 200 '0 1'
	[[ $(header Content-Transfer-Encoding) == base64 ]]
	[[ $(wc -L <"$body_file") == 64 ]]
}

@test "an RSA device, and one with an Ed25519 key for its next certificate" {
	make_dms demo
	shedu tick
	new_key d1.key RSA:2048
	enroll_device demo d1
	mv d1.key old.key
	cp d1.pem old.pem
	new_key d1.key ED25519
	new_csr d1
	fullcmc old.pem old.key '' "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	issued d1
}

@test "an expired certificate is 401, badIdentity, unless the DMS allows it" {
	with_device
	pkidata '' "$(tcr 1 d1.csr)"
	sign old.pem old.key
	AT=+370d shedu tick
	AT=+370d post
	answered 401 '2 0 7'
	says enable_expired_renewal
	[[ $(header WWW-Authenticate) == ClientCertificate* ]]
}

@test "enable_expired_renewal renews by the expired certificate's signature" {
	with_device '{"reenrollment_settings": {"enable_expired_renewal": true}}'
	pkidata '' "$(tcr 1 d1.csr)"
	sign old.pem old.key
	AT=+370d shedu tick
	AT=+370d post
	answered 200 '0 1'
	issued d1
}

@test "the rules of a renewal hold: another's name, the window, a revoked certificate" {
	with_device '{"reenrollment_settings": {"reenrollment_delta": "100d"}}'
	fullcmc old.pem old.key "$(nonce 9 01)" "$(tcr 1 d1.csr)"
	answered 403 '2 1 2'
	says 'window'
	enroll_device demo d2
	fullcmc d2.pem d2.key '' "$(tcr 1 d1.csr)"
	answered 403 '2 1 7'
	says other_certificate
	shedu cert revoke "$(serial_of old.pem)"
	fullcmc old.pem old.key "$(nonce 9 02)" "$(tcr 1 d1.csr)"
	answered 401 '2 1 7'
	[[ $(device_version d1) == 0 ]]
}

@test "without a label: the DMS of the signer's device" {
	make_dms other
	with_device
	pkidata '' "$(tcr 1 d1.csr)"
	sign old.pem old.key
	cgi est POST /.well-known/est/fullcmc --https --body m.b64 --type application/pkcs7-mime
	answered 200 '0 1'
}

@test "a DMS that does not renew by certificate refuses, 403" {
	with_device
	echo '{"settings": {"reenrollment_settings": {"est_rfc7030_settings": {"auth_mode": "NO_AUTH"}}}}' |
		shedu dms update demo -
	fullcmc old.pem old.key '' "$(tcr 1 d1.csr)"
	answered 403 '2 0 7'
	says auth_mode
}
