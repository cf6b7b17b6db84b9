# shedu explain: what a device would be answered, step by step, and nothing happens.

load ../lib/shedu

# steps: step and verdict of each line of the last explanation.
steps() {
	printf '%s\n' "${lines[@]}" | awk '/^HTTP/ { exit } { print $1, $2 }'
}

# agrees DMS NAME CERT [OPERATION]: explain says what the device then gets.
agrees() {
	local op=${4:-simpleenroll} told code
	shedu --json explain "$1" "$2.csr" --cert "$3" --operation "$op" >told.json || :
	told=$(jq -r .status told.json) code=$(jq -r '.code // ""' told.json)
	enroll "$1" "$2" "$op" "$W/$3"
	assert_status "$told"
	assert_output_has "${code:-MI}"
	[[ $told == 200 ]] || [[ $(grep '"msg":"request"' shedu.log | tail -n 1 | jq -r .step) == \
		"$(jq -r .step told.json)" ]]
}

@test "granted: status 0, each step ok, and no trace of it" {
	make_dms demo
	new_csr d1
	run -0 shedu explain demo d1.csr --cert bootstrap.pem
	[[ $output == *"HTTP 200"* ]]
	[[ -z $(steps | grep -v ' ok$') ]]
	(($(steps | wc -l) > 15))
	run -1 shedu device show d1
	shedu api GET '/v2/events?type=dms.refusal' | jq -e '.list | length == 0'
}

@test "refused: status 1, the step with code and text, the rest not reached" {
	make_dms demo '{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}'
	new_csr d1
	run -1 shedu explain demo d1.csr --cert bootstrap.pem
	[[ $output == *"registered "*"refused"*"not_preregistered: device not preregistered: d1"* ]]
	[[ $output == *"HTTP 403"* ]]
	[[ $(steps | grep -A 1 '^registered') == $'registered refused\napproval not_reached' ]]
	run -1 shedu explain demo d1.csr
	[[ $(steps | sed -n 2,4p) == $'operation ok\nauthentication refused\nrequest not_reached' ]]
	[[ $output == *"HTTP 401"* ]]
	shedu api GET '/v2/dms/demo/refusals' | jq -e '.list | length == 0'
}

@test "it says what the device then gets: enrollment, refusals, renewal" {
	make_dms demo
	new_csr d1
	agrees demo d1 server.pem
	agrees demo d1 bootstrap.pem
	agrees demo d1 bootstrap.pem
	cp d1.csr same.csr
	new_key d1.key
	new_csr d1
	agrees demo d1 bootstrap.pem
	agrees demo d1 bootstrap.pem simplereenroll
	cp d1.pem own.pem
	agrees demo d1 own.pem simplereenroll
	echo x >bad.csr
	agrees demo bad bootstrap.pem
	openssl req -new -newkey rsa:1024 -nodes -keyout weak.key -subj /CN=weak -out weak.csr
	agrees demo weak bootstrap.pem
}

@test "a CSR in any form that a device may send" {
	make_dms demo
	new_csr d1
	openssl req -in d1.csr -outform DER -out d1.der
	pem_b64 d1.csr >d1.b64
	shedu explain demo d1.der --cert bootstrap.pem
	shedu explain demo d1.b64 --cert bootstrap.pem
	shedu explain demo - --cert bootstrap.pem <d1.csr
}

@test "approval: it would wait, waits, is approved" {
	make_dms demo '{"enrollment_settings": {"manual_approval": true}}'
	new_csr d1
	run -1 shedu explain demo d1.csr --cert bootstrap.pem
	[[ $output == *"HTTP 202"* ]]
	shedu --json approval list | jq -e '.list | length == 0'
	enroll demo d1
	id=$(shedu --json approval list | jq -r '.list[0].id')
	run -1 shedu explain demo d1.csr --cert bootstrap.pem
	[[ $output == *"approval_pending"*"$id"* ]]
	shedu approval approve "$id"
	shedu explain demo d1.csr --cert bootstrap.pem
}

@test "at another time: a renewal whose window opens later" {
	make_dms demo '{"reenrollment_settings": {"reenrollment_delta": "100d"}}'
	enroll_device demo d1
	run -1 shedu explain demo d1.csr --cert d1.pem --operation simplereenroll
	[[ $output == *"window: "* ]]
	shedu explain demo d1.csr --cert d1.pem --operation simplereenroll \
		--at "$(date -u -d '+300 days' +%FT%TZ)"
}

@test "a CA that cannot sign: 503, and the step says so" {
	make_dms demo
	new_csr d1
	mv state/keys keys.away
	run -1 shedu explain demo d1.csr --cert bootstrap.pem
	mv keys.away state/keys
	[[ $output == *"HTTP 503"* && $(steps | tail -n 1) == "ca refused" ]]
}

@test "the API: an auditor may, within his reach; an unknown DMS is 404" {
	make_dms demo
	make_dms other
	new_csr d1
	shedu operator add aud --role auditor --dms demo --out "$W/aud.pem" --out-key "$W/aud.key"
	jq -n --rawfile csr d1.csr --rawfile cert bootstrap.pem '{csr: $csr, cert: $cert}' >ask.json
	cgi dms POST /v2/dms/demo/explain --cert aud.pem --type application/json --body ask.json
	assert_status 200
	[[ $(json .granted) == true && $(json .device) == d1 ]]
	cgi dms POST /v2/dms/other/explain --cert aud.pem --type application/json --body ask.json
	assert_status 403
	run -1 shedu explain nowhere d1.csr
	[[ $output == *dms_not_found* ]]
	run -1 shedu explain demo d1.csr --operation nonsense
	run -1 shedu explain demo missing.csr
}

@test "an operation that the DMS does not serve, as the device would hear" {
	make_dms demo
	new_csr d1
	run -1 shedu explain demo d1.csr --cert bootstrap.pem --operation serverkeygen
	[[ $output == *keygen_disabled* && $output == *'HTTP 404'* ]]
}

@test "a secret is not asked for: the step says what it needs, and the rules go on" {
	make_dms demo '{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "PSK"}}}'
	new_csr d1
	shedu explain demo d1.csr >out
	grep -q '^authentication  *not_asked .*Basic' out
	grep -q '^registered  *ok' out
	shedu --json cert list --device d1 | jq -e '.list | length == 0'
}
