# shedu backup and restore.

load ../lib/shedu
load ../ocsp/ocsp

ski_of() {
	openssl x509 -in "$1" -noout -ext subjectKeyIdentifier | tail -1 | tr -d ' :' | tr A-F a-f
}

number() {
	cgi ocsp GET "/crl/$(ski_of issuing.pem)"
	assert_status 200
	printf '%d' "0x$(openssl crl -in "$body_file" -inform DER -noout -crlnumber | sed 's/.*=0x//; s/.*=//')"
}

@test "a backup is one sound file, for its owner alone, and never over another" {
	shedu backup "$W/state/copy.db"
	[[ $(stat -c %a state/copy.db) == 600 && ! -e state/copy.db-wal ]]
	[[ $(sqlite3 state/copy.db 'PRAGMA integrity_check; SELECT count(*) FROM issuer') == \
		"ok"$'\n'"$(sqlite3 state/shedu.db 'SELECT count(*) FROM issuer')" ]]
	run -1 shedu backup "$W/state/copy.db"
	[[ $output == *'File exists'* ]]
}

@test "after a restore the database is as it was, in another epoch" {
	local epoch
	certify d1
	shedu backup "$W/state/copy.db"
	epoch=$(sqlite3 state/shedu.db 'SELECT hex(epoch) FROM meta')
	certify d2
	shedu restore "$W/state/copy.db"
	status_of d1
	[[ $said == good ]]
	status_of d2
	[[ $said == unknown ]]
	[[ $(sqlite3 state/shedu.db 'SELECT hex(epoch) FROM meta') != "$epoch" ]]
	[[ ! -e state/shedu.db.restore ]]
}

@test "what was revoked since the backup stays revoked, since when and why it was" {
	certify d1
	certify d2
	shedu cert revoke "$(serial_of d2.pem)" --reason CertificateHold
	shedu backup "$W/state/copy.db"
	AT=+1h shedu cert revoke "$(serial_of d1.pem)" --reason KeyCompromise
	AT=+1h shedu cert revoke "$(serial_of d2.pem)" --reason KeyCompromise
	AT=+2h status_of d1
	local before=$detail
	AT=+2h run shedu restore "$W/state/copy.db"
	[[ $output == *'but for 2 revocations since'* ]]
	AT=+2h status_of d1
	[[ $(grep -E 'Reason|Revocation Time' <<<"$detail") == "$(grep -E 'Reason|Revocation Time' <<<"$before")" ]]
	[[ $said == revoked && $detail == *keyCompromise* ]]
	AT=+2h status_of d2
	[[ $detail == *keyCompromise* ]]
}

@test "a CA that was revoked since the backup is so since when it was" {
	shedu ca create sub --cn Sub --parent root
	shedu backup "$W/state/copy.db"
	AT=+1h shedu cert revoke "$(shedu --json ca show sub | jq -r .certificate.serial_number)" --reason CACompromise
	local before
	before=$(sqlite3 state/shedu.db "SELECT revoked_at, reason FROM issuer WHERE ca = 'sub'")
	[[ $before == [1-9]*'|2' ]]
	AT=+2h shedu restore "$W/state/copy.db"
	[[ $(sqlite3 state/shedu.db "SELECT revoked_at, reason FROM issuer WHERE ca = 'sub'") == "$before" ]]
}

@test "what was issued and revoked since the backup stays on the CRL" {
	shedu backup "$W/state/copy.db"
	certify d1
	shedu cert revoke "$(serial_of d1.pem)" --reason KeyCompromise
	make_dms demo
	enroll_device demo d2
	shedu cert revoke "$(serial_of d2.pem)"
	shedu restore "$W/state/copy.db"
	shedu tick
	status_of d1
	[[ $said == revoked && $detail == *keyCompromise* ]]
	get_crl
	[[ $said == *"$(serial_of d1.pem | tr a-f A-F)"* && $said == *"$(serial_of d2.pem | tr a-f A-F)"* ]]
	shedu cert show "$(serial_of d2.pem)"
}

@test "until a CRL is signed again the last one is given out, not the backup's" {
	local before
	certify d1
	shedu tick
	shedu backup "$W/state/copy.db"
	shedu cert revoke "$(serial_of d1.pem)"
	shedu tick
	before=$(number)
	shedu restore "$W/state/copy.db"
	[[ $(number) == "$before" ]]
	get_crl
	[[ $said == *"$(serial_of d1.pem | tr a-f A-F)"* ]]
}

@test "as it was: an answer from before the restore is not given after it" {
	certify d1
	shedu backup "$W/state/copy.db"
	shedu cert revoke "$(serial_of d1.pem)"
	status_of d1
	[[ $said == revoked ]]
	shedu restore "$W/state/copy.db" --as-it-was
	status_of d1
	[[ $said == good ]]
}

@test "CRL numbers go on above those from before the restore" {
	local before
	shedu backup "$W/state/copy.db"
	certify d1
	shedu cert revoke "$(serial_of d1.pem)"
	shedu tick
	before=$(number)
	shedu restore "$W/state/copy.db" --crl-jump 50
	shedu tick
	(($(number) == before + 51))
}

@test "the event of a restore names the end of the chain that was signed last" {
	local last
	shedu backup "$W/state/copy.db"
	certify d1
	shedu tick
	last=$(jq .seq state/audit.head)
	shedu restore "$W/state/copy.db"
	shedu tick
	[[ $(sqlite3 state/shedu.db "SELECT json_extract(data, '$.audit_seq') FROM event WHERE type = 'database.restore'") == "$last" ]]
	[[ $(jq .seq "state/audit.head-$last") == "$last" ]]
	run shedu doctor
	[[ $output == *'ok   audit: '* ]]
}

@test "behind a server: a restore shows on the next request, without a restart" {
	requires lighttpd curl
	certify d1
	start_server lighttpd
	ocsp_request r -cert d1.pem
	shedu cert revoke "$(serial_of d1.pem)" --reason CertificateHold
	shedu backup "$W/state/copy.db"
	shedu cert release "$(serial_of d1.pem)"
	local url n
	url=$HTTP_URL/ocsp/$(path_of r)
	for n in 1 2 3; do web GET "$url"; done
	check_ocsp -cert d1.pem
	[[ $said == *'d1.pem: good'* ]]
	shedu restore "$W/state/copy.db"
	for n in 1 2 3 4; do
		web GET "$url"
		check_ocsp -cert d1.pem
		[[ $said == *'d1.pem: revoked'* ]]
	done
}

@test "what is no sound backup of this schema is refused, and nothing changes" {
	local before
	before=$(sqlite3 state/shedu.db 'SELECT hex(epoch) FROM meta')
	head -c 20000 /dev/urandom >state/junk.db
	own state/junk.db
	run -1 shedu restore "$W/state/junk.db"
	[[ $output == *'no sound database'* ]]
	sqlite3 state/other.db 'CREATE TABLE t (a)'
	own state/other.db
	run -1 shedu restore "$W/state/other.db"
	[[ $output == *schema* ]]
	run -1 shedu restore "$W/state/none.db"
	[[ $(sqlite3 state/shedu.db 'SELECT hex(epoch) FROM meta') == "$before" ]]
	[[ ! -e state/shedu.db.restore ]]
}
