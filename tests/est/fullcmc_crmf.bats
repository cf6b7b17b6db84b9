# fullcmc with requests in CRMF (RFC 4211).

load ../lib/shedu
load cmc

@test "a CRMF request renews a device" {
	with_device
	fullcmc old.pem old.key '' "$(crm 1 d1.key d1)"
	answered 200 '0 1'
	issued d1
	[[ $(openssl x509 -in d1.pem -noout -subject) == 'subject=CN = d1' ]]
	[[ $(device_version d1) == 1 ]]
}

@test "by an RA, beside a PKCS#10, with a SAN" {
	make_dms demo
	make_ra
	shedu tick
	new_csr d1
	new_key d2.key
	san=$(tlv a9 "$(tlv 30 0603551d11 "$(tlv 04 "$(tlv 30 "$(tlv 82 6432)")")")")
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)$(crm 2 d2.key d2 "$san")"
	answered 200 '0 1' '0 2'
	issued d2
	openssl x509 -in d2.pem -noout -ext subjectAltName | grep -q DNS:d2
}

@test "a proof by another key, or over another request, is popFailed" {
	with_device
	new_key other.key
	crm 1 d1.key d1 >/dev/null
	fullcmc old.pem old.key '' "$(crm 1 d1.key d1 '' "$(pop other.key)")"
	answered 400 '2 1 9'
	crm 2 d1.key d1 >/dev/null
	stale=$(pop d1.key)
	fullcmc old.pem old.key '' "$(crm 1 d1.key d1 '' "$stale")"
	answered 400 '2 1 9'
	[[ $(device_version d1) == 0 ]]
}

@test "no proof and raVerified are popRequired; key encipherment is not done" {
	with_device
	fullcmc old.pem old.key '' "$(crm 1 d1.key d1 '' '')"
	answered 400 '2 1 8'
	fullcmc old.pem old.key '' "$(crm 1 d1.key d1 '' 8000)"
	answered 400 '2 1 8'
	fullcmc old.pem old.key '' "$(crm 1 d1.key d1 '' a203810100)"
	answered 400 '2 1 9'
	says pop_unsupported
}

@test "a proof signed with SHA-1 is badAlg" {
	with_device
	crm 1 d1.key d1 >/dev/null
	weak=$(tlv a1 300906072a8648ce3d0401 "$(tlv 03 00 "$(openssl dgst -sha1 -sign d1.key crm.der | hex)")")
	fullcmc old.pem old.key '' "$(crm 1 d1.key d1 '' "$weak")"
	answered 400 '2 1 0'
}

@test "it is held to what a PKCS#10 is: the names, the key, no CA" {
	with_device
	fullcmc old.pem old.key '' "$(crm 1 d1.key d2)"
	answered 404 '2 1 4'
	fullcmc old.pem old.key '' "$(crm 1 d1.key '')"
	answered 400 '2 1 2'
	ca=$(tlv a9 "$(tlv 30 0603551d13 "$(tlv 04 30030101ff)")")
	fullcmc old.pem old.key '' "$(crm 1 d1.key d1 "$ca")"
	answered 400 '2 1 5'
	new_key p224.key secp224r1
	fullcmc old.pem old.key '' "$(crm 1 p224.key d1)"
	answered 400 '2 1 0'
}

@test "a serial number and controls are nobody's to ask for" {
	with_device
	fullcmc old.pem old.key '' "$(crm 1 d1.key d1 "$(tlv 81 07)")"
	answered 400 '2 1 2'
	says crmf_malformed
	fullcmc old.pem old.key '' "$(tlv a1 "$(tlv 30 0201 01 "$(tlv 30 "$(tlv 81 07)")")")"
	answered 400 '2 1 2'
	says crmf_template
	fullcmc old.pem old.key '' "$(tlv a1 "$(tlv 30 020101 3000 "$(tlv 30 3000)")")"
	answered 400 '2 1 2'
	says crmf_control
}
