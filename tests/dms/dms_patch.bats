#!/usr/bin/env bats
# Patches of a DMS, in each of their three forms.

load ../lib/shedu
load dms

merge=application/merge-patch+json
ops=application/json-patch+json

setup() {
	shedu_test_begin
	send POST /v2/dms "$(dms_json a | jq '.metadata = {"line": 4, "a/b": 1}')"
	assert_status 201
}

@test "merge patch changes what it names, removes what is null, keeps the rest" {
	send PATCH /v2/dms/a '{"name": "A", "metadata": {"line": null, "x": true},
		"settings": {"enrollment_settings": {"registration_mode": "JITP"}}}' $merge
	assert_status 200
	assert_json .name A
	assert_json '.metadata | tostring' '{"a/b":1,"x":true}'
	assert_json .settings.enrollment_settings.registration_mode JITP
	assert_json .settings.enrollment_settings.enrollment_ca issuing
	assert_json .version 2
}

@test "JSON patch: add, replace, remove, test, copy, move" {
	send PATCH /v2/dms/a '[
		{"op": "test", "path": "/metadata/line", "value": 4},
		{"op": "replace", "path": "/name", "value": "A"},
		{"op": "remove", "path": "/metadata/a~1b"},
		{"op": "copy", "from": "/metadata/line", "path": "/metadata/copy"},
		{"op": "move", "from": "/metadata/line", "path": "/metadata/moved"},
		{"op": "add", "path": "/settings/ca_distribution_settings/managed_cas/-", "value": "root"}]' $ops
	assert_status 200
	assert_json .name A
	assert_json '.metadata | tostring' '{"copy":4,"moved":4}'
	assert_json '.settings.ca_distribution_settings.managed_cas[0]' root
}

@test "JSON patch whose test fails is 409, and nothing of it happens" {
	send PATCH /v2/dms/a '[{"op": "replace", "path": "/name", "value": "A"},
		{"op": "test", "path": "/metadata/line", "value": 5}]' $ops
	assert_status 409
	as admin GET /v2/dms/a
	assert_json .name a
	assert_json .version 1
}

@test "Lamassu's form: {\"patches\": [...]} as application/json" {
	send PATCH /v2/dms/a '{"patches": [{"op": "replace", "path": "/name", "value": "A"}]}'
	assert_status 200
	assert_json .name A
}

@test "application/json without patches is 400 and names the three forms" {
	send PATCH /v2/dms/a '{"name": "A"}'
	assert_refused 400 patch
	assert_output_has application/merge-patch+json application/json-patch+json
}

@test "what is no JSON patch is 400" {
	send PATCH /v2/dms/a '[{"op": "explode", "path": "/name"}]' $ops
	assert_status 400
	send PATCH /v2/dms/a '{"op": "add"}' $ops
	assert_status 400
}

@test "a patch is checked like a document: pointers, and nothing is written" {
	send PATCH /v2/dms/a '{"settings": {"enrollment_settings": {"enrollment_ca": "none"}}}' $merge
	assert_refused 400 fields
	assert_json '.problems[0].pointer' /settings/enrollment_settings/enrollment_ca
	send PATCH /v2/dms/a '{"id": "b"}' $merge
	assert_status 400
	send PATCH /v2/dms/a '3' $merge
	assert_status 400
	as admin GET /v2/dms/a
	assert_json .version 1
}

@test "a patch that changes nothing keeps the version" {
	send PATCH /v2/dms/a '{"name": "a"}' $merge
	assert_status 200
	assert_json .version 1
}

@test "the metadata path of Lamassu changes metadata alone, by PUT and PATCH" {
	local p=/api/dmsmanager/v1/dms/a/metadata
	send PATCH $p '{"patches": [{"op": "add", "path": "/color", "value": "red"}]}'
	assert_status 200
	assert_json .metadata.color red
	send PUT $p '{"patches": [{"op": "add", "path": "", "value": {"only": 1}}]}'
	assert_status 200
	assert_json '.metadata | tostring' '{"only":1}'
	send PATCH $p '{"patches": [{"op": "replace", "path": "/name", "value": "x"}]}'
	assert_status 409
	as admin GET /v2/dms/a
	assert_json .name a
}

@test "an update is an event that says what changed, and by whom" {
	send PATCH /v2/dms/a '{"name": "A"}' $merge
	as admin GET '/v2/events?type=dms.update'
	assert_json '.list | length' 1
	assert_json '.list[0].data.changes["/name"].from' a
	assert_json '.list[0].data.changes["/name"].to' A
	assert_json '.list[0].authid' operator:admin
	assert_json '.list[0].subject' dms/a
}

@test "patches at the same time lose nothing of each other" {
	local i pids=()
	for i in 1 2 3 4 5 6 7 8; do
		echo "{\"metadata\": {\"k$i\": $i}}" >"p$i.json"
		shedu dms update a "$W/p$i.json" >/dev/null 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	as admin GET /v2/dms/a
	assert_json '[.metadata | to_entries[] | select(.key | startswith("k")) | .value] | add' 36
	assert_json .version 9
}

@test "Lamassu's form makes what is missing above, and removes what is not there" {
	local p=/api/dmsmanager/v1/dms/a/metadata ops='[
		{"op": "add", "path": "/x/y", "value": 1}, {"op": "add", "path": "/l/-", "value": 2},
		{"op": "remove", "path": "/none"}]'
	send PATCH $p "{\"patches\": $ops}"
	assert_status 200
	assert_json '.metadata | [.x.y, .l[0]] | tostring' '[1,2]'
	send PATCH /v2/dms/a/metadata "$ops" application/json-patch+json
	assert_status 409
}

@test "a patch that copies a long text again and again is 400, and nothing is written" {
	jq -n '{v: ("x" * 60000)} | [{op: "add", path: "/a", value: .v}] +
		[range(500) | {op: "copy", from: "/a", path: "/c\(.)"}]' >"$W/bomb.json"
	as admin PATCH /v2/dms/a/metadata "$W/bomb.json" $ops
	assert_refused 400 json_patch
	as admin GET /v2/dms/a
	assert_json .version 1
}
