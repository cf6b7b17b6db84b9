# What becomes of the old certificate, and of a lost answer: no key is kept, so that nothing can be
# repeated; the old one holds until the new one is used.

load ../lib/shedu
load keygen

status_of() {
	shedu --json cert show "$(serial_of "$1")" | jq -r '.status + " " + (.revocation_reason // "")'
}

# renew NAME CERT KEY: by the certificate, with a key of the device.
renew() {
	rm -f "$1.csr"
	new_csr "$1"
	enroll demo "$1" simplereenroll "$2"
}

replaceable='{"enrollment_settings": {"enable_replaceable_enrollment": true,
	"est_rfc7030_settings": {"client_certificate_settings": {"validation_cas": ["bootstrap", "issuing"]}}}}'

@test "a lost answer: whoever asked may ask again, and gets another key" {
	keygen_dms
	keygen demo d1
	cp d1.pem lost.pem
	cp d1.made lost.made
	keygen demo d1
	assert_status 200
	run ! cmp -s d1.made lost.made
	[[ $(status_of lost.pem) == 'ACTIVE '* && $(status_of d1.pem) == 'ACTIVE '* ]]
	api GET /v2/devices/d1
	[[ $(json .identity.active_version) == 1 ]]
}

@test "what was lost is revoked when the new one is first used" {
	keygen_dms
	keygen demo d1
	cp d1.pem lost.pem
	keygen demo d1
	cp d1.pem new.pem
	renew d1 new.pem
	assert_status 200
	[[ $(status_of lost.pem) == 'REVOKED Superseded' && $(status_of new.pem) == 'ACTIVE '* ]]
	[[ $(status_of d1.pem) == 'ACTIVE '* ]]
	api GET /v2/devices/d1
	[[ $(json '.status + " \(.identity.active_version)"') == 'ACTIVE 2' ]]
}

@test "once it was used, or after the replay window, the DMS's right to replace counts" {
	keygen_dms
	keygen demo d1
	AT=+25h keygen demo d1
	assert_status 409
	assert_output_has already_enrolled
	keygen demo d1
	assert_status 200
	cp d1.pem new.pem
	renew d1 new.pem
	keygen demo d1
	assert_status 409
}

@test "another credential has no right to ask again, nor has one who enrolled with a key of his own" {
	keygen_dms
	keygen demo d1
	shedu cert issue --ca bootstrap --kind bootstrap --cn other --out other.pem --out-key other.key
	keygen demo d1 other.pem
	assert_status 409
	enroll_device demo d2
	keygen demo d2
	assert_status 409
}

@test "a revoked identity is not made again" {
	keygen_dms
	keygen demo d1
	shedu cert revoke "$(serial_of d1.pem)"
	keygen demo d1
	assert_status 409
}

@test "a replaced certificate holds until the new one is used" {
	keygen_dms demo '{}' "$replaceable"
	enroll_device demo d1
	cp d1.pem old.pem
	keygen demo d1 old.pem
	assert_status 200
	cp d1.pem new.pem
	[[ $(status_of old.pem) == 'ACTIVE '* ]]
	keygen demo d1 old.pem
	assert_status 200
	cp d1.pem newer.pem
	renew d1 newer.pem
	assert_status 200
	[[ $(status_of old.pem) == 'REVOKED Superseded' && $(status_of new.pem) == 'REVOKED Superseded' ]]
	[[ $(status_of newer.pem) == 'ACTIVE '* ]]
}

@test "using it to have another key made is a use, too" {
	keygen_dms demo '{}' "$replaceable"
	keygen demo d1
	cp d1.pem lost.pem
	keygen demo d1
	cp d1.pem second.pem
	keygen demo d1 second.pem
	assert_status 200
	[[ $(status_of lost.pem) == 'REVOKED Superseded' && $(status_of second.pem) == 'ACTIVE '* ]]
	cp d1.pem third.pem
	renew d1 third.pem
	assert_status 200
	[[ $(status_of second.pem) == 'REVOKED Superseded' ]]
}

@test "a bootstrap certificate that is used up serves its device alone, and goes with the first use" {
	keygen_dms demo '{}' '{"enrollment_settings": {"revoke_bootstrap_on_enrollment": true}}'
	keygen demo d1
	assert_status 200
	[[ $(status_of bootstrap.pem) == 'ACTIVE '* ]]
	keygen demo d2
	assert_status 401
	assert_output_has certificate_used
	new_csr d3
	enroll demo d3
	assert_status 401
	keygen demo d1
	assert_status 200
	cp d1.pem new.pem
	renew d1 new.pem
	assert_status 200
	[[ $(status_of bootstrap.pem) == 'REVOKED Superseded' ]]
}

@test "decommission revokes what waits for a first use, too" {
	keygen_dms
	keygen demo d1
	cp d1.pem lost.pem
	keygen demo d1
	shedu device decommission d1
	[[ $(status_of lost.pem) == 'REVOKED '* && $(status_of d1.pem) == 'REVOKED '* ]]
}
