# What README tells people to run exists, and tells what README says.

load ../lib/shedu

@test "every shedu command in README is one" {
	local words n=0
	grep -oE '(^|[ (";])shedu [a-z]+( [a-z]+)?' "$SHEDU_SRC/README" | sed 's/^[^s]*shedu //' | sort -u >commands
	while read -r words; do
		shedu $words --help </dev/null >/dev/null 2>&1 ||
			shedu "${words%% *}" --help </dev/null >/dev/null 2>&1 ||
			{ echo "no such command: $words" >&2 && return 1; }
		n=$((n + 1))
	done < <(grep -vE '^(gives|which) ' commands)
	((n >= 8))
}

@test "the refusals of README are events with their reason" {
	make_dms demo '{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}'
	new_csr d1
	enroll demo d1
	assert_status 403
	shedu api GET /v2/dms/demo/refusals >events
	jq -e '.list | length == 1 and .[0].code != null and .[0].step == "registered"' events
	shedu api GET '/v2/dms/demo/refusals?device=d1' | jq -e '.list | length == 1'
	run -1 shedu explain demo d1.csr --cert bootstrap.pem
	[[ $output == *not_preregistered* ]]
	shedu dms show demo | grep 'registration_mode: PRE_REGISTRATION'
	shedu device add d1 --dms demo
	enroll demo d1
	assert_status 200
	enroll demo d1 simpleenroll
	new_key d1.key
	new_csr d1
	enroll demo d1
	assert_status 409
	shedu device show d1 | grep 'status: ACTIVE'
	shedu cert show "$(serial_of d1.pem)" | grep 'status: ACTIVE'
}

@test "the settings that README prints are enough" {
	sed -n 's/^        \([a-z_]* = .*;\)$/\1/p' "$SHEDU_SRC/README" |
		sed "s|/var/lib/shedu|$W/installed|; s|systemctl reload lighttpd|:|" >readme.conf
	(($(wc -l <readme.conf) == 4))
	SHEDU_CONF=$W/readme.conf shedu init
	SHEDU_CONF=$W/readme.conf shedu ca create root --cn Root
	SHEDU_CONF=$W/readme.conf shedu tick
	[[ -e installed/shedu.db ]]
}

@test "the installed configurations have no placeholder left" {
	local f n=0
	for f in "$SHEDU_BUILD"/{lighttpd,apache}/*.conf "$SHEDU_BUILD"/tls/*.cnf; do
		run ! grep -E '@[a-z_]+@' "$f"
		n=$((n + 1))
	done
	((n == 6))
	run "$SHEDU_SRC/server-conf" "$SHEDU_SRC/lighttpd/shedu.conf.in" address=127.0.0.1
	[[ $status == 1 && $output == *'no value for'*@conf@* ]]
	run "$SHEDU_SRC/server-conf" "$SHEDU_SRC/lighttpd/shedu.conf.in" 'conf=/a"b'
	[[ $status == 2 ]]
}
