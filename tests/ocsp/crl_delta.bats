# Delta CRLs (RFC 5280 5.2.4).

load ../lib/shedu
load ocsp

setup() {
	shedu_test_begin
	crl_settings issuing '{"delta_validity": "1h"}'
	shedu tick
}

# get_both: base.pem and delta.pem; the numbers of the base, of the delta, and the one the delta is to.
get_both() {
	get_crl_of "$(crl_path)" base || return
	base=$(crl_number)
	base_said=$said
	get_crl_of "$(crl_path delta)" delta || return
	number=$(crl_number)
	to=$(sed -n '/Delta CRL Indicator: critical/{n;s/ *//p}' <<<"$said")
}

@test "the base says where its delta is, and the delta says which base it is to" {
	get_both
	[[ $base_said == *'Freshest CRL'*"URI:$HTTP_URL$(crl_path delta)"* ]]
	[[ $said != *'Freshest CRL'* && $said != *'Issuing Distribution Point'* ]]
	[[ $to == "$base" && $number == "$base" && $said == *'No Revoked Certificates'* ]]
	openssl crl -in delta.pem -noout -CAfile issuing.pem 2>&1 | grep -q 'verify OK'
}

@test "a revocation makes a delta, and leaves the base; openssl puts them together" {
	certify d1
	certify d2
	shedu cert revoke "$(serial_of d1.pem)" --reason KeyCompromise
	get_both
	before=$base
	shedu tick
	get_both
	[[ $base == "$before" && $to == "$base" && $number == $((base + 1)) ]]
	[[ ${base_said,,} != *"$(serial_of d1.pem)"* && ${said,,} == *"$(serial_of d1.pem)"* ]]
	verify d1 base
	[[ $status == 0 ]]
	verify d1 base delta
	[[ $status != 0 && $output == *'certificate revoked'* ]]
	verify d2 base delta
	[[ $status == 0 ]]
}

@test "the next base has what the deltas had; base and delta then share the number" {
	certify d1
	shedu cert revoke "$(serial_of d1.pem)"
	shedu tick
	AT=+4d shedu tick
	AT=+4d get_both
	[[ ${base_said,,} == *"$(serial_of d1.pem)"* && $said == *'No Revoked Certificates'* ]]
	[[ $number == "$base" && $to == "$base" && $base == 4 ]]
}

@test "what was on hold in the base, and was released, is removed from it" {
	certify d1
	shedu cert revoke "$(serial_of d1.pem)" --reason CertificateHold
	AT=+4d shedu tick
	AT=+4d get_both
	[[ ${base_said,,} == *"$(serial_of d1.pem)"* ]]
	AT=+4d shedu cert release "$(serial_of d1.pem)"
	AT=+4d shedu tick
	AT=+4d get_both
	[[ ${said,,} == *"$(serial_of d1.pem)"*'remove from crl'* ]]
	AT=+4d shedu cert revoke "$(serial_of d1.pem)" --reason Superseded
	AT=+4d shedu tick
	AT=+4d get_both
	[[ ${said,,} == *"$(serial_of d1.pem)"*superseded* && $said != *'Remove From CRL'* ]]
}

@test "what was on hold only in a delta is removed in those that follow" {
	certify d1
	certify d2
	shedu cert revoke "$(serial_of d1.pem)" --reason CertificateHold
	shedu tick
	shedu cert release "$(serial_of d1.pem)"
	shedu tick
	shedu cert revoke "$(serial_of d2.pem)"
	shedu tick
	get_both
	[[ ${said,,} == *"$(serial_of d1.pem)"*'remove from crl'* && ${said,,} == *"$(serial_of d2.pem)"* ]]
	verify d1 base delta
	[[ $status == 0 ]]
}

@test "a delta is renewed before it lapses; a lapsed one is not handed out" {
	local first
	get_both
	first=$number
	AT=+20m shedu tick
	AT=+20m get_both
	[[ $number == "$first" ]]
	AT=+31m shedu tick
	AT=+31m get_both
	[[ $number == $((first + 1)) && $base == "$first" ]]
	AT=+2h cgi ocsp GET "$(crl_path delta)"
	assert_status 503
	AT=+2h cgi ocsp GET "/api/va$(crl_path)"
	assert_status 200
}

@test "without deltas any more the base does not name one, and lists all at once" {
	certify d1
	shedu cert revoke "$(serial_of d1.pem)"
	shedu tick
	crl_settings issuing '{}'
	shedu tick
	get_crl_of "$(crl_path)" base
	[[ $said != *'Freshest CRL'* && ${said,,} == *"$(serial_of d1.pem)"* ]]
	cgi ocsp GET "$(crl_path delta)"
	assert_status 404
}

@test "the delta of a key that was made by a re-key has what the old key signed" {
	certify d1
	shedu ca rekey issuing
	shedu tick
	shedu cert revoke "$(serial_of d1.pem)"
	shedu tick
	get_both
	[[ ${said,,} == *"$(serial_of d1.pem)"* && $to == "$base" ]]
}
