# Issuance profiles of the API and the CLI, from their making to their end.

load ../lib/shedu

put() {
	echo "$2" >p.json
	api PUT "/v2/profiles/$1" p.json
}

@test "create, show, list, update, delete, from a shell" {
	run -0 shedu profile create p - <<<'{"name": "Mine", "san_policy": "cn"}'
	[[ $output == "made issuance profile p" ]]
	[[ $(shedu --json profile show p | jq -r '.name + " " + .san_policy + " " + .signature_hash') == "Mine cn Default" ]]
	run -0 shedu profile list
	[[ $output == ID*p*Mine*cn* ]]
	echo '{"name": "Other"}' >o.json
	run -0 shedu profile update p "$W/o.json"
	[[ $(shedu --json profile show p | jq -r '.name + " " + .san_policy') == "Other copy" ]]
	run -0 shedu profile delete p
	run -1 shedu profile show p
	run -1 --separate-stderr shedu profile create p - <<<'[]'
	[[ $stderr == *"expected a JSON object"* ]]
	run -1 --separate-stderr shedu profile create p - <<<'{"id": "q"}'
	[[ $stderr == *"expected the id 'p'"* ]]
}

@test "PUT replaces, answers with the profile, and leaves an event; an unknown one is 404" {
	put p '{}'
	assert_status 404
	echo '{"id": "p"}' | shedu profile create p
	put p '{"id": "p", "name": "New", "backdate": "1h"}'
	assert_status 200
	[[ $(json .id) == p && $(json .backdate) == 1h ]]
	put p '{"id": "q"}'
	assert_status 400
	assert_output_has /id
	put p '{"backdate": "31d", "san_policy": "any", "allowed_extensions": ["2.5.29.19"]}'
	assert_status 400
	assert_output_has /backdate /san_policy
	api GET '/v2/events?page_size=100'
	[[ $(json '[.list[].type | select(startswith("profile"))] | sort | join(" ")') == "profile.issuance.create profile.issuance.update" ]]
}

@test "Lamassu's path leads there, too" {
	echo '{}' | shedu profile create p
	echo '{"name": "L"}' >p.json
	api PUT /api/ca/v1/profiles/p p.json
	assert_status 200
	api DELETE /api/ca/v1/profiles/p
	assert_status 204
	[[ ! -s $body_file ]]
	api DELETE /api/ca/v1/profiles/p
	assert_status 404
}

@test "one that a DMS enrolls by is not deleted: 409" {
	echo '{}' | shedu profile create p
	make_dms demo '{"issuance_profile_id": "p"}'
	api DELETE /v2/profiles/p
	assert_status 409
	assert_output_has profile_in_use demo
	put p '{"sign_as_ca": true}'
	assert_status 409
	assert_output_has demo
	shedu dms delete demo
	api DELETE /v2/profiles/p
	assert_status 204
	api GET '/v2/events?page_size=100'
	assert_output_has profile.issuance.delete
}

@test "a CA whose default it is keeps it from being deleted, and follows its changes" {
	echo '{}' | shedu profile create p
	jq -n '{id: "sub", parent_id: "root", subject: {common_name: "Sub"}, key_metadata: {type: "ECDSA", bits: 256},
		ca_expiration: {type: "Duration", duration: "5y"}, profile_id: "p"}' >ca.json
	api POST /v2/cas ca.json
	assert_status 201
	api DELETE /v2/profiles/p
	assert_status 409
	assert_output_has sub
	put p '{"validity": {"duration": "7d"}}'
	assert_status 200
	api GET /v2/cas/sub
	[[ $(json .issuance_profile.validity.duration) == 7d && $(json .profile_id) == p ]]
}

@test "an auditor may read them only" {
	echo '{}' | shedu profile create p
	operator_cert auditor
	cgi dms GET /v2/profiles/p --cert auditor.pem
	assert_status 200
	cgi dms DELETE /v2/profiles/p --cert auditor.pem
	assert_status 403
	echo '{}' >p.json
	cgi dms PUT /v2/profiles/p --cert auditor.pem --body p.json --type application/json
	assert_status 403
}
