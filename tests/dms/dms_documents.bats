#!/usr/bin/env bats
# DMSs: create, show, list, replace, delete.

load ../lib/shedu
load dms

@test "a DMS is created with 201, its place, and every default written out" {
	send POST /v2/dms "$(dms_json plant-a)"
	assert_status 201
	[[ $(header Location) == /v2/dms/plant-a ]]
	assert_json .name plant-a
	assert_json .version 1
	assert_json .settings.enrollment_settings.registration_mode PRE_REGISTRATION
	assert_json .settings.enrollment_settings.verify_csr_signature true
	assert_json .settings.reenrollment_settings.critical_delta 30d
	assert_json .settings.ca_distribution_settings.include_enrollment_ca true
	as admin GET /v2/dms/plant-a
	assert_status 200
	assert_json .settings.enrollment_settings.enrollment_ca issuing
}

@test "a second DMS of the same id is 409, in Lamassu's words" {
	send POST /v2/dms "$(dms_json a)"
	send POST /v2/dms "$(dms_json a)"
	assert_refused 409 dms_exists
	assert_json .err "DMS already exists"
}

@test "an id that is a CA's id or name is 409" {
	send POST /v2/dms "$(dms_json issuing)"
	assert_refused 409 name_taken
	shedu ca create c2 --cn TheName
	send POST /v2/dms "$(dms_json TheName)"
	assert_refused 409 name_taken
}

@test "an id that breaks the rule, or names an EST operation, is 400 with its pointer" {
	local id
	for id in 'a b' a/b -a simpleenroll ''; do
		send POST /v2/dms "$(dms_json "$id")"
		assert_status 400
		assert_json '.problems[0].pointer' /id
	done
}

@test "a body that is no JSON, or no object, is 400" {
	send POST /v2/dms '{"id":'
	assert_status 400
	send POST /v2/dms '[]'
	assert_refused 400 json
}

@test "another media type is 415, another method 405 with Allow, an unknown path 404" {
	send POST /v2/dms '{}' text/plain
	assert_status 415
	as admin DELETE /v2/dms
	assert_status 405
	[[ $(header Allow) == *GET* && $(header Allow) == *POST* ]]
	as admin GET /v2/nothing
	assert_status 404
}

@test "a body over the limit is 413" {
	head -c 300000 /dev/zero | tr '\0' ' ' >"$W/big.json"
	as admin POST /v2/dms "$W/big.json"
	assert_status 413
}

@test "an unknown DMS is 404 for GET, PUT, PATCH and DELETE, in Lamassu's words" {
	as admin GET /v2/dms/none
	assert_refused 404 dms_not_found
	assert_json .err "DMS not found"
	send PUT /v2/dms/none "$(dms_json none)"
	assert_refused 404 dms_not_found
	send PATCH /v2/dms/none '{}' application/merge-patch+json
	assert_refused 404 dms_not_found
	as admin DELETE /v2/dms/none
	assert_refused 404 dms_not_found
}

@test "PUT replaces the document, and counts versions" {
	send POST /v2/dms "$(dms_json a)"
	send PUT /v2/dms/a "$(dms_json a | jq '.name = "Plant A" | .metadata = {"line": 4}')"
	assert_status 200
	assert_json .name "Plant A"
	assert_json .metadata.line 4
	assert_json .version 2
}

@test "PUT of what GET gave changes nothing" {
	send POST /v2/dms "$(dms_json a)"
	as admin GET /v2/dms/a
	cp "$body_file" "$W/got.json"
	as admin PUT /v2/dms/a "$W/got.json"
	assert_status 200
	assert_json .version 1
}

@test "PUT of an old version is 409" {
	send POST /v2/dms "$(dms_json a)"
	send PUT /v2/dms/a "$(dms_json a | jq '.name = "b" | .version = 1')"
	assert_status 200
	send PUT /v2/dms/a "$(dms_json a | jq '.name = "c" | .version = 1')"
	assert_refused 409 version
}

@test "PUT cannot change the id" {
	send POST /v2/dms "$(dms_json a)"
	send PUT /v2/dms/a "$(dms_json b)"
	assert_status 400
	assert_json '.problems[0].pointer' /id
}

@test "DELETE is 204, then 404" {
	send POST /v2/dms "$(dms_json a)"
	as admin DELETE /v2/dms/a
	assert_status 204
	as admin DELETE /v2/dms/a
	assert_status 404
}

@test "a DMS that owns devices is not deleted: 409" {
	send POST /v2/dms "$(dms_json a)"
	add_devices a d1
	as admin DELETE /v2/dms/a
	assert_refused 409 dms_has_devices
	as admin GET /v2/dms/a
	assert_status 200
}
