# OCSP and CRLs of a CA that was re-keyed: both keys answer for what they signed.

load ../lib/shedu
load ocsp

# Certificates "old" and "new" of either key of the CA "issuing", and both its certificates.
two_eras() {
	certify old
	cp issuing.pem issuing-old.pem
	shedu ca rekey issuing
	ca_pem issuing >issuing-new.pem
	shedu tick
	certify new
}

# era_status ERA: the status of ERA.pem by the key that signed it.
era_status() {
	cp "issuing-$1.pem" issuing.pem
	status_of "$1"
}

# era_crl ERA: crl.der of that key, and its text in $said.
era_crl() {
	cgi ocsp GET "/crl/$(openssl x509 -in "issuing-$1.pem" -noout -ext subjectKeyIdentifier |
		tail -n 1 | tr -d ' :' | tr A-F a-f)" && assert_status 200 || return
	cp "$body_file" crl.der
	said=$(openssl crl -inform DER -in crl.der -noout -text)
	openssl crl -inform DER -in crl.der -noout -CAfile "issuing-$1.pem" 2>&1 | grep -q 'verify OK'
}

@test "OCSP: good and revoked, of either era" {
	local era
	two_eras
	for era in old new; do
		era_status $era
		[[ $said == good ]]
		shedu cert revoke "$(serial_of $era.pem)"
		era_status $era
		[[ $said == revoked ]]
	done
}

@test "OCSP: the responder of the old key is renewed" {
	two_eras
	AT=+13d shedu tick
	AT=+13d era_status old
	[[ $said == good ]]
}

@test "the CRL of each key lists the revoked of both, each once, at once" {
	local era n
	two_eras
	shedu cert revoke "$(serial_of old.pem)"
	shedu cert revoke "$(serial_of new.pem)" --reason KeyCompromise
	shedu tick
	for era in old new; do
		era_crl $era
		for n in old new; do
			[[ $(grep -ci "serial number: $(serial_of $n.pem)" <<<"$said") == 1 ]]
		done
	done
}

@test "what was revoked before the re-key is in the first CRL of the new key" {
	certify old
	shedu cert revoke "$(serial_of old.pem)"
	shedu ca rekey issuing
	ca_pem issuing >issuing-new.pem
	shedu tick
	era_crl new
	[[ ${said,,} == *"serial number: $(serial_of old.pem)"* ]]
}

@test "a serial that both keys have stands once, with the earlier time" {
	local early
	requires sqlite3
	two_eras
	shedu cert revoke "$(serial_of old.pem)"
	sleep 1.1
	shedu cert revoke "$(serial_of new.pem)"
	early=$(sqlite3 -readonly state/shedu.db "SELECT min(revoked_at) FROM certificate WHERE status = 1")
	as_user sqlite3 state/shedu.db "UPDATE certificate SET serial =
		(SELECT serial FROM certificate WHERE common_name = 'old') WHERE common_name = 'new'"
	shedu tick
	era_crl new
	[[ $(grep -c 'Serial Number:' <<<"$said") == 1 ]]
	[[ $(date -u -d "$(sed -n 's/ *Revocation Date: //p' <<<"$said")" +%s) == $((early / 1000000)) ]]
}

@test "OCSP: bridges have a status, by the key that signed them" {
	cp root.pem root-old.pem
	shedu ca rekey root
	ca_pem root >issuing.pem
	ca_pem root >root.pem
	shedu tick
	shedu --json ca show root | jq -r '. as $ca | .cross_certificates[] |
		select(.authority_key_id == $ca.issuers[0].subject_key_id) | .certificate' | base64 -d >bridge.pem
	status_of bridge
	[[ $said == good ]]
	shedu cert revoke "$(serial_of root-old.pem)" --reason KeyCompromise
	status_of bridge
	[[ $said == revoked ]]
}
