#!/usr/bin/env bats
# Making and removing operators; health and readiness.

load ../lib/shedu
load dms

# add_operator NAME ROLE [DMS JSON]: by the API; NAME.pem and NAME.key.
add_operator() {
	new_csr "$1"
	send POST /v2/operators "$(jq -n --arg n "$1" --arg r "$2" --arg c "$(b64_file "$1.csr")" \
		--argjson d "${3:-null}" '{name: $n, role: $r, csr: $c, dms: $d}')"
	[[ $status != 201 ]] || json .certificate | base64 -d >"$1.pem"
}

@test "an operator is made from a CSR, 201, and gets in" {
	add_operator alice auditor
	assert_status 201
	assert_json .role auditor
	assert_json .dms null
	assert_json .sha256 "$(openssl x509 -in alice.pem -outform DER | sha256sum | cut -c 1-64)"
	[[ $(openssl x509 -in alice.pem -noout -subject -nameopt RFC2253) == subject=CN=alice ]]
	as alice GET /v2/operators
	assert_status 200
	assert_json '[.list[].name] | sort | join(" ")' "admin alice"
}

@test "a name in use is 409; a role or DMS that is none is 400" {
	add_operator alice auditor
	add_operator alice admin
	assert_refused 409 operator_exists
	add_operator bob king '["none"]'
	assert_refused 400 fields
	assert_json '[.problems[].pointer] | sort | join(" ")' "/dms/0 /role"
	make_dms demo
	add_operator bob admin '["demo"]'
	assert_refused 400 fields
}

@test "an empty list of DMSs is not all DMSs: 400" {
	local role
	for role in auditor operator admin; do
		add_operator bob $role '[]'
		assert_refused 400 fields
		assert_json '[.problems[].pointer] | join(" ")' /dms
	done
	as admin GET /v2/operators
	assert_json '[.list[].name] | join(" ")' admin
}

@test "a removed operator is out on the next request, its certificate revoked" {
	local sha
	add_operator alice admin
	sha=$(json .sha256)
	as admin DELETE "/v2/operators/$sha"
	assert_status 204
	as alice GET /v2/dms
	assert_refused 401 operator_removed
	as admin GET "/v2/certificates/$(serial_of alice.pem)"
	assert_json .status REVOKED
	as admin DELETE "/v2/operators/$sha"
	assert_refused 404 operator_not_found
	as admin GET /v2/operators
	assert_json '[.list[].name] | join(" ")' admin
}

@test "an operator whose certificate is revoked, or expired, is out: 401" {
	add_operator alice admin
	send PUT "/v2/certificates/$(serial_of alice.pem)/status" '{"status": "REVOKED"}'
	assert_status 200
	as alice GET /v2/dms
	assert_refused 401 certificate_revoked
	AT=+9999d as admin GET /v2/dms
	assert_refused 401 certificate_expired
}

@test "an operator of all DMSs cannot revoke an admin's certificate" {
	add_operator oscar operator
	echo '{"status": "REVOKED"}' >"$W/x.json"
	as oscar PUT "/v2/certificates/$(serial_of operator.pem)/status" "$W/x.json"
	assert_refused 403 admin_only
}

@test "operators come and go with events" {
	add_operator alice auditor
	as admin DELETE "/v2/operators/$(json .sha256)"
	as admin GET '/v2/events?filter=type[ct]operator.'
	assert_json '[.list[] | select(.data.name == "alice") | .type] | join(" ")' \
		"operator.add operator.remove"
}

@test "health says the version, to anyone; also on Lamassu's paths" {
	for p in /health /api/dmsmanager/health /api/devmanager/health /api/ca/health; do
		cgi dms GET $p
		assert_status 200
		assert_json .health true
		assert_json '.version | length > 0' true
	done
}

@test "ready asks the database, and says nothing else" {
	cgi dms GET /ready
	assert_status 200
	assert_json tostring '{"ready":true}'
	as_user sqlite3 "$W/state/shedu.db" "UPDATE meta SET schema = schema + 1"
	cgi dms GET /ready
	assert_status 503
	[[ -n $(header Retry-After) ]]
	cgi dms GET /health
	assert_status 200
	as admin GET /v2/dms
	assert_status 503
}

@test "ready is 503 without a database, and no database appears" {
	rm "$W"/state/shedu.db*
	cgi dms GET /ready
	assert_status 503
	[[ ! -e $W/state/shedu.db ]]
}
