#!/usr/bin/env bats
# Devices: register, show, decommission.

load ../lib/shedu
load dms

setup() {
	shedu_test_begin
	make_dms demo
}

@test "a device is registered with 201, and has no identity yet" {
	send POST /v2/devices '{"id": "d1", "dms_id": "demo", "tags": ["x", "y"],
		"metadata": {"k": 1}, "icon": "Cpu", "icon_color": "#123456"}'
	assert_status 201
	assert_json .id d1
	assert_json .status NO_IDENTITY
	assert_json .dms_owner demo
	assert_json '.tags | join(",")' x,y
	assert_json .metadata.k 1
	assert_json 'has("identity")' false
	assert_json '[.events[].type] | join(",")' CREATED
	as admin GET /v2/devices/d1
	assert_status 200
	assert_json .icon Cpu
}

@test "a second device of the id is 409, in Lamassu's words" {
	add_devices demo d1
	send POST /v2/devices '{"id": "d1", "dms_id": "demo"}'
	assert_refused 409 device_exists
	assert_json .err "device already exists"
}

@test "an id that breaks the rule, and a DMS that is none, are told at once" {
	send POST /v2/devices '{"id": "a/b", "dms_id": "none"}'
	assert_refused 400 fields
	assert_json '[.problems[].pointer] | join(" ")' "/id /dms_id"
	send POST /v2/devices '{"id": "d1"}'
	assert_status 400
	send POST /v2/devices '{"id": "d\u0000", "dms_id": "demo"}'
	assert_status 400
}

@test "an id with spaces and letters beyond ASCII stands percent-encoded in the path" {
	add_devices demo 'pump Nº 7'
	as admin GET /v2/devices/pump%20N%C2%BA%207
	assert_status 200
	assert_json .id 'pump Nº 7'
}

@test "an unknown device is 404, in Lamassu's words" {
	as admin GET /v2/devices/none
	assert_refused 404 device_not_found
	assert_json .err "device not found"
	as admin GET /v2/devices/none/events
	assert_refused 404 device_not_found
	as admin DELETE /v2/devices/none/decommission
	assert_status 404
}

@test "an enrolled device shows its slot as Lamassu does" {
	enroll_device demo d1
	as admin GET /v2/devices/d1
	assert_json .status ACTIVE
	assert_json .identity.status ACTIVE
	assert_json .identity.type x509
	assert_json .identity.active_version 0
	assert_json '.identity.versions["0"]' "$(serial_of d1.pem)"
	assert_json '[.identity.events[].type] | join(",")' PROVISIONED
	assert_json '[.events[].type] | join(",")' CREATED,STATUS-UPDATED
	assert_json '[.identity.events, .events] | map(keys[]) | all(test("^[0-9-]+T[0-9:.]+Z$"))' true
}

# assert_status_at WHEN STATUS
assert_status_at() {
	AT=$1 as admin GET /v2/devices/d1
	assert_json .status "$2"
	assert_json .identity.status "$2"
}

@test "its status follows the clock: 90 and 30 days before the end, and at the end" {
	make_dms short '{"issuance_profile": {"validity": {"type": "Duration", "duration": "200d"}}}'
	enroll_device short d1
	assert_status_at +109d ACTIVE
	assert_status_at +111d RENEWAL_PENDING
	assert_status_at +171d EXPIRING_SOON
	assert_status_at +201d EXPIRED
}

@test "a change of the DMS's deltas counts at once for devices that are there" {
	enroll_device demo d1
	send PATCH /v2/dms/demo '{"settings": {"reenrollment_settings":
		{"reenrollment_delta": "366d", "preventive_delta": "366d"}}}' application/merge-patch+json
	assert_status 200
	as admin GET /v2/devices/d1
	assert_json .status RENEWAL_PENDING
	as admin GET '/v2/devices?status=RENEWAL_PENDING'
	assert_json '[.list[].id] | join(" ")' d1
}

@test "decommissioning revokes the certificate, is final, and may be repeated" {
	enroll_device demo d1
	as admin DELETE /v2/devices/d1/decommission
	assert_status 200
	assert_json .status DECOMMISSIONED
	assert_json .identity.status REVOKED
	assert_json '[.events[].type] | last' DECOMMISSIONED
	as admin GET "/v2/certificates/$(serial_of d1.pem)"
	assert_json .status REVOKED
	assert_json .revocation_reason CessationOfOperation
	cgi dms POST /v2/devices/d1/decommission --cert "$W/operator.pem"
	assert_status 200
	assert_json .status DECOMMISSIONED
}

@test "its metadata take patches, and nothing else does" {
	add_devices demo d1
	send PATCH /api/devmanager/v1/devices/d1/metadata \
		'{"patches": [{"op": "add", "path": "/line", "value": 4}]}'
	assert_status 200
	assert_json .metadata.line 4
	send PUT /v2/devices/d1/metadata '[{"op": "add", "path": "", "value": 3}]' application/json-patch+json
	assert_refused 400 patch
	send PATCH /v2/devices/d1 '{"metadata": {}}' application/merge-patch+json
	assert_status 405
	as admin GET '/v2/events?type=device.metadata.update'
	assert_json '.list[0].data.changes["/metadata/line"].to' 4
}

@test "its events are a list, in order, with who did it" {
	add_devices demo d1 d2
	as admin DELETE /v2/devices/d1/decommission
	as admin GET /v2/devices/d1/events
	assert_status 200
	assert_json '[.list[].type] | join(" ")' "device.create device.status.update"
	assert_json '.list[1].data.updated' DECOMMISSIONED
	assert_json '[.list[].authid] | unique | join(" ")' operator:admin
}

@test "a failed registration leaves no device and no event" {
	send POST /v2/devices '{"id": "d1", "dms_id": "none"}'
	assert_status 400
	as admin GET /v2/devices
	assert_json '.list | length' 0
	as admin GET '/v2/events?type=device.create'
	assert_json '.list | length' 0
}
