# ocsp publish: the whole set of answers, for servers that are not ours.

load ../lib/shedu
load ../ocsp/ocsp

setup_file() {
	shedu_file_begin
}

setup() {
	shedu_test_begin
	make_dms demo
	for i in 1 2 3; do
		enroll_published demo "d$i"
		ocsp_request "d$i.req" -cert "d$i.pem"
	done
	mkdir out
	own out
}

# said_of N [sha256]: what the file in out says of device N, verified.
said_of() {
	ocsp_request asked ${2:+"-$2"} -cert "d$1.pem"
	openssl ocsp -respin "out/ocsp/$(path_of asked | tr -s /)" -issuer issuing.pem ${2:+"-$2"} \
		-cert "d$1.pem" -CAfile root.pem -no_nonce 2>verify | sed -n "s/^d$1.pem: //p"
	grep -q 'Response verify OK' verify
}

@test "all: each certificate by both hashes, verified; the report counts" {
	local certificates
	shedu --json ocsp publish --all "$W/out" >report 2>progress
	certificates=$(as_user sqlite3 state/shedu.db 'SELECT count(*) FROM certificate')
	jq -e --argjson n "$certificates" '.certificates == $n and .written + .left_out == 2 * $n
		and .kept == 0 and .failed == 0' report
	[[ $(find out/ocsp -type f | wc -l) == "$(jq .written report)" && ! -e out/cursor ]]
	[[ $(said_of 1) == good && $(said_of 2 sha256) == good ]]
	grep -q "$certificates certificates" progress
}

@test "since: what changed, what is missing, and what is past half its time" {
	shedu --json ocsp publish --all "$W/out" >report 2>/dev/null
	since=$(jq -r .began report)
	shedu cert revoke "$(serial_of d1.pem)" >/dev/null
	ocsp_request asked -cert d2.pem
	rm "out/ocsp/$(path_of asked | tr -s /)"
	shedu --json ocsp publish --all "$W/out" --since "$since" >report 2>/dev/null
	jq -e '.written == 3 and .kept > 3' report
	[[ $(said_of 1) == revoked && $(said_of 1 sha256) == revoked && $(said_of 2) == good ]]
	AT=+7h shedu --json ocsp publish --all "$W/out" --since "$since" >report 2>/dev/null
	jq -e '.kept == 0' report
}

@test "since: a change that was dated before the last run, and came after it" {
	shedu --json ocsp publish --all "$W/out" >report 2>/dev/null
	shedu cert revoke "$(serial_of d1.pem)" >/dev/null
	as_user sqlite3 state/shedu.db "UPDATE certificate SET status_at = status_at - 60000000 WHERE status = 1"
	shedu --json ocsp publish --all "$W/out" --since "$(jq -r .began report)" >report 2>/dev/null
	jq -e '.kept > 3' report
	[[ $(said_of 1) == revoked && $(said_of 1 sha256) == revoked && $(said_of 2) == good ]]
}

# revised COLUMNS: a change of the revocation of d1 that is dated before the last run, and came after it:
# the next one takes its answers, and none besides.
revised() {
	shedu --json ocsp publish --all "$W/out" >report 2>/dev/null
	sleep 1.1
	shedu --json ocsp publish --all "$W/out" --since "$(jq -r .began report)" >report 2>/dev/null
	jq -e '.written == 0' report
	as_user sqlite3 state/shedu.db "UPDATE certificate SET $1 WHERE status = 1"
	shedu --json ocsp publish --all "$W/out" --since "$(jq -r .began report)" >report 2>/dev/null
	jq -e '.written == 2' report
}

@test "since: a reason that became another" {
	shedu cert revoke "$(serial_of d1.pem)" --reason Superseded >/dev/null
	sleep 1.1
	revised "reason = 1"
	ocsp_request asked -cert d1.pem
	openssl ocsp -respin "out/ocsp/$(path_of asked | tr -s /)" -noverify -resp_text | grep -q 'keyCompromise'
}

@test "since: a revocation of another date" {
	shedu cert revoke "$(serial_of d1.pem)" >/dev/null
	sleep 1.1
	revised "revoked_at = revoked_at - 86400000000"
}

@test "since: what was written while the clock was ahead is written anew" {
	AT=+2m shedu --json ocsp publish --all "$W/out" >report 2>/dev/null
	shedu --json ocsp publish --all "$W/out" --since "$(jq -r .began report)" >report 2>/dev/null
	jq -e '.written == 0' report # valid already, by ocsp.backdate
	AT=+1d shedu --json ocsp publish --all "$W/out" >report 2>/dev/null
	shedu --json ocsp publish --all "$W/out" --since "$(jq -r .began report)" >report 2>/dev/null
	jq -e '.kept == 0 and .written > 3' report
}

@test "since: a CA that was revoked is all of its certificates" {
	shedu --json ocsp publish --all "$W/out" >report 2>/dev/null
	shedu cert revoke "$(openssl x509 -in issuing.pem -noout -serial | sed 's/.*=//' | tr A-F a-f)" \
		--reason KeyCompromise >/dev/null
	shedu tick || :
	shedu --json ocsp publish --all "$W/out" --since "$(jq -r .began report)" >report 2>/dev/null || :
	[[ $(said_of 2) == revoked ]]
}

@test "resume: goes on behind the cursor" {
	# As after a page that ended with the greatest key but one.
	last=$(as_user sqlite3 state/shedu.db "SELECT lower(hex(serial)) || ' ' || lower(hex(issuer)) FROM certificate
		ORDER BY serial DESC, issuer DESC LIMIT 1 OFFSET 1")
	echo "0 1700000000000000 $last" >out/cursor
	shedu --json ocsp publish --all "$W/out" --resume >report 2>/dev/null
	jq -e '.certificates == 1 and .began == "2023-11-14T22:13:20Z"' report
	[[ ! -e out/cursor ]]
	echo nonsense >out/cursor
	run -1 shedu ocsp publish --all "$W/out" --resume
	[[ $output == *"no cursor"* ]]
}

@test "killed in the middle, and resumed: all are there" {
	local n
	requires_strace
	run as_user strace -o trace -e trace=rename -e inject=rename:signal=KILL:when=4 \
		"$SHEDU" --conf "$SHEDU_CONF" ocsp publish --all "$W/out"
	((status != 0))
	n=$(find out/ocsp -type f | wc -l)
	shedu --json ocsp publish --all "$W/out" --resume >report 2>/dev/null
	(($(find out/ocsp -type f | wc -l) > n))
	[[ $(said_of 1) == good && $(said_of 3) == good ]]
}

@test "a CA without responder: the others are written, and it is said" {
	rm state/responders/*
	run -1 shedu ocsp publish --all "$W/out"
	[[ $output == *"could not be made"* ]]
	[[ -z $(find out/ocsp -type f 2>/dev/null) ]]
}

@test "never into what the web server gives out" {
	requires_tmpfs
	publish_on
	run -1 shedu ocsp publish --all "$SHEDU_PUBLISH/www"
	[[ $output == *"apart from"* ]]
}

@test "wipe without a folder says so" {
	run -1 shedu ocsp wipe
	[[ $output == *"ocsp.publish_dir"* ]]
}
