# After ca rekey: what the other parts of the system make of a CA with several keys.

load ../lib/shedu

# era CA N: the N-th key of a CA, 0 is the present one.
era() {
	shedu --json ca show "$1" | jq -r ".issuers[$2].subject_key_id"
}

@test "it is an event, and the web server's bundle has both keys" {
	local old
	old=$(era bootstrap 0)
	make_dms demo
	shedu tick
	shedu ca rekey bootstrap
	shedu tick
	ca_pem bootstrap | sed -n 2p >line
	grep -qF -f line state/trust.pem
	sed -n 2p bootstrap-ca.pem >line
	grep -qF -f line state/trust.pem
	[[ $(sqlite3 -readonly state/shedu.db "SELECT data FROM event WHERE type = 'ca.rekey'" |
		jq -r '.id + " " + .previous_subject_key_id') == "bootstrap $old" ]]
	[[ -z $(sqlite3 -readonly state/shedu.db 'PRAGMA foreign_key_check') ]]
}

@test "doctor: an earlier key is as good as the present one, and its end is no trouble" {
	shedu ca create short --cn Short --validity 40d
	shedu ca rekey short --validity 400d
	shedu tick
	run shedu --json doctor
	[[ $(jq -r '[.checks[] | select(.check == "keys" or .check == "crls" or .check == "responders") | .status] |
		unique | join(" ")' <<<"$output") == ok ]]
	AT=+30d run shedu doctor
	[[ $output != *"CA short ends"* ]]
	AT=+380d run shedu doctor
	[[ $output == *"CA short ends at"* && $output == *"shedu ca rekey"* ]]
}

@test "operators of before the re-key of their CA stay operators" {
	shedu ca rekey operators
	api GET /v2/cas
	assert_status 200
	operator_cert auditor
	cgi dms GET /v2/cas --cert "$W/auditor.pem"
	assert_status 200
	cgi dms POST /v2/cas/root/rekey --cert "$W/auditor.pem" --type application/json --body /dev/null
	assert_status 403
}

@test "an old key that is revoked takes its bridge with it, and a release brings that back" {
	local serial
	shedu ca rekey root
	serial=$(shedu --json ca show root | jq -r '.issuers[1].serial_number')
	revoked() {
		sqlite3 -readonly state/shedu.db "SELECT count(*), max(reason) FROM certificate
			WHERE kind IN ('ca', 'cross') AND status = 1"
	}
	shedu cert revoke "$serial" --reason CertificateHold
	[[ $(revoked) == '2|6' ]]
	shedu cert release "$serial"
	[[ $(revoked) == '0|' ]]
	shedu cert revoke "$serial" --reason KeyCompromise
	[[ $(revoked) == '2|1' ]]
	[[ $(shedu --json ca show root | jq -c '[.issuers[].status]') == '["ACTIVE","REVOKED"]' ]]
	shedu ca rekey root
	[[ $(shedu --json ca show root | jq '.issuers | length') == 3 ]]
}

@test "a bridge that was revoked before its key was compromised is so since then" {
	local bridge before
	shedu ca rekey root
	bridge=$(shedu --json ca show root | jq -r '.cross_certificates[] |
		select(.subject_key_id == "'"$(era root 1)"'") | .serial_number')
	status() { sqlite3 -readonly state/shedu.db "SELECT revoked_at, reason FROM certificate WHERE hex(serial) = upper('$bridge')"; }
	shedu cert revoke "$bridge" --reason Superseded
	before=$(status)
	[[ $before == *'|4' ]]
	AT=+1h shedu cert revoke "$(shedu --json ca show root | jq -r '.issuers[1].serial_number')" --reason CACompromise
	[[ $(status) == "${before%|*}|2" ]]
}

@test "ca list and ca show name each CA once, with its present certificate" {
	shedu ca rekey issuing
	[[ $(shedu ca list | grep -c '^issuing ') == 1 ]]
	run -0 shedu ca show issuing
	[[ $output != *LS0tLS1CRUdJTi* && $output == *issuers* ]]
	[[ $(shedu --json ca show issuing | jq -r '.certificate.subject_key_id') == "$(era issuing 0)" ]]
}
