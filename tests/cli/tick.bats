# tick: what the clock's jobs do, once and again and again, alone and two at once.

load ../lib/shedu

# The CRL number and the revoked serials of the CA "issuing", from the database.
crl_of() {
	local ski
	ski=$(shedu --json ca show "$1" | jq -r .certificate.subject_key_id)
	cgi ocsp GET "/crl/$ski" && cp "$body_file" "$1.crl"
	openssl crl -inform DER -in "$1.crl" -noout -text
}

listed() {
	crl_of "$1" | grep -qi "$2"
}

@test "a revocation is in the CRL within a second" {
	local serial i
	make_dms demo
	enroll_device demo d1
	serial=$(serial_of d1.pem)
	start_tick
	sleep 1
	shedu cert revoke "$serial"
	sleep 1.1
	listed issuing "$serial"
	openssl crl -inform DER -in issuing.crl -CAfile issuing.pem -noout 2>&1 | grep -q 'verify OK'
}

@test "a CA gets its CRL and its OCSP responder within a second of its making" {
	start_tick
	sleep 1
	shedu ca create late --cn Late
	sleep 1.1
	crl_of late >/dev/null
	assert_status 200
	shedu --json doctor >report || true
	[[ $(jq -r '.checks[] | select(.check == "responders" or .check == "crls") | .status' report | sort -u) == ok ]]
}

@test "status tells when each job ran last, and how long ago" {
	run -0 shedu tick --status
	[[ ${lines[0]} =~ ^last\ tick\ [0-9]+\ s\ ago$ && $output == *"transitions"*"ok"* ]]
	shedu --json tick --status >status
	jq -e '.age >= 0 and (.jobs | length) == 10 and all(.jobs[]; .error == null)' status
}

@test "status of a state that never saw a tick" {
	requires sqlite3
	as_user sqlite3 state/shedu.db 'DELETE FROM job'
	[[ $(shedu --json tick --status | jq .age) == null ]]
	run -0 shedu tick --status
	[[ ${lines[0]} == "no tick yet" ]]
}

@test "SIGTERM ends it cleanly, with exit status 0" {
	local pid rc=0
	"$SHEDU" tick --every 1s 3>&- 4>&- &
	pid=$!
	wait_for 20 grep -q 'tick begins' shedu.log
	kill -TERM "$pid"
	wait "$pid" || rc=$?
	((rc == 0))
	grep -q 'tick ends' shedu.log
}

@test "a tick that has nothing to do does not write each second" {
	requires sqlite3
	local before
	start_tick
	sleep 2
	before=$(stat -c '%s %y' state/shedu.db-wal)
	sleep 4
	[[ $before == "$(stat -c '%s %y' state/shedu.db-wal)" ]]
}

@test "a job that fails is logged, saved and shown, and holds up no other" {
	local serial
	make_dms demo
	enroll_device demo d1
	serial=$(serial_of d1.pem)
	shedu cert revoke "$serial"
	shedu cert revoke "$(serial_of bootstrap.pem)"
	mv state/keys away
	as_user mkdir -m 700 state/keys
	cp -p away/"$(shedu --json ca show issuing | jq -r .certificate.subject_key_id)".key state/keys/
	run -1 --separate-stderr shedu tick
	[[ $stderr == *"a job failed"* ]]
	grep '"job failed"' shedu.log | grep -q '"job":"crl"'
	[[ $(shedu --json tick --status | jq -r '.jobs[] | select(.name == "crl") | .error') == *bootstrap* ]]
	listed issuing "$serial"
	rm -r state/keys && mv away state/keys
	shedu tick
	[[ $(shedu --json tick --status | jq -r '.jobs[] | select(.name == "crl") | .error') == null ]]
}

@test "five at once tell each transition once" {
	local i
	make_dms demo
	for ((i = 0; i < 5; i++)); do enroll_device demo "d$i"; done
	for ((i = 0; i < 5; i++)); do
		background "t$i" env FAKETIME=+300d LD_PRELOAD="$FAKETIME_LIB" \
			"$SHEDU" --conf "$SHEDU_CONF" tick
	done
	for ((i = 0; i < 5; i++)); do
		wait_for 20 eval "! kill -0 $(background_pid "t$i")"
		[[ ! -s t$i.log ]]
	done
	shedu api GET '/v2/events?type=device.status.update' 2>/dev/null >events
	[[ $(jq '[.list[] | select(.authid == "tick")] | length' events) == 5 ]]
}

@test "killed again and again while it works, it loses nothing and tells nothing twice" {
	local i pid
	requires faketime
	make_dms demo
	for ((i = 0; i < 8; i++)); do enroll_device demo "d$i"; done
	for i in 0.01 0.03 0.02 0.05 0.04 0.06; do
		env FAKETIME=+300d LD_PRELOAD="$FAKETIME_LIB" \
			"$SHEDU" tick --every 1s >/dev/null 2>&1 3>&- 4>&- &
		pid=$!
		sleep "$i"
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	AT=+300d shedu tick
	shedu api GET '/v2/events?type=device.status.update&page_size=100' 2>/dev/null >events
	[[ $(jq '[.list[] | select(.authid == "tick") | .subject] | length' events) == 8 ]]
	[[ $(jq '[.list[] | select(.authid == "tick") | .subject] | unique | length' events) == 8 ]]
}

@test "a database that is put back under it is opened again" {
	requires sqlite3
	local serial
	serial=$(serial_of bootstrap.pem)
	start_tick
	sleep 1
	as_user sqlite3 state/shedu.db ".backup state/copy.db"
	rm state/shedu.db-wal state/shedu.db-shm
	mv state/copy.db state/shedu.db
	as_user sqlite3 state/shedu.db 'PRAGMA journal_mode = WAL' >/dev/null
	shedu cert revoke "$serial"
	wait_for 20 listed bootstrap "$serial"
}
