#!/usr/bin/env bats
# How a CA's certificates are answered for: /v2/cas/{ca}/validation, and Lamassu's VA roles.

load ../lib/shedu
load dms

V=/v2/cas/issuing/validation
MERGE=application/merge-patch+json

# The events of such changes.
changes() {
	as admin GET '/v2/events?type=ca.validation.update'
}

@test "a CA begins with the defaults, and shows them" {
	as admin GET $V
	assert_status 200
	assert_json '.ocsp | [.unissued, .responder_id, .responder_key, .validity] | join(" ")' 'UNKNOWN KEY P-256 0s'
	assert_json '.crl.regenerate_on_revoke' true
	as admin GET /v2/cas/issuing
	assert_json .validation.ocsp.unissued UNKNOWN
}

@test "PUT replaces all; what is left out is the default" {
	send PUT $V '{"ocsp": {"unissued": "REVOKED", "validity": "2h"}, "crl": {"validity": "3d"}}'
	assert_status 200
	assert_json '.ocsp.unissued + " " + .crl.validity' 'REVOKED 3d'
	send PUT $V '{"ocsp": {"responder_id": "NAME"}}'
	as admin GET $V
	assert_json '[.ocsp.unissued, .ocsp.responder_id, .ocsp.validity, .crl.validity] | join(" ")' 'UNKNOWN NAME 0s 0s'
}

@test "PATCH changes what it names: merge patch and JSON patch" {
	send PATCH $V '{"ocsp": {"unissued": "UNAUTHORIZED"}}' $MERGE
	assert_status 200
	send PATCH $V '[{"op": "replace", "path": "/ocsp/responder_id", "value": "NAME"}]' application/json-patch+json
	assert_status 200
	assert_json '.ocsp.unissued + " " + .ocsp.responder_id' 'UNAUTHORIZED NAME'
	send PATCH $V '[]' $MERGE
	assert_refused 400 patch
}

@test "a change is an event that tells what changed, by whom; no change is none" {
	send PATCH $V '{"ocsp": {"unissued": "UNAUTHORIZED"}}' $MERGE
	changes
	assert_json '.list | length' 1
	assert_json '.list[0].subject' ca/issuing
	assert_json '.list[0].data.changes["/ocsp/unissued"] | .from + ">" + .to' 'UNKNOWN>UNAUTHORIZED'
	send PATCH $V '{"ocsp": {"unissued": "UNAUTHORIZED"}}' $MERGE
	assert_status 200
	changes
	assert_json '.list | length' 1
}

@test "what is wrong is told with pointers, and nothing changes" {
	send PUT $V '{"ocsp": {"unissued": "GOOD", "validity": "5s"}, "crl": {"shards": 1000, "sharts": 1}}'
	assert_refused 400 fields
	assert_json '[.problems[].pointer] | sort | join(" ")' '/crl/shards /crl/sharts /ocsp/unissued /ocsp/validity'
	send PATCH $V '{"crl": {"validity": "1h", "refresh_interval": "2h"}}' $MERGE
	assert_refused 400 fields
	assert_json '.problems[0].pointer' /crl/refresh_interval
	as admin GET $V
	assert_json '.ocsp.unissued + " " + .crl.validity' 'UNKNOWN 0s'
}

@test "auditors read, admins write, strangers neither; an unknown CA is 404" {
	local who
	operator_cert auditor
	# operator.pem is the admin's
	shedu operator add op --role operator --out op.pem --out-key op.key
	echo '{}' >body
	as auditor GET $V
	assert_status 200
	for who in auditor op; do
		as $who PUT $V body
		assert_status 403
		as $who PATCH $V body $MERGE
		assert_status 403
	done
	cgi dms GET $V
	assert_status 403
	as admin GET /v2/cas/none/validation
	assert_refused 404 ca_not_found
	send PUT /v2/cas/none/validation '{}'
	assert_refused 404 ca_not_found
}

@test "Lamassu's role of a CA: read, and written over the CRL settings alone" {
	local ski role
	as admin GET /v2/cas/issuing
	ski=$(json .certificate.subject_key_id)
	role=/api/va/v1/roles/$ski
	as admin GET "$role"
	assert_status 200
	assert_json .ca_ski "$ski"
	assert_json .crl_options.subject_key_id_signer "$ski"
	assert_json '.latest_crl.version | test("^[1-9]")' true
	send PATCH $V '{"ocsp": {"unissued": "REVOKED"}}' $MERGE
	send PUT "$role" "{\"validity\": \"1w\", \"refresh_interval\": \"6d23h\", \"regenerate_on_revoke\": false,
		\"subject_key_id_signer\": \"$ski\"}"
	assert_status 200
	assert_json '.crl_options | [.validity, .refresh_interval, .regenerate_on_revoke] | map(tostring) | join(" ")' \
		'7d 6d23h false'
	as admin GET $V
	assert_json '[.ocsp.unissued, .crl.validity, .crl.refresh_interval, .crl.regenerate_on_revoke] |
		map(tostring) | join(" ")' 'REVOKED 7d 6d23h false'
	changes
	assert_json '.list | length' 2
}

@test "a role of no CA is 404; another signer, and who may not, are refused" {
	local ski
	as admin GET /v2/cas/issuing
	ski=$(json .certificate.subject_key_id)
	as admin GET /api/va/v1/roles/0011
	assert_refused 404 role_not_found
	as admin GET /api/va/v1/roles/xyz
	assert_refused 404 role_not_found
	send PUT "/api/va/v1/roles/$ski" '{"subject_key_id_signer": "00"}'
	assert_refused 400 fields
	operator_cert auditor
	as auditor GET "/api/va/v1/roles/$ski"
	assert_status 200
	echo '{}' >body
	as auditor PUT "/api/va/v1/roles/$ski" body
	assert_status 403
}
