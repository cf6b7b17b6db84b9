# Enrollment secrets over the API: made, shown once, listed, revoked.

load ../lib/shedu
load dms

setup() {
	shedu_test_begin
	make_dms demo '{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK"}}}'
}

# create JSON: a secret of demo; sets $id and $secret.
create() {
	send POST /v2/dms/demo/secrets "$1"
	assert_status 201
	id=$(json .id) secret=$(json .secret)
}

@test "a new secret: its text once, and then never again" {
	create '{"device": "d1", "validity": "2d", "uses": 3}'
	[[ $id =~ ^[0-9a-f]{16}$ && $secret =~ ^[A-Za-z0-9_-]{43}$ ]]
	[[ $(header Cache-Control) == no-store && $(header Location) == "/v2/dms/demo/secrets/$id" ]]
	assert_json '"\(.dms) \(.device) \(.status) \(.uses) \(.used) \(.created_by)"' 'demo d1 ACTIVE 3 0 operator:admin'
	assert_json '(.expiration_ts[:19] + "Z" | fromdate) - (.creation_ts[:19] + "Z" | fromdate)' 172800
	for uri in /v2/dms/demo/secrets /v2/secrets "/v2/dms/demo/secrets/$id" "/v2/secrets/$id" /v2/events /v2/dms/demo; do
		as admin GET "$uri"
		assert_status 200
		[[ $output != *"$secret"* && $output != *'"secret"'* ]]
	done
	run ! grep -rqaF "$secret" state shedu.log
}

@test "the defaults are the DMS's" {
	create '{}'
	assert_json '"\(.device) \(.uses)"' 'null 1'
	assert_json '(.expiration_ts[:19] + "Z" | fromdate) - (.creation_ts[:19] + "Z" | fromdate)' 2592000
}

@test "what is wrong with a body is told member by member" {
	send POST /v2/dms/demo/secrets '{"device": "a/b", "validity": "0s", "uses": 0, "id": "x"}'
	assert_status 400
	assert_json '[.problems[].pointer] | sort | join(" ")' '/device /id /uses /validity'
	send POST /v2/dms/demo/secrets '{"uses": 1000001}'
	assert_status 400
	send POST /v2/dms/demo/secrets '[]'
	assert_status 400
	send POST /v2/dms/nowhere/secrets '{}'
	assert_refused 404 dms_not_found
	as admin GET /v2/secrets
	assert_json '.list | length' 0
}

@test "a DMS that takes no secrets gets none; one of renewals alone does" {
	make_dms certs
	send POST /v2/dms/certs/secrets '{}'
	assert_refused 409 dms_not_psk
	make_dms renewals '{"reenrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK",
		"psk_settings": {"uses": 9}}}}'
	send POST /v2/dms/renewals/secrets '{}'
	assert_status 201
	assert_json .uses 9
}

@test "per_device demands a device; another DMS's is refused" {
	make_dms each '{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK",
		"psk_settings": {"per_device": true}}}}'
	send POST /v2/dms/each/secrets '{}'
	assert_status 400
	assert_json '.problems[0].pointer' /device
	add_devices demo d1
	send POST /v2/dms/each/secrets '{"device": "d1"}'
	assert_refused 409 other_dms
	send POST /v2/dms/each/secrets '{"device": "d2"}'
	assert_status 201
}

@test "revoked it stays in the list; again changes nothing" {
	create '{}'
	as admin DELETE "/v2/dms/demo/secrets/$id"
	assert_status 204
	as admin GET "/v2/secrets/$id"
	assert_json .status REVOKED
	at=$(json .revocation_ts)
	as admin DELETE "/v2/secrets/$id"
	assert_status 204
	as admin GET "/v2/dms/demo/secrets/$id"
	assert_json .revocation_ts "$at"
	as admin GET '/v2/events?type=secret.revoke'
	assert_json '[.list[] | "\(.subject) \(.authid) \(.dms)"] | join(",")' "secret/$id operator:admin demo"
	as admin GET '/v2/events?type=secret.create'
	assert_json '.list | length' 1
}

@test "of another DMS, or of none: 404" {
	create '{}'
	make_dms other '{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK"}}}'
	for uri in "/v2/dms/other/secrets/$id" /v2/dms/demo/secrets/0123 /v2/secrets/0123; do
		as admin GET "$uri"
		assert_refused 404 secret_not_found
		as admin DELETE "$uri"
		assert_refused 404 secret_not_found
	done
	as admin GET /v2/dms/nowhere/secrets
	assert_refused 404 dms_not_found
	as admin GET "/v2/secrets/$id"
	assert_json .status ACTIVE
}

@test "the list: pages, filters, states" {
	for _ in 1 2 3 4 5; do create '{}'; done
	as admin DELETE "/v2/secrets/$id"
	create '{"device": "d1", "validity": "1h"}'
	as admin GET '/v2/dms/demo/secrets?page_size=4'
	assert_json '.list | length' 4
	next=$(json .next)
	json '.list[].id' >ids
	as admin GET "/v2/dms/demo/secrets?bookmark=$next"
	assert_json '"\(.list | length) \(.next)"' '2 '
	json '.list[].id' >>ids
	[[ $(sort -u ids | wc -l) == 6 ]]
	as admin GET '/v2/secrets?status=REVOKED'
	assert_json '.list | length' 1
	as admin GET '/v2/secrets?dms=demo&device=d1'
	assert_json '[.list[].id] | join(",")' "$id"
	AT=+2h as admin GET '/v2/secrets?status=EXPIRED'
	assert_json '[.list[].id] | join(",")' "$id"
}
