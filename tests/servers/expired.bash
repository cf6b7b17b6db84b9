# Certificates that have ended, of CAs that were there long before. SHEDU_CAS_AT makes them so.
# shellcheck shell=bash

setup_file() {
	requires faketime || return 0
	export SHEDU_CAS_AT=-800d
	shedu_file_begin
}

# old_bootstrap: old-factory.pem and old-factory.key, a bootstrap certificate that ended long ago.
old_bootstrap() {
	AT=-500d shedu cert issue --ca bootstrap --kind bootstrap --cn old-factory --validity 400d \
		--out "$W/old-factory.pem" --out-key "$W/old-factory.key"
}

# expired_device: d1, whose certificate ended five days ago; the DMS demo renews it.
expired_device() {
	make_dms demo '{"reenrollment_settings": {"enable_expired_renewal": true}}'
	old_bootstrap
	new_csr d1
	AT=-370d enroll demo d1 simpleenroll old-factory.pem
	assert_status 200
	run openssl x509 -in d1.pem -noout -checkend 0
	((status == 1))
}
