# dms, device, operator, api: the API's handlers, from a shell.

load ../lib/shedu

@test "dms: create from a file and from standard input, list, show" {
	make_dms demo
	jq '.id = "other" | del(.name)' dms-demo.json >other.json
	run -0 shedu dms create other "$W/other.json"
	[[ $output == "made DMS other" ]]
	[[ $(shedu --json dms list | jq -r '[.list[].id] | sort | join(" ")') == "demo other" ]]
	[[ $(shedu --json dms show other | jq -r .name) == other ]]
	run -0 shedu dms show demo
	[[ $output == *"enrollment_ca: issuing"* ]]
}

@test "dms create refuses another id than the command line's, what is no object, and what is no JSON" {
	make_dms demo
	run -1 --separate-stderr shedu dms create third "$W/dms-demo.json"
	[[ $stderr == *"expected the id 'third'"*"'demo'"* ]]
	run -1 --separate-stderr shedu dms create third - <<<'[]'
	[[ $stderr == *"expected a JSON object, got a list"* ]]
	run -1 --separate-stderr shedu dms create third - <<<'{"id": '
	[[ $stderr == "shedu: -: "* ]]
	run -1 shedu dms create demo "$W/dms-demo.json"
	run -1 shedu dms show third
}

@test "dms update merges; delete, while it owns no device" {
	make_dms demo
	run -0 shedu dms update demo - <<<'{"settings": {"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}}'
	[[ $output == "changed DMS demo" ]]
	[[ $(shedu --json dms show demo | jq -r '.settings.enrollment_settings | .registration_mode + " " + .enrollment_ca') == "PRE_REGISTRATION issuing" ]]
	run -0 shedu dms list
	[[ $output == "ID"*"demo"*"issuing"*"PRE_REGISTRATION"* ]]
	run -1 --separate-stderr shedu dms update demo - <<<'{"settings": {"enrollment_settings": {"enrollment_ca": "nowhere"}}}'
	[[ $stderr == *"/settings/enrollment_settings/enrollment_ca"* ]]
	shedu device add d1 --dms demo
	run -1 shedu dms delete demo
	make_dms empty
	run -0 shedu dms delete empty
	[[ $output == "deleted DMS empty" ]]
	run -1 shedu dms delete empty
}

@test "device: add, list, show, decommission" {
	make_dms demo
	run -0 shedu device add d1 --dms demo
	[[ $output == "registered device d1" ]]
	run -1 shedu device add d1 --dms demo
	run -1 shedu device add d2 --dms nowhere
	run -1 --separate-stderr shedu device add 'a/b' --dms demo
	[[ -n $stderr ]]
	enroll_device demo d3
	[[ $(shedu --json device list | jq -r '[.list[].id] | sort | join(" ")') == "d1 d3" ]]
	[[ $(shedu --json device list --dms demo --status ACTIVE | jq -r '.list[].id') == d3 ]]
	run -0 shedu device list --status NO_IDENTITY
	[[ $output == "ID"*"d1"*"NO_IDENTITY"* && $output != *d3* ]]
	run -0 shedu device show d3
	[[ $output == *"status: ACTIVE"* ]]
	run -0 shedu device decommission d3
	[[ $output == "device d3 is decommissioned" ]]
	[[ $(shedu --json device show d3 | jq -r .status) == DECOMMISSIONED ]]
	run -1 shedu device decommission nowhere
}

@test "a device's name is escaped on its way into the path" {
	make_dms demo
	shedu device add 'a b?c%2Fd#e' --dms demo
	[[ $(shedu --json device show 'a b?c%2Fd#e' | jq -r .id) == 'a b?c%2Fd#e' ]]
}

@test "operator: add, use, list, remove" {
	local sha
	operator_cert auditor
	cgi dms GET /v2/dms --cert "$W/auditor.pem"
	assert_status 200
	run -0 shedu operator list
	[[ $output == "NAME"*"auditor"* ]]
	sha=$(shedu --json operator list | jq -r '.list[] | select(.name == "auditor") | .sha256')
	run -0 shedu operator remove "$sha"
	cgi dms GET /v2/dms --cert "$W/auditor.pem"
	assert_status 401
	run -1 shedu operator remove 00ff
}

@test "operator remove: a certificate on hold is revoked for good" {
	local sha
	operator_cert auditor
	shedu cert revoke "$(serial_of auditor.pem)" --reason CertificateHold
	sha=$(shedu --json operator list | jq -r '.list[] | select(.name == "auditor") | .sha256')
	shedu operator remove "$sha"
	run -1 shedu cert release "$(serial_of auditor.pem)"
	[[ $(shedu --json cert show "$(serial_of auditor.pem)" | jq -r .revocation_reason) == PrivilegeWithdrawn ]]
}

@test "operator add refuses a role and a DMS that are not there, and leaves no files" {
	run -1 shedu operator add x --role king --out x.pem --out-key x.key
	[[ ! -e x.pem && ! -e x.key ]]
	run -2 shedu operator add x --role admin --out x.pem
	new_csr x
	chmod a+r x.csr
	shedu operator add x --role admin --csr "$W/x.csr" --out x.pem
	cgi dms GET /v2/dms --cert "$W/x.pem"
	assert_status 200
}

@test "api: body on stdout, status on stderr and as exit status" {
	make_dms demo
	run -0 --separate-stderr shedu api GET /v2/dms/demo
	[[ $stderr == "200 application/json"* && $(jq -r .id <<<"$output") == demo ]]
	run -1 --separate-stderr shedu api GET /v2/dms/nowhere
	[[ $stderr == 404* && $(jq -r .err <<<"$output") == "DMS not found" ]]
	run -1 --separate-stderr shedu api BREW /v2/dms
	[[ $stderr == 405* ]]
	run -1 --separate-stderr shedu api GET /nowhere
	[[ $stderr == 404* ]]
	run -2 --separate-stderr shedu api GET v2/dms
	[[ $stderr == *"begins with /"* ]]
	run -0 --separate-stderr shedu api PATCH /v2/dms/demo - <<<'[{"op": "replace", "path": "/name", "value": "patched"}]'
	[[ $(jq -r .name <<<"$output") == patched ]]
	run -0 --separate-stderr shedu api PATCH /v2/dms/demo - <<<'{"name": "merged"}'
	[[ $(jq -r .name <<<"$output") == merged ]]
	run -0 --separate-stderr shedu api PATCH /v2/dms/demo - --type application/json \
		<<<'{"patches": [{"op": "add", "path": "/name", "value": "lamassu"}]}'
	[[ $(jq -r .name <<<"$output") == lamassu ]]
}

@test "what the CLI does is told by events in the name of its caller" {
	make_dms demo
	shedu api GET '/v2/events?page_size=1000' 2>/dev/null >events
	[[ $(jq -r '[.list[] | select(.type == "dms.create")][0].authid' events) == "cli:$(id -u "$SHEDU_USER")" ]]
}
