#!/usr/bin/env bats
# Who may use the API: nobody but operators, each within its role and reach.

load ../lib/shedu
load dms

setup_file() {
	export SHEDU_SHARED=1
	shedu_file_begin
	cd "$W"
	make_dms mine
	make_dms other
	enroll_device mine m1
	enroll_device other o1
	operator_cert auditor
	shedu operator add limited --role operator --dms mine --out "$W/limited.pem" \
		--out-key "$W/limited.key"
}

@test "nobody without a certificate: 401, and health is open" {
	cgi dms GET /v2/dms --https
	assert_refused 401 no_client_certificate
	cgi dms GET /health
	assert_status 200
}

@test "an operator's certificate without HTTPS is not enough" {
	cgi dms GET /v2/dms --env "SSL_CLIENT_CERT=$(cat operator.pem)"
	[[ $status == 403 || $status == 401 || $status == 404 ]]
	[[ $output != *enrollment_ca* ]]
}

@test "a device's and a bootstrap certificate are nobody here: 401" {
	cgi dms GET /v2/dms --cert m1.pem
	assert_refused 401 not_operator
	cgi dms GET /v2/dms --cert bootstrap.pem
	assert_refused 401 not_operator
}

@test "a self-signed certificate with an operator's name is nobody: 401" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f.key -out f.pem \
		-subj /CN=admin -days 10 2>/dev/null
	cgi dms GET /v2/dms --cert f.pem
	assert_refused 401 not_operator
}

@test "a pinned certificate of another CA is still nobody: 401" {
	local sha
	sha=$(openssl x509 -in bootstrap.pem -outform DER | sha256sum | cut -c 1-64)
	as_user sqlite3 "$W/state/shedu.db" "INSERT INTO operator (sha256, name, role, created_at,
		removed_at) VALUES (x'$sha', 'evil', 'admin', 1, 0)"
	cgi dms GET /v2/dms --cert bootstrap.pem
	assert_refused 401 not_operator
	as_user sqlite3 "$W/state/shedu.db" "DELETE FROM operator WHERE name = 'evil'"
}

@test "an auditor reads everything and writes nothing" {
	local p
	for p in dms devices devices/m1 certificates cas profiles operators events; do
		as auditor GET /v2/$p
		assert_status 200
	done
	echo '{}' >"$W/e.json"
	as auditor POST /v2/devices "$W/e.json"
	assert_status 403
	as auditor POST /v2/dms "$W/e.json"
	assert_status 403
	as auditor PUT "/v2/certificates/$(serial_of m1.pem)/status" "$W/e.json"
	assert_status 403
	as auditor DELETE /v2/devices/m1/decommission
	assert_status 403
}

@test "an operator writes no DMS, no CA, no operator: 403" {
	local p
	echo '{}' >"$W/e.json"
	for p in dms cas cas/import profiles operators cas/issuing/certificates/sign; do
		as limited POST /v2/$p "$W/e.json"
		assert_status 403
	done
	as limited PATCH /v2/dms/mine "$W/e.json" application/merge-patch+json
	assert_status 403
}

@test "an operator's lists show its own DMSs only" {
	as limited GET /v2/dms
	assert_json '[.list[].id] | join(" ")' mine
	as limited GET /v2/devices
	assert_json '[.list[].id] | join(" ")' m1
	as limited GET '/v2/devices?status=ACTIVE'
	assert_json '[.list[].id] | join(" ")' m1
	as limited GET /v2/certificates
	assert_json '[.list[].device] | join(" ")' m1
	as limited GET /v2/events
	assert_json '[.list[].dms] | unique | join(" ")' mine
}

@test "CAs and profiles are read with any reach, operators with all DMSs only" {
	local p
	for p in cas cas/issuing profiles; do
		as limited GET /v2/$p
		assert_status 200
	done
	as limited GET /v2/operators
	assert_refused 403 outside_reach
	as limited GET '/v2/events?type=operator.add'
	assert_json '.list | length' 0
	as limited GET '/v2/events?device=o1'
	assert_json '.list | length' 0
}

@test "outside its reach everything is 403" {
	local s
	s=$(serial_of o1.pem)
	for p in dms/other devices/o1 devices/o1/events 'devices?dms=other' "certificates/$s" \
		'certificates?dms=other' 'events?dms=other' "certificates/$(serial_of bootstrap.pem)"; do
		as limited GET "/v2/$p"
		assert_refused 403 outside_reach
	done
	echo '{"id": "x", "dms_id": "other"}' >"$W/x.json"
	as limited POST /v2/devices "$W/x.json"
	assert_refused 403 outside_reach
	echo '{"status": "REVOKED"}' >"$W/x.json"
	as limited PUT "/v2/certificates/$s/status" "$W/x.json"
	assert_refused 403 outside_reach
	as limited DELETE /v2/devices/o1/decommission
	assert_refused 403 outside_reach
	as admin GET /v2/devices/o1
	assert_json .status ACTIVE
}

@test "a bookmark of an admin shows a limited operator nothing more" {
	as admin GET '/v2/devices?page_size=1'
	as limited GET "/v2/devices?bookmark=$(json .next)"
	[[ $output != *o1* ]]
	as admin GET '/v2/devices?page_size=1&filter=dms_owner[in]mine,other'
	as limited GET "/v2/devices?bookmark=$(json .next)"
	[[ $output != *o1* ]]
}

@test "within its reach it registers and decommissions devices, and revokes" {
	echo '{"id": "m2", "dms_id": "mine"}' >"$W/x.json"
	as limited POST /v2/devices "$W/x.json"
	assert_status 201
	as limited DELETE /v2/devices/m2/decommission
	assert_status 200
	echo '{"status": "REVOKED", "revocation_reason": "CertificateHold"}' >"$W/x.json"
	as limited PUT "/v2/certificates/$(serial_of m1.pem)/status" "$W/x.json"
	assert_status 200
	as admin GET '/v2/events?type=certificate.status.update'
	assert_json '.list[0].authid' operator:limited
}
