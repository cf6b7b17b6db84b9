# The end of a certificate: all judge it as OpenSSL does, valid while now < notAfter.

load ../lib/shedu

# at FILE SECONDS: the clock, stopped, so long after the end of the certificate in FILE.
at() {
	date -d "@$(($(date -d "$(openssl x509 -in "$1" -noout -enddate | sed 's/.*=//')" +%s) + $2))" \
		'+%Y-%m-%d %H:%M:%S'
}

@test "a bootstrap certificate" {
	make_dms demo
	shedu cert issue --ca bootstrap --kind bootstrap --cn b --validity 10d \
		--out "$W/b.pem" --out-key "$W/b.key"
	new_csr d1
	AT=$(at b.pem 0) enroll demo d1 simpleenroll "$W/b.pem"
	assert_status 401
	assert_output_has 'expired certificate'
	AT=$(at b.pem -1) enroll demo d1 simpleenroll "$W/b.pem"
	assert_status 200
}

@test "a device's own, and its status" {
	make_dms demo
	enroll_device demo d1
	cp d1.pem old.pem
	status_at() {
		AT=$(at old.pem "$1") shedu --json device show d1 | jq -r .status
	}
	[[ $(status_at -1) == EXPIRING_SOON && $(status_at 0) == EXPIRED ]]
	AT=$(at old.pem 0) shedu --json cert show "$(serial_of old.pem)" | jq -e '.status == "EXPIRED"'
	AT=$(at old.pem -1) shedu --json cert show "$(serial_of old.pem)" | jq -e '.status == "ACTIVE"'
	AT=$(at old.pem 0) enroll demo d1 simplereenroll "$W/old.pem"
	assert_status 401
	AT=$(at old.pem -1) enroll demo d1 simplereenroll "$W/old.pem"
	assert_status 200
}

@test "an operator's" {
	AT=$(at operator.pem 0) api GET /v2/cas
	assert_status 401
	AT=$(at operator.pem -1) api GET /v2/cas
	assert_status 200
}
