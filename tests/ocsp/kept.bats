# The answers that are kept: used again by every worker, and never longer than they are true.

load ../lib/shedu
load ocsp

setup() {
	shedu_test_begin
	certify d1
	ocsp_request r -cert d1.pem
}

# The answer's octets, in hex. An error has five, and differs from every answer.
ask() {
	post_ocsp r
	assert_status 200
	[[ $(stat -c %s "$body_file") -gt 5 ]] || { xxd "$body_file" >&2 && return 1; }
	said_octets=$(xxd -p -c 0 "$body_file")
}

answers() {
	sqlite3 "$W/state/ocsp/answers.db" 'SELECT count(*) FROM answer_1'
}

@test "another process gives the very octets again, by POST and by GET" {
	local first
	ask
	first=$said_octets
	ask
	[[ $said_octets == "$first" ]]
	cgi ocsp GET "/ocsp/$(path_of r)"
	[[ $(xxd -p -c 0 "$body_file") == "$first" ]]
	cgi ocsp GET "/ocsp/$(path_of r)" --header "If-None-Match: $(header ETag)"
	assert_status 304
}

@test "after a revocation the next answer says so, after a release too" {
	ask
	shedu cert revoke "$(serial_of d1.pem)" --reason CertificateHold
	ask
	check_ocsp -cert d1.pem
	[[ $said == *'d1.pem: revoked'* ]]
	shedu cert release "$(serial_of d1.pem)"
	ask
	check_ocsp -cert d1.pem
	[[ $said == *'d1.pem: good'* ]]
}

@test "the compromise of the CA above makes the next answer revoked" {
	ask
	shedu cert revoke "$(serial_of issuing.pem)" --reason CACompromise
	ask
	check_ocsp -cert d1.pem
	[[ $said == *'d1.pem: revoked'* ]]
}

@test "another epoch of the database makes the kept answers void" {
	local before
	ask
	before=$said_octets
	sqlite3 "$W/state/shedu.db" "UPDATE meta SET epoch = randomblob(16)"
	ask
	[[ $said_octets != "$before" ]]
}

@test "a renewed responder signs anew" {
	local before
	AT=+8d ask
	before=$said_octets
	signer_of_answer old.pem
	AT=+8d shedu tick
	AT=+8d ask
	[[ $said_octets != "$before" ]]
	AT=+8d check_ocsp -cert d1.pem
	[[ $said == *'d1.pem: good'* ]]
	signer_of_answer new.pem
	never cmp -s old.pem new.pem
}

@test "it is signed anew in the second half of its time" {
	local before
	ask
	before=$said_octets
	AT=+4h ask
	[[ $said_octets == "$before" ]]
	AT=+7h ask
	[[ $said_octets != "$before" ]]
}

@test "neither a nonce's answer nor one for an unissued serial is kept" {
	openssl ocsp -issuer issuing.pem -cert d1.pem -reqout r >/dev/null
	ask
	ocsp_request r -serial 0x1234
	ask
	[[ ! -e $W/state/ocsp/answers.db || $(answers) == 0 ]]
}

@test "a damaged file of answers is done without, and made anew" {
	ask
	printf 'no database at all, but long enough to be taken for one%.0s' {1..100} >"$W/state/ocsp/answers.db"
	rm -f "$W/state/ocsp/answers.db-wal" "$W/state/ocsp/answers.db-shm"
	ask
	check_ocsp -cert d1.pem
	[[ $said == *'d1.pem: good'* ]]
	ask
	[[ $(answers) == 1 ]]
}

@test "an answer whose octets were changed in the file is not given" {
	local before
	ask
	before=$said_octets
	sqlite3 "$W/state/ocsp/answers.db" "UPDATE answer_1 SET der = zeroblob(100)"
	ask
	check_ocsp -cert d1.pem
	[[ $said == *'d1.pem: good'* && $said_octets != "$before" ]]
}

@test "a folder that cannot be used is no reason to refuse an answer" {
	rm -rf "$W/state/ocsp" && : >"$W/state/ocsp"
	ask
	check_ocsp -cert d1.pem
	[[ $said == *'d1.pem: good'* ]]
}

# certid_with PARAMETERS: of d1.pem, the parameters of its hash in hexadecimal.
certid_with() {
	local certid hashes
	certid=$(certid_of d1)
	hashes=${certid#*1a0500}
	der 30 "$(der 30 "06052b0e03021a$1")$hashes"
}

@test "a CertID whose hash has parameters of its own does not fill the disk" {
	request_of r "$(certid_with "$(der 04 "$(printf 'aa%.0s' {1..60000})")")"
	post_ocsp r
	assert_ocsp_error $MALFORMED
	request_of r "$(certid_with '')"
	ask
	check_ocsp -cert d1.pem
	[[ $said == *'d1.pem: good'* ]]
	[[ $(answers) == 1 ]]
}

@test "locks that cannot be had are logged, and done without" {
	rm -rf state/ocsp && as_user mkdir -m 700 -p state/ocsp/signing.locks
	ask
	check_ocsp -cert d1.pem
	[[ $said == *'d1.pem: good'* && $(<shedu.log) == *'signed at once: '*'/signing.locks: Is a directory'* ]]
}
