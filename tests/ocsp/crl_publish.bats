# CRLs as files for the web server: ocsp.publish_dir.

load ../lib/shedu
load ocsp

setup() {
	shedu_test_begin
	requires_tmpfs
	publish_on
	tree=$SHEDU_PUBLISH
	file=$tree/www$(crl_path)
}

# same_as_answer PATH: the file is what the responder answers, with its thisUpdate.
same_as_answer() {
	cgi ocsp GET "$1" && assert_status 200 || return
	cmp "$body_file" "$tree/www$1"
	[[ $(date -u -r "$tree/www$1" +'%a, %d %b %Y %T GMT') == "$(header Last-Modified)" ]]
	[[ $(stat -c %a "$tree/www$1") == 644 ]]
}

@test "each CRL is a file at its URL's path, with thisUpdate as its time" {
	crl_settings issuing '{"shards": 2, "delta_validity": "1h"}'
	shedu tick
	same_as_answer "$(crl_path)"
	same_as_answer "$(crl_path delta)"
	same_as_answer "$(crl_path 2-0)"
	same_as_answer "$(crl_path 2-1)"
	[[ $(find "$tree/tmp" -type f | wc -l) == 0 ]]
	[[ $(stat -c %a "$tree/www/crl/delta") == *755 ]]
}

@test "a revocation is in the file, with the CRL" {
	certify d1
	shedu tick
	shedu cert revoke "$(serial_of d1.pem)"
	shedu tick
	same_as_answer "$(crl_path)"
	run -0 openssl crl -inform DER -in "$file" -noout -text
	[[ ${output,,} == *"$(serial_of d1.pem)"* ]]
}

@test "an emptied tree is filled again, also while the tick runs" {
	shedu tick
	shedu ocsp wipe
	rm -f "$file"
	shedu tick
	same_as_answer "$(crl_path)"
	start_tick
	wait_for 20 grep -q 'tick begins' shedu.log
	rm -r "$tree"
	wait_for 20 test -s "$file"
}

@test "a file that is not the present CRL is replaced" {
	shedu tick
	as_user sh -c "echo old >$file"
	shedu tick
	same_as_answer "$(crl_path)"
}

@test "what has lapsed and cannot be signed again is taken away" {
	shedu tick
	mv state/keys state/away
	AT=+8d run ! shedu tick
	[[ ! -e $file ]]
	mv state/away state/keys
	AT=+8d shedu tick
	[[ -s $file ]]
}

@test "the last CRL of a CA that has ended stays" {
	shedu tick
	rm "$file"
	AT=+4000d run shedu tick
	[[ -s $file ]]
}

@test "a delta CRL that is no more is taken away" {
	crl_settings issuing '{"delta_validity": "1h"}'
	shedu tick
	[[ -s $tree/www$(crl_path delta) ]]
	crl_settings issuing '{}'
	shedu tick
	[[ ! -e $tree/www$(crl_path delta) && -s $file ]]
}

@test "ticks at once leave the newest" {
	local i pids=()
	certify d1
	for i in 1 2 3; do
		shedu cert revoke "$(serial_of d1.pem)" --reason CertificateHold
		for _ in 1 2 3; do
			shedu tick &
			pids+=($!)
		done
		for pid in "${pids[@]}"; do wait "$pid"; done
		pids=()
		same_as_answer "$(crl_path)"
		shedu cert release "$(serial_of d1.pem)"
	done
}

@test "a file that cannot be replaced is taken away: the responder knows of the revocation" {
	certify d1
	shedu tick
	shedu cert revoke "$(serial_of d1.pem)"
	as_user sh -c "mv $tree/tmp $tree/tmp.away"
	run ! shedu tick
	[[ ! -e $file ]]
	grep -q 'CA issuing: cannot write' shedu.log
	as_user sh -c "mv $tree/tmp.away $tree/tmp"
	shedu tick
	same_as_answer "$(crl_path)"
}

@test "a lock that is never given up holds up neither the tick nor the revocation" {
	local holder
	certify d1
	shedu tick
	shedu cert revoke "$(serial_of d1.pem)"
	exec {holder}<"$tree/locks/crl"
	flock -x "$holder"
	run ! shedu tick
	[[ ! -e $file ]]
	grep -q 'cannot lock' shedu.log
	get_crl
	[[ ${said,,} == *"$(serial_of d1.pem)"* ]]
	exec {holder}<&-
	shedu tick
	same_as_answer "$(crl_path)"
}

@test "for as long as caches may keep it, a CRL at its end is not a file" {
	crl_settings issuing '{"validity": "1h"}'
	AT=+4d shedu tick
	[[ -s $file ]]
	mv state/keys state/away
	AT=+349150s run ! shedu tick
	[[ ! -e $file ]]
	AT=+349150s cgi ocsp GET "$(crl_path)"
	assert_status 200
}
