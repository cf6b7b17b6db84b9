#!/usr/bin/env bats
# Secrets go in and do not come out: not by what answers show, and not by what patches can do.

load ../lib/shedu
load dms

ops=application/json-patch+json
est=/settings/enrollment_settings/est_rfc7030_settings
hook=$est/external_webhook_settings/config

setup() {
	shedu_test_begin
	send POST /v2/dms "$(dms_json a | jq '.settings.enrollment_settings.est_rfc7030_settings += {
		auth_mode: "EXTERNAL_WEBHOOK", external_webhook_settings: {url: "https://x.example/",
		config: {auth_mode: "apikey", apikey: {key: "hunter2", header: "X-Key"}}}}')"
	assert_status 201
}

stored_key() {
	as_user sqlite3 "$W/state/shedu.db" "SELECT settings FROM dms WHERE id = 'a'" |
		jq -r '.enrollment_settings.est_rfc7030_settings.external_webhook_settings.config.apikey.key'
}

# assert_hidden: neither the last answer, nor the DMS, nor the events say it.
assert_hidden() {
	[[ $output != *hunter2* ]]
	as admin GET /v2/dms/a
	assert_status 200
	[[ $output != *hunter2* ]]
	as admin GET /v2/events
	[[ $output != *hunter2* ]]
}

@test "a copy or move of a secret, or of what it is in, shows nothing; the secret is kept" {
	local op from
	for op in copy move; do
		for from in "$hook/apikey/key" "$hook/apikey" "$est"; do
			printf '[{"op": "%s", "from": "%s", "path": "/metadata/x"}]' $op "$from" >"$W/p.json"
			as admin PATCH /v2/dms/a "$W/p.json" $ops
			assert_hidden
			[[ $(stored_key) == hunter2 ]]
		done
	done
}

@test "a test does not tell what a secret is" {
	send PATCH /v2/dms/a "[{\"op\": \"test\", \"path\": \"$hook/apikey/key\", \"value\": \"hunter2\"}]" $ops
	assert_status 409
}

@test "a patch sets a secret anew, by add, by replace and by merge" {
	local op
	for op in add replace; do
		send PATCH /v2/dms/a "[{\"op\": \"$op\", \"path\": \"$hook/apikey/key\", \"value\": \"by-$op\"}]" $ops
		assert_status 200
		[[ $(stored_key) == "by-$op" && $output != *by-"$op"* ]]
	done
	send PATCH /v2/dms/a '{"settings": {"enrollment_settings": {"est_rfc7030_settings": {
		"external_webhook_settings": {"config": {"apikey": {"key": "merged"}}}}}}}' \
		application/merge-patch+json
	assert_status 200
	[[ $(stored_key) == merged ]]
}

@test "a patch of something else keeps the secret" {
	send PATCH /v2/dms/a '[{"op": "replace", "path": "/name", "value": "A"}]' $ops
	assert_status 200
	[[ $(stored_key) == hunter2 ]]
	send PATCH /v2/dms/a/metadata '{"k": 1}' application/merge-patch+json
	assert_status 200
	[[ $(stored_key) == hunter2 ]]
}

@test "the mask is not taken for a secret" {
	send PATCH /v2/dms/a "[{\"op\": \"replace\", \"path\": \"$hook/apikey/key\", \"value\": \"***\"}]" $ops
	assert_status 200
	[[ $(stored_key) == hunter2 ]]
}
