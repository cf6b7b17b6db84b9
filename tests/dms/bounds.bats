#!/usr/bin/env bats
# What is stored is bounded: it is read with each enrollment, each list, each event.

load ../lib/shedu
load dms

merge=application/merge-patch+json

setup_file() {
	export SHEDU_SHARED=1
	shedu_file_begin
	cd "$W"
	make_dms a
}

# metadata_json OCTETS FILTER: a document with metadata of somewhat more than that.
metadata_json() {
	jq -n --argjson n "$1" '{k: ("x" * $n)} | '"$2" >"$W/long.json"
}

@test "metadata of more than 64 KiB are 400 wherever they come, and nothing is written" {
	add_devices a d1
	metadata_json 66000 .
	as admin PATCH /v2/devices/d1/metadata "$W/long.json" $merge
	assert_refused 400 fields
	assert_json '.problems[0].pointer' /metadata
	assert_json '.problems[0].text' 'expected at most 65536 octets of JSON; got 66008'
	as admin PATCH /v2/dms/a/metadata "$W/long.json" $merge
	assert_refused 400 fields
	metadata_json 65000 '{id: "d2", dms_id: "a", metadata: {a: .k, b: .k[:600]}}'
	as admin POST /v2/devices "$W/long.json"
	[[ $status == 400 || $status == 413 ]]
	as admin GET /v2/devices/d1
	assert_json '.metadata | tostring' '{}'
	as admin GET /v2/devices/d2
	assert_status 404
}

@test "metadata within it come back, and their event tells of the change alone" {
	add_devices a d3
	metadata_json 60000 '{long: .k, line: 4}'
	as admin PATCH /v2/devices/d3/metadata "$W/long.json" $merge
	assert_status 200
	assert_json '.metadata.long | length' 60000
	send PATCH /v2/devices/d3/metadata '{"line": 5, "a/b": true}' $merge
	as admin GET '/v2/events?type=device.metadata.update&device=d3'
	assert_json '.list[0].data.changes["/metadata/long"].to' '(60002 octets)'
	assert_json '.list[1].data.changes | keys | join(" ")' '/metadata/a~1b /metadata/line'
	assert_json '.list[1].data.changes["/metadata/line"] | tostring' '{"from":4,"to":5}'
}

@test "an event of very many changes tells how many it leaves out" {
	add_devices a d4
	jq -n '[range(3000) | {key: "k\(.)", value: .}] | from_entries' >"$W/many.json"
	as admin PATCH /v2/devices/d4/metadata "$W/many.json" $merge
	assert_status 200
	as admin GET '/v2/events?type=device.metadata.update&device=d4'
	assert_json '.list[0].data.changes | (length - 1) + .more' 3000
	assert_json '.list[0].data | tostring | length < 10000' true
}

@test "a stored document that cannot be read is a 500, and not an empty one" {
	add_devices a d5
	as_user sqlite3 "$W/state/shedu.db" "UPDATE device SET metadata = '{' WHERE id = 'd5'"
	as admin GET /v2/devices/d5
	assert_status 500
	send PATCH /v2/devices/d5/metadata '{"k": 1}' $merge
	assert_status 500
	[[ $(as_user sqlite3 "$W/state/shedu.db" "SELECT metadata FROM device WHERE id = 'd5'") == "{" ]]
}
