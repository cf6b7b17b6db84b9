# cert: issue, list, show, revoke, release.

load ../lib/shedu

issue() {
	shedu cert issue --ca bootstrap --kind bootstrap --cn "$1" --out "$1.pem" --out-key "$1.key"
}

@test "issue makes key and certificate that belong together" {
	run -0 issue b1
	[[ $output == "issued "*": b1.pem" ]]
	[[ $(openssl x509 -in b1.pem -noout -pubkey) == "$(openssl pkey -in b1.key -pubout)" ]]
	openssl verify -CAfile bootstrap-ca.pem b1.pem
	[[ $(stat -c %a b1.key) == 600 ]]
	[[ $(grep -c BEGIN b1.pem) == 1 ]]
}

@test "a server certificate has its names, its purpose, and the chain behind it" {
	shedu cert issue --ca issuing --kind server --cn s --san s.example --san 127.0.0.2 \
		--out s.pem --out-key s.key --validity 10d
	openssl x509 -in s.pem -noout -ext subjectAltName,extendedKeyUsage >ext
	grep -q 'DNS:s.example' ext && grep -q 'IP Address:127.0.0.2' ext
	grep -q 'TLS Web Server Authentication' ext
	# RFC 7030 3.6.1: clients know the EST server of a CA by it
	grep -q '1.3.6.1.5.5.7.3.28\|CMC Registration Authority' ext
	[[ $(grep -c BEGIN s.pem) == 2 ]]
	openssl verify -CAfile root.pem -untrusted s.pem s.pem
	openssl x509 -in s.pem -noout -checkend $((9 * 86400))
	! openssl x509 -in s.pem -noout -checkend $((11 * 86400))
}

@test "a request is signed as it is, or under another name" {
	new_csr mine
	chmod a+r mine.csr
	shedu cert issue --ca bootstrap --kind bootstrap --csr "$W/mine.csr" --out mine.pem
	[[ $(openssl x509 -in mine.pem -noout -subject) == *"CN = mine" ]]
	shedu cert issue --ca bootstrap --kind bootstrap --csr "$W/mine.csr" --cn yours --out - >yours.pem
	[[ $(openssl x509 -in yours.pem -noout -subject) == *"CN = yours" ]]
	[[ $(openssl x509 -in yours.pem -noout -pubkey) == "$(openssl pkey -in mine.key -pubout)" ]]
}

@test "a refused issue leaves neither key nor certificate, and never writes over a key" {
	run -1 shedu cert issue --ca nowhere --kind bootstrap --cn x --out x.pem --out-key x.key
	[[ ! -e x.pem && ! -e x.key ]]
	issue keep
	cp keep.pem keep.before
	run -1 issue keep
	cmp keep.pem keep.before
	[[ $(openssl x509 -in keep.pem -noout -pubkey) == "$(openssl pkey -in keep.key -pubout)" ]]
	run -1 shedu cert issue --ca bootstrap --kind wrong --cn x --out x.pem --out-key x.key
	[[ ! -e x.key ]]
}

@test "issue wants a request or a key file, not both, not neither" {
	run -2 shedu cert issue --ca bootstrap --kind bootstrap --cn x --out x.pem
	run -2 shedu cert issue --ca bootstrap --kind bootstrap --csr a --out x.pem --out-key x.key
	run -2 shedu cert issue --ca bootstrap --kind bootstrap --csr a --san b --out x.pem
	run -2 shedu cert issue --ca bootstrap --kind bootstrap --out x.pem --out-key x.key
	[[ ! -e x.pem && ! -e x.key ]]
}

@test "list newest first, filtered by device and DMS; show by serial in any form" {
	local serial
	make_dms demo
	enroll_device demo d1
	serial=$(serial_of d1.pem)
	[[ $(shedu --json cert list | jq -r '.list[0].serial_number') == "$serial" ]]
	[[ $(shedu --json cert list --device d1 | jq -r '.list | length') == 1 ]]
	[[ $(shedu --json cert list --dms demo | jq -r '.list[].serial_number') == "$serial" ]]
	[[ $(shedu --json cert list --dms other | jq -r '.list | length') == 0 ]]
	run -0 shedu cert list --device d1
	[[ $output == "SERIAL"*"$serial"*"ACTIVE"*"d1"* ]]
	run -0 shedu cert show "$(sed 's/../&:/g; s/:$//' <<<"${serial^^}")"
	[[ $output == *"serial_number: $serial"* ]]
	run -1 shedu cert show 00ff
}

@test "revoke with its reason, once; hold and release" {
	local serial
	issue r1
	serial=$(serial_of r1.pem)
	run -0 shedu cert revoke "$serial" --reason Superseded
	[[ $output == *"REVOKED" ]]
	[[ $(shedu --json cert show "$serial" | jq -r '.status + " " + .revocation_reason') == "REVOKED Superseded" ]]
	run -1 shedu cert revoke "$serial"
	run -1 shedu cert release "$serial"
	issue r2
	serial=$(serial_of r2.pem)
	shedu cert revoke "$serial" --reason CertificateHold
	shedu cert release "$serial"
	[[ $(shedu --json cert show "$serial" | jq -r .status) == ACTIVE ]]
	run -1 --separate-stderr shedu cert revoke "$serial" --reason Whim
	[[ $stderr == *Whim* ]]
}

@test "--issuer decides whose serial is meant" {
	local serial ski
	issue i1
	serial=$(serial_of i1.pem)
	ski=$(shedu --json ca show bootstrap | jq -r .certificate.subject_key_id)
	shedu cert show "$serial" --issuer "$ski"
	ski=$(shedu --json ca show issuing | jq -r .certificate.subject_key_id)
	run -1 shedu cert revoke "$serial" --issuer "$ski"
	[[ $(shedu --json cert show "$serial" | jq -r .status) == ACTIVE ]]
}
