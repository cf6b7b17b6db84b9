# The label of the Protocols page: a CA's id or name, or none; the presented certificate decides.

load ../lib/shedu

post() {
	pem_b64 "$3.csr" >b
	cgi est POST "$1/$2" --cert "$4" --type application/pkcs10 --body b
	[[ $status != 200 ]] || p7_pem "$body_file" >"$3.pem"
}

@test "a CA's id means the DMS that enrolls under it and accepts the certificate" {
	make_dms demo
	new_csr d1
	post /api/devmanager/.well-known/est/issuing simpleenroll d1 bootstrap.pem
	assert_status 200
	api GET /v2/devices/d1
	[[ $(json .dms_owner) == demo ]]
}

@test "a CA's common name does, too" {
	make_dms demo
	new_csr d1
	post /.well-known/est/Test%20Issuing simpleenroll d1 bootstrap.pem
	assert_status 200
}

@test "of two DMSs the one that accepts the certificate" {
	shedu ca create bootstrap2 --cn 'Test Bootstrap 2' --validity 5y
	shedu cert issue --ca bootstrap2 --kind bootstrap --cn b2 --out b2.pem --out-key b2.key
	make_dms one
	make_dms two '{"enrollment_settings": {"est_rfc7030_settings":
		{"client_certificate_settings": {"validation_cas": ["bootstrap2"]}}}}'
	new_csr d1
	post /.well-known/est/issuing simpleenroll d1 b2.pem
	assert_status 200
	api GET /v2/devices/d1
	[[ $(json .dms_owner) == two ]]
}

@test "two that accept it are a 400 that says so" {
	make_dms one
	make_dms two
	new_csr d1
	post /.well-known/est/issuing simpleenroll d1 bootstrap.pem
	assert_status 400
	assert_output_has ambiguous_label issuing
}

@test "none that accepts it is a 401" {
	make_dms demo
	new_csr d1
	post /.well-known/est/issuing simpleenroll d1 operator.pem
	assert_status 401
}

@test "a CA under which nobody enrolls is a 404" {
	make_dms demo
	new_csr d1
	post /.well-known/est/bootstrap simpleenroll d1 bootstrap.pem
	assert_status 404
}

@test "NO_AUTH DMSs are not found by their CA" {
	make_dms open '{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "NO_AUTH"}}}'
	new_csr d1
	post /.well-known/est/issuing simpleenroll d1 bootstrap.pem
	assert_status 401
}

@test "a renewal without label is for the DMS of the device" {
	make_dms demo
	make_dms other
	enroll_device demo d1
	cp d1.pem old.pem
	post /api/devmanager/.well-known/est simplereenroll d1 old.pem
	assert_status 200
	cp d1.pem old.pem
	post /api/devmanager/.well-known simplereenroll d1 old.pem
	assert_status 200
}

@test "a renewal by the CA's label is for the DMS of the device" {
	make_dms demo
	make_dms other
	enroll_device demo d1
	cp d1.pem old.pem
	post /.well-known/est/issuing simplereenroll d1 old.pem
	assert_status 200
}

@test "a DMS may not take the id or name of a CA" {
	run make_dms issuing
	[[ $status == 1 ]]
	assert_output_has issuing
}
