#!/usr/bin/env bats
# Certificates: show, revoke, hold and release.

load ../lib/shedu
load dms

setup() {
	shedu_test_begin
	make_dms demo
	enroll_device demo d1
	serial=$(serial_of d1.pem)
}

# set_status STATUS [REASON]
set_status() {
	send PUT "/v2/certificates/$serial/status" \
		"$(jq -n --arg s "$1" --arg r "${2:-}" '{status: $s, revocation_reason: $r}')"
}

@test "a certificate has Lamassu's members" {
	as admin GET "/v2/certificates/$serial"
	assert_status 200
	assert_json .serial_number "$serial"
	assert_json .status ACTIVE
	assert_json .subject.common_name d1
	assert_json .issuer.common_name 'Test Issuing'
	assert_json .issuer_metadata.id issuing
	assert_json .issuer_metadata.level 1
	assert_json .key_metadata.type ECDSA
	assert_json .key_metadata.bits 256
	assert_json '.extensions.extended_key_usage[0]' ClientAuth
	assert_json .is_ca false
	assert_json .device d1
	json .certificate | base64 -d | cmp - <(openssl x509 -in d1.pem)
}

@test "a serial may have colons, dashes and capitals" {
	local colons
	colons=$(sed 's/../&:/g; s/:$//' <<<"${serial^^}")
	as admin GET "/v2/certificates/$colons"
	assert_json .serial_number "$serial"
	as admin GET "/v2/certificates/${colons//:/-}"
	assert_json .serial_number "$serial"
	as admin GET /v2/certificates/xyz
	assert_status 400
}

@test "an unknown serial is 404, in Lamassu's words; so is another issuer's" {
	as admin GET /v2/certificates/0badc0de
	assert_refused 404 certificate_not_found
	assert_json .err "certificate not found"
	as admin GET "/v2/certificates/$serial?issuer=00112233"
	assert_status 404
}

@test "a serial that two issuers gave is 409 and names both; ?issuer decides" {
	as_user sqlite3 "$W/state/shedu.db" "UPDATE certificate SET serial = (SELECT serial
		FROM certificate WHERE kind = 'device') WHERE kind = 'bootstrap'"
	as admin GET "/v2/certificates/$serial"
	assert_refused 409 ambiguous_serial
	local ski
	ski=$(json .err | grep -o 'issuer=[0-9a-f]*' | head -n 1)
	as admin GET "/v2/certificates/$serial?$ski"
	assert_status 200
	assert_json '"issuer=" + .issuer_metadata.ski' "$ski"
}

@test "revocation: status, reason and time; the device is REVOKED" {
	set_status REVOKED keycompromise
	assert_status 200
	assert_json .status REVOKED
	assert_json .revocation_reason KeyCompromise
	assert_json '.revocation_timestamp | test("Z$")' true
	as admin GET /v2/devices/d1
	assert_json .status REVOKED
	as admin GET "/v2/events?type=certificate.status.update"
	assert_json '.list[0].subject' "certificate/$serial"
}

@test "each of the ten reasons is accepted, in any case" {
	local r
	for r in unspecified KEYCOMPROMISE CACompromise affiliationChanged Superseded \
		CessationOfOperation CertificateHold RemoveFromCRL PrivilegeWithdrawn AACompromise; do
		as_user sqlite3 "$W/state/shedu.db" \
			"UPDATE certificate SET status = 0, reason = 0, revoked_at = 0 WHERE device = 'd1'"
		set_status REVOKED $r
		assert_status 200
		assert_json '.revocation_reason | ascii_downcase' "${r,,}"
	done
}

@test "no reason is Unspecified; an unknown reason or status is 400" {
	set_status REVOKED Bored
	assert_refused 400 fields
	assert_json '.problems[0].pointer' /revocation_reason
	set_status EXPIRED
	assert_refused 400 fields
	assert_json '.problems[0].pointer' /status
	send PUT "/v2/certificates/$serial/status" '{}'
	assert_status 400
	set_status REVOKED
	assert_json .revocation_reason Unspecified
}

@test "revoking what is revoked is 409; so is releasing what is not on hold" {
	set_status ACTIVE
	assert_status 409
	set_status REVOKED Superseded
	set_status REVOKED CessationOfOperation
	assert_status 409
	set_status ACTIVE
	assert_status 409
	as admin GET "/v2/certificates/$serial"
	assert_json .revocation_reason Superseded
}

@test "that its key is compromised may be learned after the revocation" {
	set_status REVOKED Superseded
	as admin GET "/v2/certificates/$serial"
	at=$(jq -r .revocation_timestamp <<<"$output")
	set_status REVOKED KeyCompromise
	assert_status 200
	assert_json .revocation_reason KeyCompromise
	assert_json .revocation_timestamp "$at"
	set_status REVOKED CACompromise
	assert_status 409
}

@test "a certificate on hold is released, and its device is live again" {
	set_status REVOKED CertificateHold
	assert_status 200
	set_status ACTIVE
	assert_status 200
	assert_json .status ACTIVE
	assert_json .revocation_reason ''
	as admin GET /v2/devices/d1
	assert_json .status ACTIVE
}

@test "an expired certificate shows as EXPIRED" {
	make_dms short '{"issuance_profile": {"validity": {"type": "Duration", "duration": "200d"}}}'
	enroll_device short d2
	AT=+201d as admin GET "/v2/certificates/$(serial_of d2.pem)"
	assert_json .status EXPIRED
	AT=+201d as admin GET '/v2/certificates?status=EXPIRED&kind=device'
	assert_json '[.list[].device] | join(" ")' d2
}
