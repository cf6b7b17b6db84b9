#!/usr/bin/env bats
# POST /v2/cas/{ca}/rekey.

load ../lib/shedu
load dms

@test "without a body: a new key like the old one; 200 and the CA as it is now" {
	local old
	old=$(shedu --json ca show root | jq -r .certificate.subject_key_id)
	as admin POST /v2/cas/root/rekey
	assert_status 200
	assert_json .id root
	[[ $(json .certificate.subject_key_id) != "$old" ]]
	assert_json '.issuers | length' 2
	assert_json .issuers[0].subject_key_id "$(json .certificate.subject_key_id)"
	assert_json .issuers[0].current true
	assert_json .issuers[1].subject_key_id "$old"
	assert_json .issuers[1].status ACTIVE
	assert_json '.cross_certificates | length' 2
	json '.cross_certificates[0].certificate' | base64 -d | openssl x509 -noout
}

@test "with a key and a validity" {
	send POST /v2/cas/root/rekey '{"key_metadata": {"type": "RSA", "bits": 3072},
		"ca_expiration": {"type": "Time", "time": "2040-01-02T03:04:05Z"}}'
	assert_status 200
	assert_json .certificate.key_metadata.bits 3072
	assert_json .certificate.valid_to 2040-01-02T03:04:05Z
}

@test "refused: 404 unknown, 400 wrong members, 409 revoked or without a key here" {
	as admin POST /v2/cas/nowhere/rekey
	assert_status 404
	send POST /v2/cas/root/rekey '{"ca_expiration": {"type": "Time", "time": "2020-01-01T00:00:00Z"}}'
	assert_status 400
	assert_output_has /ca_expiration/time
	send POST /v2/cas/root/rekey '{"key_metadata": {"type": "RSA", "bits": 512}}'
	assert_status 400
	send POST /v2/cas/root/rekey '{"key_uri": "file:/etc/hostname"}'
	assert_status 400
	shedu ca create gone --cn Gone
	shedu cert revoke "$(shedu --json ca show gone | jq -r .serial_number)"
	as admin POST /v2/cas/gone/rekey
	assert_status 409
	[[ $(shedu --json ca show root | jq '.issuers | length') == 1 ]]
}

@test "a CA below one whose key is elsewhere cannot be signed for: 409" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout r.key -out r.pem \
		-subj '/CN=R' -days 400 -addext keyUsage=critical,keyCertSign 2>/dev/null
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout s.key -out s.csr -subj '/CN=S' 2>/dev/null
	printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n' >s.ext
	openssl x509 -req -in s.csr -CA r.pem -CAkey r.key -extfile s.ext -days 300 -out s.pem 2>/dev/null
	cat s.pem r.pem >chain.pem
	chmod a+r s.key
	shedu ca import sub --cert "$W/chain.pem" --key "$W/s.key"
	as admin POST /v2/cas/sub/rekey
	assert_status 409
	assert_output_has ca_without_key
}

@test "an admin's only" {
	operator_cert auditor
	shedu operator add op --role operator --out "$W/op.pem" --out-key "$W/op.key"
	as auditor POST /v2/cas/root/rekey
	assert_status 403
	as op POST /v2/cas/root/rekey
	assert_status 403
}
