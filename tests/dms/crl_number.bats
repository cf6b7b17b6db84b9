# POST /v2/cas/{ca}/crl.

load ../lib/shedu
load dms

@test "the CA as it is now; the next CRL has the number" {
	send POST /v2/cas/root/crl '{"number": 41}'
	assert_status 200
	assert_json .id root
	shedu tick
	cgi ocsp GET "/crl/$(shedu --json ca show root | jq -r .certificate.subject_key_id)"
	openssl crl -inform DER -in "$body_file" -noout -crlnumber | grep -qi '=\(0x\)\?29$'
}

@test "refused: 404 unknown, 400 no number, 409 not above the last one" {
	send POST /v2/cas/nowhere/crl '{"number": 41}'
	assert_refused 404 ca_not_found
	send POST /v2/cas/root/crl '{}'
	assert_status 400
	assert_output_has /number
	send POST /v2/cas/root/crl '{"number": 0}'
	assert_status 400
	send POST /v2/cas/root/crl '{"number": 1}'
	assert_refused 409 crl_number
	[[ $(sqlite3 -readonly state/shedu.db "SELECT count(*) FROM event WHERE type = 'ca.crl.number.update'") == 0 ]]
}

@test "JSON only: no page of another site can let a browser send it" {
	send POST /v2/cas/root/crl '{"number": 41}' text/plain
	assert_status 415
}

@test "an admin's only" {
	operator_cert auditor
	echo '{"number": 41}' >number.json
	as auditor POST /v2/cas/root/crl number.json
	assert_status 403
	shedu operator add op --role operator --out "$W/op.pem" --out-key "$W/op.key"
	as op POST /v2/cas/root/crl number.json
	assert_status 403
}
