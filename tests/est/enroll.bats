# simpleenroll (RFC 7030 4.2.1): what is issued, to whom, and what is registered with it.

load ../lib/shedu

device() {
	api GET "/v2/devices/$1"
}

@test "a P-256 request gets one certificate for its key, under the enrollment CA" {
	make_dms demo
	enroll_device demo d1
	[[ $(header Content-Type) == "application/pkcs7-mime; smime-type=certs-only" ]]
	[[ $(grep -c BEGIN d1.pem) == 1 ]]
	openssl verify -CAfile root.pem -untrusted issuing.pem d1.pem
	[[ $(openssl x509 -in d1.pem -noout -pubkey) == "$(openssl pkey -in d1.key -pubout)" ]]
}

@test "RSA-2048, P-384, P-521 and Ed25519 enroll" {
	local t
	make_dms demo
	for t in RSA:2048 P-384 P-521 Ed25519; do
		new_key "d-${t/:/}.key" "$t"
		enroll_device demo "d-${t/:/}"
	done
}

@test "JITP registers the device with the DMS's provisioning profile" {
	make_dms demo '{"enrollment_settings": {"device_provisioning_profile": {
		"icon": "cpu", "icon_color": "#123456", "tags": ["a", "b"], "metadata": {"site": "x"}}}}'
	enroll_device demo d1
	device d1
	[[ $(json '[.status, .dms_owner, .icon, .icon_color, .tags[1], .metadata.site] | join(" ")') == \
		"ACTIVE demo cpu #123456 b x" ]]
	[[ $(json .identity.active_version) == 0 ]]
	[[ $(json '.identity.versions["0"]') == "$(serial_of d1.pem)" ]]
}

@test "the certificate, the device and the events are recorded together" {
	make_dms demo
	enroll_device demo d1
	api GET "/v2/certificates/$(serial_of d1.pem)"
	assert_status 200
	[[ $(json .status) == ACTIVE ]]
	api GET /v2/devices/d1/events
	assert_output_has device.create device.identity.update device.status.update dms.enroll
}

@test "PRE_REGISTRATION: an unknown device is refused and not registered" {
	make_dms demo '{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}'
	new_csr d1
	enroll demo d1
	assert_status 403
	assert_output_has not_preregistered
	device d1
	assert_status 404
}

@test "PRE_REGISTRATION: the first enrollment of a registered device needs no replacement right" {
	make_dms demo '{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION",
		"enable_replaceable_enrollment": false}}'
	shedu device add d1 --dms demo
	enroll_device demo d1
}

@test "a second enrollment is 409 unless the DMS allows to replace" {
	make_dms demo
	enroll_device demo d1
	new_key d1.key
	new_csr d1
	enroll demo d1
	assert_status 409
	assert_output_has already_enrolled
}

@test "a replacement supersedes the old certificate in the same step" {
	make_dms demo '{"enrollment_settings": {"enable_replaceable_enrollment": true}}'
	enroll_device demo d1
	mv d1.pem old.pem
	rm d1.key
	enroll_device demo d1
	api GET "/v2/certificates/$(serial_of old.pem)"
	[[ $(json '.status + " " + .revocation_reason') == "REVOKED Superseded" ]]
	device d1
	[[ $(json '"\(.status) \(.identity.active_version)"') == "ACTIVE 1" ]]
}

@test "a replacement that fails leaves the old certificate alone" {
	make_dms demo '{"enrollment_settings": {"enable_replaceable_enrollment": true},
		"issuance_profile": {"crypto_enforcement": {"enabled": true, "allow_rsa_keys": false,
		"allow_ecdsa_keys": true}}}'
	enroll_device demo d1
	mv d1.pem old.pem
	new_key d1.key RSA:2048
	new_csr d1
	enroll demo d1
	assert_status 400
	api GET "/v2/certificates/$(serial_of old.pem)"
	[[ $(json .status) == ACTIVE ]]
}

@test "another DMS's device is refused" {
	make_dms demo '{"enrollment_settings": {"enable_replaceable_enrollment": true}}'
	make_dms other '{"enrollment_settings": {"enable_replaceable_enrollment": true}}'
	enroll_device demo d1
	rm d1.key
	new_csr d1
	enroll other d1
	assert_status 403
	assert_output_has other_dms
}

@test "a decommissioned device is refused" {
	make_dms demo '{"enrollment_settings": {"enable_replaceable_enrollment": true}}'
	enroll_device demo d1
	shedu device decommission d1
	rm d1.key
	new_csr d1
	enroll demo d1
	assert_status 409
	assert_output_has decommissioned
}

@test "an unknown DMS is 404" {
	new_csr d1
	enroll nosuch d1
	assert_status 404
	assert_output_has "DMS not found"
}

@test "device_id_match: the bootstrap certificate must name the device" {
	make_dms demo '{"enrollment_settings": {"device_id_match": true}}'
	new_csr d1
	enroll demo d1
	assert_status 403
	assert_output_has device_id_match
	new_csr factory
	enroll demo factory
	assert_status 200
}

@test "revoke_bootstrap_on_enrollment: the bootstrap certificate enrolls once" {
	make_dms demo '{"enrollment_settings": {"revoke_bootstrap_on_enrollment": true}}'
	enroll_device demo d1
	new_csr d2
	enroll demo d2
	assert_status 401
	assert_output_has certificate_revoked
}

@test "a refusal is an event of the device, with code and text" {
	make_dms demo '{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}'
	new_csr d1
	enroll demo d1
	api GET /v2/events
	assert_output_has dms.refusal not_preregistered device/d1 cert:factory
}
