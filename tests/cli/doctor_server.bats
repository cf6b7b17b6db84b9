# doctor, and the web server: what it passes on, and a canary through it.

load ../lib/shedu
load ../ocsp/ocsp

setup_file() {
	export SHEDU_SHARED=1
	shedu_file_begin
}

found() {
	jq -e --arg c "$1" --arg s "$2" --arg t "$3" \
		'any(.checks[]; .check == $c and .status == $s and (.text | contains($t)))' report >/dev/null ||
		{ jq -c '.checks[]' report >&2 && return 1; }
}

doctor() {
	rc=0
	shedu --json doctor "$@" >report || rc=$?
}

# The server passes the bootstrap certificate on: it has taken the newest trust bundle.
passed() {
	curl -s --max-time 5 --cacert "$ROOT_PEM" --cert bootstrap.pem --key bootstrap.key "$HTTPS_URL/v2/dms" |
		grep -q not_operator
}

# A server with the provider module as asked.
serve() {
	requires "${HTTPD:-lighttpd}"
	stop_server
	shedu dms show demo >/dev/null 2>&1 || make_dms demo
	start_server "${SERVER:-lighttpd}" "$@"
	wait_for 10 passed
}

@test "all is well behind the shipped lighttpd configuration" {
	serve
	doctor
	found server ok "for EST and the API"
	found http ok "with the CRL of CA"
	run ! found http warn "may be kept"
	found client-certificates ok "reach the responders"
	found client-certificates ok "passes expired ones"
	((rc == 0))
}

@test "all is well behind the shipped Apache configuration" {
	HTTPD=apache2 SERVER=apache serve
	doctor --enroll demo
	found client-certificates ok "passes expired ones"
	found canary ok "OCSP says revoked"
	((rc == 0))
}

# The web server's own max-age, of what it gives out as files.
max_age_of_files() {
	serve
	requires_tmpfs
	wait_for 20 test -s "$SHEDU_PUBLISH/www$(crl_path)"
	sed -i -e 's/access plus 60 seconds/access plus 3600 seconds/' -e 's/max-age=60,/max-age=3600,/' \
		"$SERVER/shedu.conf"
	restart_server
	doctor
	found http warn "may be kept for 3600 s, and ocsp.max_age is 60 s"
	((rc == 0))
}

@test "lighttpd lets caches keep files for longer than ocsp.max_age: a warning" {
	max_age_of_files
}

@test "Apache lets caches keep files for longer than ocsp.max_age: a warning" {
	HTTPD=apache2 SERVER=apache max_age_of_files
}

@test "the probe is one short-lived certificate of kind other" {
	serve
	local before after
	before=$(shedu --json cert list | jq '.list | length')
	doctor
	after=$(shedu --json cert list | jq '.list | length')
	((after == before + 1))
	[[ $(shedu --json cert list | jq -r '.list[0] | .kind + " " + .subject.common_name') == "other shedu-doctor" ]]
}

@test "a canary enrolls, OCSP knows it, and it is decommissioned" {
	serve
	doctor --enroll demo
	((rc == 0))
	found canary ok "enrolled with DMS demo"
	found canary ok "OCSP says good"
	found canary ok "is decommissioned"
	found canary ok "OCSP says revoked"
	[[ $(shedu --json device list --status ACTIVE | jq '.list | length') == 0 ]]
}

@test "a canary of a DMS that wants devices registered first" {
	serve
	make_dms pre '{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}'
	sleep 1.5 # the tick, and the server's reload
	wait_for 10 passed
	doctor --enroll pre
	((rc == 0))
	found canary ok "enrolled with DMS pre"
}

@test "a canary that is refused says why, and leaves no device in service" {
	serve
	make_dms rsa '{"issuance_profile": {"crypto_enforcement": {"enabled": true, "allow_rsa_keys": true}}}'
	sleep 1.5
	wait_for 10 passed
	doctor --enroll rsa
	((rc == 1))
	found canary fail "/.well-known/est/rsa/simpleenroll answers 400: "
	doctor --enroll nowhere
	((rc == 1))
	found canary fail "there is no DMS 'nowhere'"
}

@test "a server that does not pass certificates is found out" {
	requires lighttpd
	serve
	sed -i '/ssl.verifyclient.exportcert/s/enable/disable/' lighttpd/shedu.conf
	restart_server
	doctor
	((rc == 1))
	found client-certificates fail "does not reach the responders"
}

@test "without the provider module expired certificates are kept back: bad where a DMS wants them" {
	serve --no-provider
	doctor
	found client-certificates ok "no DMS wants them"
	shedu dms update demo - <<<'{"settings": {"reenrollment_settings": {"enable_expired_renewal": true}}}'
	doctor
	((rc == 1))
	found client-certificates fail "keeps expired certificates back"
}

@test "a server that is down" {
	stop_server
	doctor
	((rc == 1))
	found server fail "/health"
	found http fail "/crl/"
}
