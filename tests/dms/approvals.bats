# Approvals in the API: who may see and decide what, and each decision once.

load ../lib/shedu
load dms

setup_file() {
	export SHEDU_SHARED=1
	shedu_file_begin
	cd "$W"
	make_dms mine '{"enrollment_settings": {"manual_approval": true}}'
	make_dms other '{"enrollment_settings": {"manual_approval": true}}'
	operator_cert auditor
	shedu operator add limited --role operator --dms mine --out "$W/limited.pem" \
		--out-key "$W/limited.key"
}

# ask DMS DEVICE: a request that waits; its id in $id.
ask() {
	new_csr "$2" -addext "subjectAltName=DNS:$2.example"
	enroll "$1" "$2"
	assert_status 202
	as admin GET "/v2/approvals?dms=$1&filter=device[eq]$2"
	id=$(json '.list[0].id')
	[[ $id =~ ^[0-9a-f]{32}$ ]]
}

@test "one shows what is asked for: names, key, the CSR itself" {
	ask mine a1
	as auditor GET "/v2/approvals/$id"
	assert_status 200
	assert_json .state pending
	assert_json '.san[0]' DNS:a1.example
	assert_json .subject CN=a1
	assert_json '"\(.key_metadata.type) \(.key_metadata.bits)"' 'ECDSA 256'
	assert_json .key_sha256 "$(openssl req -in a1.csr -pubkey -noout |
		openssl pkey -pubin -outform DER | sha256sum | cut -c 1-64)"
	json .csr | base64 -d | openssl req -noout -verify
	json .csr | base64 -d | cmp - a1.csr
	assert_json .requester cert:factory
}

@test "decided once: 409 afterwards, and events tell who did what" {
	ask mine a2
	send POST "/v2/approvals/$id/deny" '{"reason": "unknown"}'
	assert_status 200
	assert_json '"\(.state) \(.reason) \(.decided_by)"' 'denied unknown operator:admin'
	as admin POST "/v2/approvals/$id/approve"
	assert_refused 409 approval_decided
	as admin POST "/v2/approvals/$id/deny"
	assert_refused 409 approval_decided
	as admin GET '/v2/events?type=approval.deny'
	assert_json '.list[0] | "\(.device) \(.data.reason) \(.authid)"' 'a2 unknown operator:admin'
}

@test "two who decide at once: one decision" {
	ask mine a3
	for n in 1 2 3 4 5 6; do
		decision=approve
		((n % 2)) || decision=deny
		shedu api POST "/v2/approvals/$id/$decision" >/dev/null 2>"s$n" &
	done
	wait
	[[ $(cat s? | grep -c ^200) == 1 && $(cat s? | grep -c ^409) == 5 ]]
	as admin GET "/v2/events?filter=subject[eq]approval/$id"
	assert_json '.list | length' 2
}

@test "an auditor looks and does not decide; an operator decides within its DMSs" {
	ask mine a4
	as auditor POST "/v2/approvals/$id/approve"
	assert_status 403
	as limited POST "/v2/approvals/$id/approve"
	assert_status 200
	ask other b1
	as limited GET "/v2/approvals/$id"
	assert_status 403
	as limited POST "/v2/approvals/$id/approve"
	assert_status 403
	as limited GET /v2/approvals
	assert_json '[.list[].dms] | unique | join(" ")' mine
	as limited GET '/v2/approvals?dms=other'
	assert_status 403
}

@test "a list by state, page by page, the longest waiting first" {
	local n seen='' next
	for n in 1 2 3 4 5; do ask other "p$n"; done
	as admin GET '/v2/approvals?dms=other&state=pending&page_size=2&filter=device[ct]p'
	while :; do
		seen+=" $(json '[.list[].device] | join(" ")')"
		next=$(json .next)
		[[ -n $next ]] || break
		as admin GET "/v2/approvals?bookmark=$next"
	done
	[[ $(echo $seen) == "p1 p2 p3 p4 p5" ]]
	as admin GET '/v2/approvals?dms=other&state=denied'
	assert_json '.list | length' 0
	as admin GET '/v2/approvals?state=nonsense'
	assert_refused 400 filter
}

@test "an unknown request is 404, a reason of another kind 400" {
	as admin GET /v2/approvals/00
	assert_refused 404 approval_not_found
	as admin POST /v2/approvals/00/approve
	assert_refused 404 approval_not_found
	ask mine a5
	send POST "/v2/approvals/$id/deny" '{"reason": 5}'
	assert_status 400
	send POST "/v2/approvals/$id/deny" '{"why": "x"}'
	assert_status 400
	as admin GET "/v2/approvals/$id"
	assert_json .state pending
}

@test "requests go with their DMS" {
	make_dms gone '{"enrollment_settings": {"manual_approval": true}}'
	ask gone g1
	shedu dms delete gone
	as admin GET "/v2/approvals/$id"
	assert_refused 404 approval_not_found
}

@test "so many may wait, and no more: 503" {
	make_dms full '{"enrollment_settings": {"manual_approval": true}}'
	as_user sqlite3 state/shedu.db "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c
		WHERE i < 10000) INSERT INTO approval (id, csr_sha256, credential, dms, operation, device,
		requester, csr, state, created_at, expires_at, decided_at) SELECT 'x' || i, randomblob(32),
		x'', 'full', 'simpleenroll', 'f' || i, 'anonymous', x'00', 0, 1, 9000000000000000, 0 FROM c"
	new_csr f
	enroll full f
	assert_status 503
	[[ $(header Retry-After) =~ ^[0-9]+$ ]]
	as_user sqlite3 state/shedu.db "DELETE FROM approval WHERE id = 'x1'"
	enroll full f
	assert_status 202
}
