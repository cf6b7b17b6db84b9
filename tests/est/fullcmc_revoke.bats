# revokeRequest (RFC 5272 6.11): a device gives its own certificate back.

load ../lib/shedu
load cmc

revoked() {
	api GET "/v2/certificates/$(serial_of "$1")"
	json '.status + " " + (.revocation_reason // "")'
}

@test "a device revokes its own certificate, with its reason" {
	with_device
	fullcmc old.pem old.key "$(transaction)$(revoke_request 1 old.pem 1)" ''
	answered 200 '0 1'
	[[ $(revoked old.pem) == 'REVOKED KeyCompromise' ]]
	api GET /v2/devices/d1
	[[ $(json .status) == REVOKED ]]
}

@test "again: the same answer, and nothing changes, also after a hold has been released" {
	with_device
	fullcmc old.pem old.key "$(revoke_request 1 old.pem 6)" ''
	answered 200 '0 1'
	[[ $(revoked old.pem) == 'REVOKED CertificateHold' ]]
	shedu cert release "$(serial_of old.pem)"
	post
	answered 200 '0 1'
	[[ $(revoked old.pem) == 'ACTIVE ' ]]
}

@test "renewed and given back in one message" {
	with_device
	fullcmc old.pem old.key "$(revoke_request 2 old.pem 4)" "$(tcr 1 d1.csr)"
	answered 200 '0 1' '0 2'
	issued d1
	[[ $(revoked old.pem) == 'REVOKED Superseded' ]]
	[[ $(revoked d1.pem) == 'ACTIVE ' ]]
	api GET /v2/devices/d1
	[[ $(json .status) == ACTIVE ]]
}

@test "renewed and given back as compromised: that is told, whatever the renewal said of it" {
	with_device '{"reenrollment_settings":{"revoke_on_reenrollment":true}}'
	fullcmc old.pem old.key "$(revoke_request 2 old.pem 1)" "$(tcr 1 d1.csr)"
	answered 200 '0 1' '0 2'
	issued d1
	[[ $(revoked old.pem) == 'REVOKED KeyCompromise' ]]
	[[ $(revoked d1.pem) == 'ACTIVE ' ]]
	api GET /v2/devices/d1
	[[ $(json .status) == ACTIVE ]]
}

@test "another's certificate is badIdentity, an unknown one badCertId" {
	with_device
	enroll_device demo d2
	fullcmc old.pem old.key "$(revoke_request 1 d2.pem)" ''
	answered 403 '2 1 7'
	[[ $(revoked d2.pem) == 'ACTIVE ' ]]
	openssl req -x509 -new -key d2.key -subj '/CN=d9' -days 1 -out self.pem
	fullcmc old.pem old.key "$(revoke_request 1 self.pem)" ''
	answered 404 '2 1 4'
}

@test "an RA revokes nobody, itself included" {
	make_dms demo
	make_ra
	shedu tick
	enroll_device demo d1
	fullcmc ra.pem ra.key "$(revoke_request 1 d1.pem)" ''
	answered 403 '2 1 7'
	fullcmc ra.pem ra.key "$(revoke_request 1 ra.pem)" ''
	answered 403 '2 1 7'
	[[ $(revoked d1.pem) == 'ACTIVE ' ]]
}

@test "reasons that are no device's, and a revoked certificate, are refused" {
	with_device
	for reason in 2 7 8 10; do
		fullcmc old.pem old.key "$(revoke_request 1 old.pem $reason)" ''
		answered 400 '2 1 2'
	done
	shedu cert revoke "$(serial_of old.pem)"
	fullcmc old.pem old.key "$(revoke_request 1 old.pem)" ''
	answered 401 '2 1 7'
}
