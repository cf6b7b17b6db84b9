# The tick's jobs, one by one, at other times.

load ../lib/shedu

told() {
	shedu api GET "/v2/devices/$1/events?page_size=100" 2>/dev/null |
		jq -r '[.list[] | select(.type == "device.status.update" and .authid == "tick")
			| .data.previous + ">" + .data.updated] | join(" ")'
}

@test "a device's way to its end is told, each step once" {
	make_dms demo '{"reenrollment_settings": {"preventive_delta": "90d", "critical_delta": "30d"}}'
	enroll_device demo d1
	AT=+100d shedu tick
	[[ $(told d1) == "" ]]
	AT=+280d shedu tick
	AT=+281d shedu tick
	[[ $(told d1) == "ACTIVE>RENEWAL_PENDING" ]]
	AT=+340d shedu tick
	AT=+366d shedu tick
	AT=+367d shedu tick
	[[ $(told d1) == "ACTIVE>RENEWAL_PENDING RENEWAL_PENDING>EXPIRING_SOON EXPIRING_SOON>EXPIRED" ]]
}

@test "after a long sleep only the last step is told" {
	make_dms demo
	enroll_device demo d1
	AT=+400d shedu tick
	[[ $(told d1) == "ACTIVE>EXPIRED" ]]
}

@test "a device that is renewed in time is not told of" {
	make_dms demo
	enroll_device demo d1
	AT=+270d shedu tick
	AT=+270d enroll demo d1 simplereenroll "$W/d1.pem"
	assert_status 200
	AT=+300d shedu tick
	[[ $(told d1) == "" ]]
}

@test "more devices than a batch, many of one and the same end" {
	requires sqlite3
	local end n
	make_dms demo
	enroll_device demo d1
	end=$(sqlite3 state/shedu.db "SELECT active_not_after FROM device WHERE id = 'd1'")
	as_user sqlite3 state/shedu.db "
		CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS
			(SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 2600) SELECT i FROM c;
		INSERT INTO device (id, dms, state, active_version, active_not_after, tags, metadata,
				created_at, updated_at)
			SELECT 'bulk' || i, dms, state, active_version, $end + (i / 1300) * 1000000,
				tags, metadata, created_at, updated_at
			FROM device, n WHERE id = 'd1'"
	AT=+280d shedu tick
	AT=+280d shedu tick
	n=$(sqlite3 state/shedu.db "SELECT count(*) || ' ' || count(DISTINCT device) FROM event
		WHERE type = 'device.status.update' AND actor = 'tick'")
	[[ $n == "2601 2601" ]]
}

@test "enrollments that are too old to be repeated are forgotten" {
	requires sqlite3
	make_dms demo
	enroll_device demo d1
	AT=+1d shedu tick
	[[ $(sqlite3 state/shedu.db 'SELECT count(*) FROM enrollment') == 1 ]]
	AT=+3d shedu tick
	[[ $(sqlite3 state/shedu.db 'SELECT count(*) FROM enrollment') == 0 ]]
}

@test "CRLs are signed again before they lapse, responders before they end" {
	requires sqlite3
	local crl responder
	crl=$(sqlite3 state/shedu.db 'SELECT sum(number) FROM crl')
	responder=$(sqlite3 state/shedu.db 'SELECT min(not_after) FROM responder')
	shedu tick
	[[ $crl == "$(sqlite3 state/shedu.db 'SELECT sum(number) FROM crl')" ]]
	AT=+10d shedu tick
	[[ $crl != "$(sqlite3 state/shedu.db 'SELECT sum(number) FROM crl')" ]]
	(($(sqlite3 state/shedu.db 'SELECT min(not_after) FROM responder') > responder))
}

@test "the trust bundle follows a new CA, and the reload command runs" {
	make_dms demo
	write_reload "echo reloaded >>$W/reloads"
	shedu ca create extra --cn Extra
	shedu dms update demo - <<<'{"settings": {"reenrollment_settings": {"additional_validation_cas": ["extra"]}}}'
	shedu tick
	[[ $(wc -l <reloads) == 1 ]]
	ca_pem extra | sed -n 2p | grep -qFf - state/trust.pem
	shedu tick
	[[ $(wc -l <reloads) == 1 ]]
	run -0 shedu trust
	[[ $output == "$W/state/trust.pem is current, generation "* ]]
	rm state/trust.pem
	run -0 shedu --json trust
	[[ $(jq -r '.written' <<<"$output") == true && -s state/trust.pem ]]
}

@test "the log is moved into the database, and the database is whole" {
	requires sqlite3
	local before
	make_dms demo
	before=$(stat -c %Y%s state/shedu.db)
	sleep 1
	shedu tick
	[[ $before != "$(stat -c %Y%s state/shedu.db)" ]]
	[[ $(as_user sqlite3 state/shedu.db 'PRAGMA integrity_check') == ok ]]
}

@test "the end of the chain of events is signed, logged, and checked by openssl" {
	requires sqlite3
	make_dms demo
	shedu tick
	[[ $(jq .seq state/audit.head) == "$(sqlite3 state/shedu.db 'SELECT max(seq) FROM event')" ]]
	grep '"audit"' shedu.log | grep -q "$(jq -r .signature state/audit.head)"
	jq -r '"shedu event \(.seq) \(.hash)"' state/audit.head | tr -d '\n' >signed
	jq -r .signature state/audit.head | xxd -r -p >signature
	openssl pkeyutl -verify -rawin -inkey state/audit.key -in signed -sigfile signature
}

@test "a chain of events that was cut is not signed over" {
	requires sqlite3
	make_dms demo
	shedu tick
	as_user sqlite3 state/shedu.db 'DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)' ||
		skip "the database itself refuses"
	cp state/audit.head before
	run -1 shedu tick
	cmp before state/audit.head
	[[ $(shedu --json tick --status | jq -r '.jobs[] | select(.name == "audit") | .error') == *"removed or altered"* ]]
}

@test "a clock that was set back: the tick makes anew what it made in the future" {
	local ahead="SELECT count(*) FROM crl WHERE this_update > (unixepoch() + 3600) * 1000000
		UNION ALL SELECT count(*) FROM responder WHERE not_before > (unixepoch() + 3600) * 1000000"
	none_ahead() { [[ $(sqlite3 -readonly state/shedu.db "$ahead" | sort -u) == 0 ]]; }
	some_ahead() { [[ $(sqlite3 -readonly state/shedu.db "$ahead" | sort -n | head -1) -gt 0 ]]; }

	none_ahead
	echo '+9d' >clock
	chmod a+r clock
	background tick env FAKETIME_NO_CACHE=1 "FAKETIME_TIMESTAMP_FILE=$W/clock" \
		"LD_PRELOAD=$FAKETIME_LIB" "$SHEDU" --conf "$SHEDU_CONF" tick --every 1s
	wait_for 10 some_ahead
	sleep 2.5	# until nothing is new to it
	echo '+0' >clock
	wait_for 10 none_ahead
}
