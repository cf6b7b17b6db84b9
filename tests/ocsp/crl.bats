# CRLs: made by the tick, served by the responder, understood by openssl.

load ../lib/shedu
load ocsp

@test "each CA has a CRL, signed by it, with a number" {
	get_crl
	[[ $(header Content-Type) == application/pkix-crl ]]
	[[ $said == *'X509v3 CRL Number'*$'\n'*1* && $said == *'No Revoked Certificates'* ]]
	run openssl crl -inform DER -in crl.der -noout -CAfile issuing.pem
	[[ $output == *'verify OK'* ]]
}

@test "a revocation is in the next CRL, with its reason; a release takes it out" {
	certify d1
	shedu cert revoke "$(serial_of d1.pem)" --reason CertificateHold
	shedu tick
	get_crl
	[[ ${said,,} == *"serial number: $(serial_of d1.pem)"* && $said == *'Certificate Hold'* ]]
	[[ $said == *'CRL Number'*$'\n'*2* ]]
	shedu cert release "$(serial_of d1.pem)"
	shedu tick
	get_crl
	[[ $said == *'No Revoked Certificates'* && $said == *'CRL Number'*$'\n'*3* ]]
}

@test "the tick signs it soon after the revocation" {
	certify d1
	start_tick
	shedu cert revoke "$(serial_of d1.pem)"
	in_crl() { get_crl && [[ ${said,,} == *"serial number: $(serial_of d1.pem)"* ]]; }
	wait_for 20 in_crl
}

@test "openssl verify -crl_check takes one certificate and refuses the other" {
	certify d1
	certify d2
	shedu cert revoke "$(serial_of d2.pem)"
	shedu tick
	get_crl
	openssl crl -inform DER -in crl.der -out crl.pem
	openssl verify -crl_check -CAfile root.pem -untrusted issuing.pem -CRLfile crl.pem d1.pem
	run openssl verify -crl_check -CAfile root.pem -untrusted issuing.pem -CRLfile crl.pem d2.pem
	[[ $status != 0 && $output == *'certificate revoked'* ]]
}

@test "its URL stands in certificates, and so does OCSP's" {
	certify d1
	run openssl x509 -in d1.pem -noout -text
	[[ $output == *"URI:$HTTP_URL$(crl_path)"* && $output == *"OCSP - URI:$HTTP_URL/ocsp"* ]]
}

@test "Lamassu's path serves the same" {
	get_crl
	cgi ocsp GET "/api/va$(crl_path)"
	assert_status 200
	cmp "$body_file" crl.der
}

@test "caches: ETag, 304, max-age" {
	get_crl
	[[ $(header Cache-Control) == max-age=60,* ]]
	cgi ocsp GET "$(crl_path)" --header "If-None-Match: $(header ETag)"
	assert_status 304
}

@test "it is refreshed before it lapses, and only then" {
	local first
	get_crl
	first=$(sha256sum <crl.der)
	AT=+3d shedu tick
	get_crl
	[[ $(sha256sum <crl.der) == "$first" ]]
	AT=+4d shedu tick
	get_crl
	[[ $said == *'CRL Number'*$'\n'*2* ]]
}

@test "a lapsed CRL is not handed out: 503, until the tick runs" {
	AT=+8d cgi ocsp GET "$(crl_path)"
	assert_status 503
	[[ -n $(header Retry-After) && $(header Cache-Control) == no-store ]]
	AT=+8d shedu tick
	AT=+8d cgi ocsp GET "$(crl_path)"
	assert_status 200
}

@test "an expired certificate leaves the CRL a period after its end" {
	shedu cert issue --ca issuing --kind bootstrap --cn d1 --validity 10d \
		--out "$W/d1.pem" --out-key "$W/d1.key"
	shedu cert revoke "$(serial_of d1.pem)"
	AT=+12d shedu tick
	AT=+12d get_crl
	[[ ${said,,} == *"serial number: $(serial_of d1.pem)"* ]]
	AT=+20d shedu tick
	AT=+24d shedu tick
	AT=+24d get_crl
	[[ $said == *'No Revoked Certificates'* ]]
}

@test "no such CA: 404" {
	cgi ocsp GET /crl/00112233
	assert_status 404
	[[ $(header Cache-Control) == no-store ]]
	cgi ocsp GET /crl/xyz
	assert_status 404
	cgi ocsp GET /crl/
	assert_status 404
}

@test "ticks that run at once do the work once" {
	local i pids=() before keys
	certify d1
	shedu cert revoke "$(serial_of d1.pem)"
	before=$(sqlite3 -readonly state/shedu.db 'SELECT count(*) FROM crl')
	for i in 1 2 3 4; do
		AT=+8d shedu tick &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	AT=+8d get_crl
	[[ $said == *'CRL Number'*$'\n'*2* ]]
	keys=$(($(ls state/responders | wc -l) - before))	# the old ones have a day
	[[ $keys == "$before" && $keys == $(sqlite3 -readonly state/shedu.db 'SELECT count(*) FROM responder') ]]
	AT=+8d status_of d1
	[[ $said == revoked ]]
}
