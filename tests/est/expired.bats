# Renewing what has expired: enable_expired_renewal, its bound, the bootstrap certificate instead;
# and changing the enrollment CA.

load ../lib/shedu

renew() {
	enroll demo "$1" simplereenroll "$2"
}

@test "an expired certificate is 401 unless the DMS allows it" {
	make_dms demo
	enroll_device demo d1
	cp d1.pem old.pem
	AT=+370d renew d1 old.pem
	assert_status 401
	assert_output_has 'expired certificate' enable_expired_renewal
}

@test "enable_expired_renewal renews it" {
	make_dms demo '{"reenrollment_settings": {"enable_expired_renewal": true}}'
	enroll_device demo d1
	cp d1.pem old.pem
	AT=+370d renew d1 old.pem
	assert_status 200
}

@test "expired_renewal_max_age bounds it" {
	make_dms demo '{"reenrollment_settings": {"enable_expired_renewal": true,
		"expired_renewal_max_age": "10d"}}'
	enroll_device demo d1
	cp d1.pem old.pem
	AT=+376d renew d1 old.pem
	assert_status 401
	assert_output_has expired_renewal_max_age
	AT=+374d renew d1 old.pem
	assert_status 200
}

@test "an expired certificate that is revoked stays out" {
	make_dms demo '{"reenrollment_settings": {"enable_expired_renewal": true}}'
	enroll_device demo d1
	cp d1.pem old.pem
	shedu cert revoke "$(serial_of d1.pem)"
	AT=+370d renew d1 old.pem
	assert_status 401
	assert_output_has 'certificate is revoked'
}

with_bootstrap='{"reenrollment_settings": {"enable_expired_renewal": true, "est_rfc7030_settings":
	{"client_certificate_settings": {"validation_cas": ["bootstrap"]}}}}'

bootstrap_for() {
	shedu cert issue --ca bootstrap --kind bootstrap --cn "$1" --validity 700d \
		--out "$W/$1.boot.pem" --out-key "$W/$1.boot.key"
}

@test "a bootstrap certificate of the device's name renews an expired one" {
	make_dms demo "$with_bootstrap"
	enroll_device demo d1
	bootstrap_for d1
	AT=+370d renew d1 d1.boot.pem
	assert_status 200
}

@test "a bootstrap certificate of another name does not" {
	make_dms demo "$with_bootstrap"
	enroll_device demo d1
	bootstrap_for d2
	AT=+370d renew d1 d2.boot.pem
	assert_status 403
	assert_output_has other_certificate
}

@test "a bootstrap certificate renews nothing that is still valid" {
	make_dms demo "$with_bootstrap"
	enroll_device demo d1
	bootstrap_for d1
	renew d1 d1.boot.pem
	assert_status 403
	assert_output_has not_expired
}

@test "a bootstrap certificate does not bring back a revoked identity" {
	make_dms demo "$with_bootstrap"
	enroll_device demo d1
	bootstrap_for d1
	shedu cert revoke "$(serial_of d1.pem)"
	AT=+370d renew d1 d1.boot.pem
	assert_status 403
	assert_output_has revoked_identity
}

@test "after the enrollment CA has changed, additional_validation_cas lets the old one in" {
	make_dms demo
	enroll_device demo d1
	cp d1.pem old.pem
	shedu ca create issuing2 --cn 'Test Issuing 2' --parent root --validity 5y
	echo '{"settings": {"enrollment_settings": {"enrollment_ca": "issuing2"}}}' |
		shedu dms update demo -
	renew d1 old.pem
	assert_status 401
	echo '{"settings": {"reenrollment_settings": {"additional_validation_cas": ["issuing"]}}}' |
		shedu dms update demo -
	renew d1 old.pem
	assert_status 200
	ca_pem issuing2 >issuing2.pem
	openssl verify -CAfile root.pem -untrusted issuing2.pem d1.pem
}
