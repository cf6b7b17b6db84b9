# The times in an answer, and what time does to a status.

load ../lib/shedu
load ocsp

# time_of NAME: "This Update" and the like of the last answer, in seconds.
time_of() {
	date -d "$(answer_text | sed -n "s/^ *$1: //p" | head -n 1)" +%s
}

@test "thisUpdate <= producedAt <= now < nextUpdate; all in whole seconds, Zulu" {
	local now n
	certify d1
	status_of d1
	now=$(date +%s)
	(($(time_of 'This Update') <= $(time_of 'Produced At')))
	(($(time_of 'Produced At') <= now && now < $(time_of 'Next Update')))
	n=$(openssl asn1parse -inform DER -in "$body_file" -strparse "$(openssl asn1parse -inform DER \
		-in "$body_file" | awk -F: '/OCTET STRING/ { print $1; exit }')" | grep GENERALIZEDTIME)
	[[ $(grep -c . <<<"$n") == 3 && $(grep -cE ':[0-9]{14}Z$' <<<"$n") == 3 ]]
}

@test "the validity is the CA's where it has one, else the configuration's" {
	certify d1
	status_of d1
	(($(time_of 'Next Update') - $(date +%s) > 11 * 3600))
	shedu ca validation issuing --set ocsp.validity=1h
	status_of d1
	(($(time_of 'Next Update') - $(date +%s) <= 3600 && $(time_of 'Next Update') - $(date +%s) > 3000))
	shedu ca validation issuing --set ocsp.validity=0
	status_of d1
	(($(time_of 'Next Update') - $(date +%s) > 11 * 3600))
}

@test "an expired certificate: its last status, and the archive cutoff is the CA's beginning" {
	local cutoff
	certify d1
	certify d2
	shedu cert revoke "$(serial_of d2.pem)" --reason KeyCompromise
	AT=+300d shedu tick
	AT=+300d status_of d2
	[[ $said == revoked && $(answer_text) != *'Archive Cutoff'* ]]
	AT=+400d shedu tick
	AT=+400d status_of d1
	[[ $said == good ]]
	cutoff=$(answer_text | sed -n '/Archive Cutoff/{n;s/^ *//p}')
	[[ $(date -d "$cutoff" +%s) == "$(date -d "$(openssl x509 -in issuing.pem -noout -startdate | sed 's/.*=//')" +%s)" ]]
	AT=+400d status_of d2
	[[ $said == revoked && $detail == *'Reason: keyCompromise'* && $(answer_text) == *'Archive Cutoff'* ]]
}

@test "on hold and released: each answer is no older than the change, and the next one differs at once" {
	local held released
	certify d1
	AT=+1h shedu cert revoke "$(serial_of d1.pem)" --reason CertificateHold
	AT=+2h status_of d1
	[[ $said == revoked && $detail == *'Reason: certificateHold'* ]]
	held=$(time_of 'Revocation Time')
	AT=+3h shedu cert release "$(serial_of d1.pem)"
	AT=+3h status_of d1
	released=$(time_of 'This Update')
	[[ $said == good ]]
	((released - held >= 2 * 3600 - 60))
	AT=+4h shedu cert revoke "$(serial_of d1.pem)" --reason KeyCompromise
	AT=+4h status_of d1
	[[ $said == revoked && $detail == *'Reason: keyCompromise'* ]]
	(($(time_of 'Revocation Time') - released >= 3600 - 60))
	(($(time_of 'This Update') >= $(time_of 'Revocation Time')))
}

@test "a clock that jumped back to before the responder's certificate: tryLater, and good again after" {
	certify d1
	ocsp_request r -cert d1.pem
	AT=-1d post_ocsp r
	assert_ocsp_error $TRY_LATER
	post_ocsp r
	check_ocsp -cert d1.pem
	[[ $said == *'d1.pem: good'* ]]
}

@test "a clock that jumped back does not bring a revoked certificate back" {
	certify d1
	AT=+1h shedu cert revoke "$(serial_of d1.pem)"
	status_of d1
	[[ $said == revoked ]]
}

@test "a CA that is revoked, its key not compromised: its certificates stand, and its own parent says it" {
	certify d1
	shedu cert revoke "$(serial_of issuing.pem)" --reason Superseded
	status_of d1
	[[ $said == good ]]
	openssl ocsp -no_nonce -issuer root.pem -cert issuing.pem -reqout r >/dev/null
	post_ocsp r
	run openssl ocsp -no_nonce -respin "$body_file" -issuer root.pem -cert issuing.pem -CAfile root.pem
	[[ $output == *'issuing.pem: revoked'*'Reason: superseded'* ]]
}

@test "a compromised CA: a certificate that was revoked before keeps its own time and reason" {
	certify d1
	certify d2
	shedu cert revoke "$(serial_of d1.pem)" --reason Superseded
	AT=+1h shedu cert revoke "$(serial_of issuing.pem)" --reason KeyCompromise
	AT=+2h status_of d1
	[[ $said == revoked && $detail == *'Reason: superseded'* ]]
	AT=+2h status_of d2
	[[ $said == revoked && $detail == *'Reason: cACompromise'* ]]
	(($(time_of 'This Update') >= $(time_of 'Revocation Time')))
}
