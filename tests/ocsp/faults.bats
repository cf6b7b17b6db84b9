# When something is missing: tryLater as an OCSP body, 503 for a CRL, and recovery without a restart.

load ../lib/shedu
load ocsp

@test "the responder's certificate is renewed by the tick, and its key with it" {
	local keys
	certify d1
	keys=$(ls state/responders | wc -l)
	AT=+8d shedu tick
	[[ $(ls state/responders | wc -l) == $((2 * keys)) ]]
	AT=+10d status_of d1
	[[ $said == good ]]
	touch -d '25 hours ago' state/responders/*
	AT=+16d shedu tick
	[[ $(ls state/responders | wc -l) == $((2 * keys)) ]]
}

@test "an expired responder: tryLater, until the tick runs" {
	certify d1
	ocsp_request r -cert d1.pem
	AT=+15d post_ocsp r
	assert_ocsp_error $TRY_LATER
	AT=+15d shedu tick
	AT=+15d status_of d1
	[[ $said == good ]]
}

@test "no answer outlives its signer" {
	certify d1
	AT=+335h status_of d1
	[[ $(date -d "$(sed -n 's/.*Next Update: //p' <<<"$detail")" +%s) -le $(($(date +%s) + 14 * 86400)) ]]
}

@test "a responder's key that is gone or unreadable: tryLater; the tick makes another" {
	certify d1
	ocsp_request r -cert d1.pem
	rm -f state/responders/*
	post_ocsp r
	assert_ocsp_error $TRY_LATER
	shedu tick
	status_of d1
	[[ $said == good ]]
	for f in state/responders/*; do echo rubbish >"$f"; done
	post_ocsp r
	assert_ocsp_error $TRY_LATER
}

@test "no database: tryLater for OCSP, 503 for a CRL, 404 for what is neither" {
	local path
	certify d1
	path=$(crl_path)
	ocsp_request r -cert d1.pem
	mv state/shedu.db away.db
	post_ocsp r
	assert_ocsp_error $TRY_LATER
	cgi ocsp GET "/ocsp/$(path_of r)"
	assert_ocsp_error $TRY_LATER
	cgi ocsp GET "$path"
	assert_status 503
	[[ -n $(header Retry-After) ]]
	cgi ocsp GET /nothing
	assert_status 404
	mv away.db state/shedu.db
	status_of d1
	[[ $said == good ]]
}

@test "a database of another schema: tryLater" {
	certify d1
	ocsp_request r -cert d1.pem
	sqlite3 state/shedu.db 'UPDATE meta SET schema = 999'
	own state
	post_ocsp r
	assert_ocsp_error $TRY_LATER
}

@test "a database that another process has locked: tryLater, and an answer when it lets go" {
	certify d1
	ocsp_request r -cert d1.pem
	background lock sqlite3 state/shedu.db 'PRAGMA locking_mode = EXCLUSIVE' 'BEGIN EXCLUSIVE' \
		'UPDATE meta SET schema = schema' \
		'.shell touch locked; while [ -e locked ]; do sleep 0.1; done'
	wait_for 10 test -e locked
	post_ocsp r
	assert_ocsp_error $TRY_LATER
	rm locked
	wait_for 10 status_of d1
	[[ $said == good ]]
}

@test "running workers: a database that is taken away and comes back" {
	local url path i
	requires lighttpd curl
	certify d1
	path=$(crl_path)
	SHEDU_PUBLISH= start_server lighttpd --no-tick # what is published needs no database
	ocsp_request r -cert d1.pem
	url=$HTTP_URL/ocsp/$(path_of r)
	for i in {1..6}; do
		web GET "$url"
		check_ocsp -cert d1.pem
		[[ $said == *'d1.pem: good'* ]]
	done
	mkdir away
	mv state/shedu.db* away/
	for i in {1..6}; do
		web GET "$url"
		assert_ocsp_error $TRY_LATER
		web GET "$HTTP_URL$path"
		assert_status 503
	done
	mv away/shedu.db* state/
	for i in {1..6}; do
		web GET "$url"
		check_ocsp -cert d1.pem
		[[ $said == *'d1.pem: good'* ]]
	done
}

@test "the responder only reads: it answers from a database that it may not write" {
	certify d1
	chmod 0444 state/shedu.db state/shedu.db-*
	status_of d1
	[[ $said == good ]]
}
