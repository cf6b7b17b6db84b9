# Many at once: one consistent outcome, no 5xx.

load ../lib/shedu
load parallel

@test "100 posts of one CSR: 100 times 200, one certificate" {
	make_dms demo
	new_csr d1
	parallel 100 bootstrap.pem simpleenroll d1.csr
	[[ $(cat out) == "200 100" ]]
	[[ $(for f in answers/*; do sed '1,/^\r*$/d' "$f" | md5sum; done | sort -u | wc -l) == 1 ]]
	api GET '/v2/certificates?device=d1'
	api GET /v2/devices/d1
	[[ $(json '.identity.versions | length') == 1 ]]
	assert_consistent
	assert_recorded answers/*
}

@test "one CN with different keys: one wins, the others are 409" {
	local i
	make_dms demo
	for i in 1 2 3 4 5 6; do
		rm -f d1.key
		new_csr d1
		mv d1.csr "k$i.csr"
	done
	parallel 1 bootstrap.pem simpleenroll k1.csr k2.csr k3.csr k4.csr k5.csr k6.csr
	[[ $(cat out) == $'200 1\n409 5' ]]
	api GET /v2/devices/d1
	[[ $(json '.identity.versions | length') == 1 ]]
}

@test "renewals of one device with different keys: one wins" {
	local i
	make_dms demo '{"reenrollment_settings": {"revoke_on_reenrollment": true}}'
	enroll_device demo d1
	for i in 1 2 3 4 5 6; do
		rm -f d1.key
		new_csr d1
		mv d1.csr "k$i.csr"
	done
	parallel 1 d1.pem simplereenroll k1.csr k2.csr k3.csr k4.csr k5.csr k6.csr
	grep -qx '200 1' out
	never grep -q '^5' out
	api GET /v2/devices/d1
	[[ $(json '.identity.versions | length') == 2 ]]
}

@test "100 posts of one CSR that has to be approved: one request, then one certificate" {
	local id
	make_dms demo '{"enrollment_settings": {"manual_approval": true}}'
	new_csr d1
	parallel 100 bootstrap.pem simpleenroll d1.csr
	[[ $(cat out) == "202 100" ]]
	api GET '/v2/approvals?dms=demo'
	[[ $(json '.list | length') == 1 ]]
	id=$(json '.list[0].id')
	[[ $(grep -l "$id" answers/* | wc -l) == 100 ]]
	api GET '/v2/events?type=approval.request'
	[[ $(json '.list | length') == 1 ]]
	shedu approval approve "$id"
	parallel 20 bootstrap.pem simpleenroll d1.csr
	[[ $(cat out) == "200 20" ]]
	api GET /v2/devices/d1
	[[ $(json '.identity.versions | length') == 1 ]]
}
