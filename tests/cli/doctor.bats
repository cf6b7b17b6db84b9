# doctor: each check finds what it is there to find. (Its web server checks: doctor_server.bats.)

load ../lib/shedu

# found CHECK STATUS TEXT: doctor, which is in the file report, has such a finding.
found() {
	jq -e --arg c "$1" --arg s "$2" --arg t "$3" \
		'any(.checks[]; .check == $c and .status == $s and (.text | contains($t)))' report >/dev/null ||
		{ jq -c --arg c "$1" '.checks[] | select(.check == $c)' report >&2 && return 1; }
}

doctor() {
	rc=0
	shedu --json doctor "$@" >report || rc=$?
}

@test "a fresh state without a web server: only that fails, and exit status is 1" {
	doctor
	((rc == 1))
	[[ $(jq -r '[.checks[] | select(.status == "fail") | .check] | unique | join(" ")' report) == \
		"client-certificates http server" ]]
	jq -e '.ok == false and all(.checks[]; .status == "ok" or .advice != null)' report
	run -1 shedu doctor
	[[ $output == *"ok   clock: "* && $output == *"fail server: "*"-> "* && $output == *" failed" ]]
}

@test "modes and owners" {
	doctor
	found permissions ok state
	chmod 755 state
	chmod 644 state/keys/*.key
	chmod o+r state/shedu.db
	chmod 666 "$SHEDU_CONF"
	doctor
	found permissions fail "$W/state has the mode 0755"
	found permissions fail "0644, expected no more than 0600"
	found permissions fail "shedu.db has the mode 0644"
	found permissions fail "shedu.conf has the mode"
	rm state/audit.key
	doctor
	found permissions fail "audit.key: No such file"
}

@test "a socket that everybody may write to" {
	mkdir run
	perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "run/est.sock", Listen => 1) or die'
	chmod 660 run/est.sock
	doctor
	found sockets ok "1 found"
	chmod 666 run/est.sock
	doctor
	found sockets fail "everybody may write to"
}

@test "the clock: before the newest event, and nowhere near the truth" {
	AT=-1d doctor
	found clock fail "newest event"
	AT='@2001-01-01 00:00:00' doctor
	found clock fail "2001-01-01"
}

@test "a database of another schema, and the version of SQLite" {
	requires sqlite3
	doctor
	found database ok "schema 3"
	jq -e 'any(.checks[]; .check == "database" and (.text | startswith("SQLite 3.")))' report
	as_user sqlite3 state/shedu.db 'UPDATE meta SET schema = 999'
	doctor
	((rc == 1))
	found database fail "schema"
}

@test "a tick that is late, or never ran, or failed" {
	requires sqlite3
	AT=+90s doctor
	found tick fail "revocations do not reach the CRL"
	as_user sqlite3 state/shedu.db "UPDATE job SET last_error = 'boom' WHERE name = 'crl'"
	doctor
	found tick fail "the job crl fails: boom"
	as_user sqlite3 state/shedu.db "DELETE FROM job"
	doctor
	found tick fail "never ran"
}

@test "events that were altered, and a database that was put back" {
	requires sqlite3
	make_dms demo
	shedu tick
	doctor
	found audit ok "signed up to"
	cp -a state copy
	as_user sqlite3 state/shedu.db "UPDATE event SET actor = 'nobody' WHERE seq = 3" || skip "the database refuses"
	doctor
	found audit fail "event 3 was altered"
	rm -r state && mv copy state
	as_user sqlite3 state/shedu.db "DELETE FROM event WHERE seq >= 5"
	doctor
	found audit fail "not in the database any more"
}

@test "keys that are gone or wrong, and a CA near its end" {
	local ski
	ski=$(shedu --json ca show issuing | jq -r .certificate.subject_key_id)
	cp -p state/keys/"$(shedu --json ca show root | jq -r .certificate.subject_key_id)".key state/keys/"$ski".key
	doctor
	found keys fail "CA issuing"
	rm state/keys/"$ski".key
	doctor
	found keys fail "CA issuing"
	AT=+3630d doctor
	found keys warn "CA issuing ends at"
}

@test "CRLs and responders that lapsed, and a revocation that no CRL has" {
	shedu cert revoke "$(serial_of bootstrap.pem)"
	doctor
	found crls fail "CA bootstrap: a revocation is not in its CRL yet"
	AT=+30d doctor
	found crls fail "its CRL lapsed"
	found responders fail "its OCSP responder ended"
}

@test "a trust bundle that is old, or away" {
	make_dms demo
	shedu ca create extra --cn Extra
	shedu dms update demo - <<<'{"settings": {"reenrollment_settings": {"additional_validation_cas": ["extra"]}}}'
	doctor
	found trust fail "expected"
	rm state/trust.pem
	doctor
	found trust fail "was not written"
}

@test "what enrollment better should not allow" {
	make_dms demo
	shedu tick
	doctor
	found no-auth ok ""
	found jitp ok ""
	found webhooks ok ""
	found bootstrap-ca ok ""
	found csr-signature ok ""
	found pop-linking ok ""
	make_dms open '{"enrollment_settings": {"verify_csr_signature": false, "require_pop_linking": true,
		"est_rfc7030_settings": {"auth_mode": "NO_AUTH"}},
		"reenrollment_settings": {"est_rfc7030_settings": {"auth_mode": "NO_AUTH"}}}'
	make_dms same '{"enrollment_settings": {"est_rfc7030_settings": {
		"client_certificate_settings": {"validation_cas": ["issuing"]}}}}'
	make_dms hook '{"enrollment_settings": {"est_rfc7030_settings": {"auth_mode": "EXTERNAL_WEBHOOK",
		"external_webhook_settings": {"url": "http://localhost/"}}}}'
	make_dms short '{"issuance_profile": {"validity": {"type": "Duration", "duration": "20d"}}}'
	shedu cert issue --ca bootstrap --kind bootstrap --cn long --validity 800d --out l.pem --out-key l.key
	doctor
	found no-auth warn "DMS open enrolls whoever asks"
	found no-auth warn "DMS open renews for whoever"
	found jitp warn "DMS open registers devices that nobody knows"
	found webhooks warn "DMS hook"
	found bootstrap-ca warn "DMS same"
	found csr-signature warn "DMS open"
	found pop-linking warn "DMS open has require_pop_linking"
	found validity warn "DMS short: certificates hold for 20d, critical_delta is 30d"
	found bootstrap-validity warn "of long"
}
