# simplereenroll (RFC 7030 4.2.2): the device's active certificate, its names, its window.

load ../lib/shedu

old_status() {
	api GET "/v2/certificates/$(serial_of "$1")"
	json '.status + " " + (.revocation_reason // "")'
}

# renew NAME [CERT]: by default with the certificate of the device itself.
renew() {
	cp "$1.pem" "$1.old.pem"
	enroll demo "$1" simplereenroll "${2:-$1.old.pem}"
}

@test "the same key and names: a new certificate, version 1, the old one stays" {
	make_dms demo
	enroll_device demo d1
	renew d1
	assert_status 200
	[[ $(serial_of d1.pem) != "$(serial_of d1.old.pem)" ]]
	[[ $(openssl x509 -in d1.pem -noout -subject) == "$(openssl x509 -in d1.old.pem -noout -subject)" ]]
	[[ $(old_status d1.old.pem) == "ACTIVE " ]]
	api GET /v2/devices/d1
	[[ $(json '"\(.status) \(.identity.active_version)"') == "ACTIVE 1" ]]
	assert_output_has RENEWED
}

@test "a new key: the certificate is for it" {
	make_dms demo
	enroll_device demo d1
	cp d1.key old.key
	new_key d1.key
	new_csr d1
	renew d1
	assert_status 200
	[[ $(openssl x509 -in d1.pem -noout -pubkey) == "$(openssl pkey -in d1.key -pubout)" ]]
}

@test "revoke_on_reenrollment supersedes the old certificate" {
	make_dms demo '{"reenrollment_settings": {"revoke_on_reenrollment": true}}'
	enroll_device demo d1
	renew d1
	assert_status 200
	[[ $(old_status d1.old.pem) == "REVOKED Superseded" ]]
}

@test "no certificate is 401" {
	make_dms demo
	enroll_device demo d1
	pem_b64 d1.csr >d1.b64
	cgi est POST /.well-known/est/demo/simplereenroll --https --type application/pkcs10 --body d1.b64
	assert_status 401
}

@test "a self-signed certificate of the same name is 401" {
	make_dms demo
	enroll_device demo d1
	openssl req -x509 -new -key d1.key -subj /CN=d1 -out self.pem
	renew d1 self.pem
	assert_status 401
}

@test "a bootstrap certificate is 401" {
	make_dms demo
	enroll_device demo d1
	renew d1 bootstrap.pem
	assert_status 401
	assert_output_has 'invalid certificate'
}

@test "another device's certificate is 403" {
	make_dms demo
	enroll_device demo d1
	enroll_device demo d2
	renew d1 d2.pem
	assert_status 403
	assert_output_has other_certificate d1 d2
}

@test "the certificate before the active one is 403" {
	make_dms demo
	enroll_device demo d1
	renew d1
	cp d1.old.pem first.pem
	new_key d1.key
	new_csr d1
	renew d1 first.pem
	assert_status 403
	assert_output_has not_active
}

@test "a revoked certificate is 401" {
	make_dms demo
	enroll_device demo d1
	shedu cert revoke "$(serial_of d1.pem)"
	renew d1
	assert_status 401
	assert_output_has 'certificate is revoked'
}

@test "an unknown device is 404, one without identity 409, a decommissioned one 409" {
	make_dms demo '{"reenrollment_settings": {"est_rfc7030_settings": {"auth_mode": "NO_AUTH"}}}'
	enroll_device demo d1
	new_csr ghost
	enroll demo ghost simplereenroll
	assert_status 404
	assert_output_has 'device not found'
	shedu device add d2 --dms demo
	new_csr d2
	enroll demo d2 simplereenroll
	assert_status 409
	assert_output_has no_identity
	shedu device decommission d1
	enroll demo d1 simplereenroll
	assert_status 409
	assert_output_has decommissioned
}

@test "a device of another DMS is 403" {
	make_dms demo
	make_dms other
	enroll_device demo d1
	enroll other d1 simplereenroll d1.pem
	assert_status 403
	assert_output_has other_dms
}

@test "a changed subject is 403" {
	make_dms demo
	enroll_device demo d1
	openssl req -new -key d1.key -subj /O=MyOrg/CN=d1 -out d1.csr
	renew d1
	assert_status 403
	assert_output_has subject_changed
}

@test "the same subject in other string types and case is the same name" {
	make_dms demo
	enroll_device demo d1
	openssl req -new -key d1.key -subj /CN=d1 -out d1.csr -utf8 -nameopt utf8
	printf '[req]\nstring_mask = pkix\ndistinguished_name = dn\n[dn]\n' >pkix.cnf
	openssl req -new -key d1.key -subj /CN=d1 -config pkix.cnf -out d1.csr
	renew d1
	assert_status 200
}

@test "a SAN that was added is 403, the same SANs in another order are not" {
	make_dms demo
	new_csr d1 -addext subjectAltName=DNS:a.example,DNS:b.example
	enroll demo d1
	assert_status 200
	new_csr d1 -addext subjectAltName=DNS:b.example,DNS:a.example
	renew d1
	assert_status 200
	new_csr d1 -addext subjectAltName=DNS:a.example,DNS:b.example,DNS:c.example
	renew d1
	assert_status 403
	assert_output_has san_changed
}

@test "before the window it is 403, and says when it opens" {
	make_dms demo '{"reenrollment_settings": {"reenrollment_delta": "100d"}}'
	enroll_device demo d1
	renew d1
	assert_status 403
	assert_output_has 'invalid reenroll window' 100d
	AT=+264d renew d1
	assert_status 403
	AT=+266d renew d1
	assert_status 200
}
