# A CA that was re-keyed: devices of both eras renew, and build paths from what cacerts gives them.

load ../lib/shedu

# cacerts FILE [DMS]
get_cacerts() {
	cgi est GET "/.well-known/est/${2:-demo}/cacerts" --https && assert_status 200 || return
	p7_pem "$body_file" >"$1"
}


@test "a leaf of each era has a path to either root, by cacerts" {
	local era root
	make_dms demo
	cp "$W/root.pem" root-old.pem
	enroll_device demo old
	shedu ca rekey root
	shedu ca rekey issuing
	ca_pem root >root-new.pem
	get_cacerts all.pem
	enroll_device demo new
	[[ $(openssl x509 -in old.pem -noout -ext authorityKeyIdentifier) != \
		"$(openssl x509 -in new.pem -noout -ext authorityKeyIdentifier)" ]]
	for era in old new; do
		for root in old new; do
			openssl verify -CAfile "root-$root.pem" -untrusted all.pem "$era.pem"
		done
	done
}

@test "without the bridges there is no path across: the test above proves them" {
	make_dms demo
	cp "$W/root.pem" root-old.pem
	enroll_device demo old
	shedu ca rekey root
	ca_pem root >root-new.pem
	run openssl verify -CAfile root-new.pem -untrusted issuing.pem old.pem
	[[ $status != 0 ]]
}

@test "after several re-keys, too: a leaf of each era has a path to the root of each" {
	local root
	make_dms demo
	cp "$W/root.pem" root-1.pem
	enroll_device demo d1
	for root in 2 3; do
		shedu ca rekey root
		shedu ca rekey issuing
		ca_pem root >root-$root.pem
		enroll_device demo d$root
	done
	get_cacerts all.pem
	for root in 1 2 3; do
		openssl verify -CAfile "root-$root.pem" -untrusted all.pem d1.pem d2.pem d3.pem
	done
}

@test "a device of the old era renews, and its certificate is of the new key" {
	make_dms demo
	enroll_device demo d1
	cp d1.pem before.pem
	shedu ca rekey issuing
	enroll demo d1 simplereenroll "$W/before.pem"
	assert_status 200
	ca_pem issuing >new-issuing.pem
	openssl verify -partial_chain -CAfile new-issuing.pem d1.pem
	cp d1.pem second.pem
	shedu ca rekey root
	shedu ca rekey issuing
	enroll demo d1 simplereenroll "$W/second.pem"
	assert_status 200
	shedu --json device show d1 | jq -e '.identity.active_version == 2'
}

@test "a lost answer is repeated across a re-key" {
	make_dms demo
	enroll_device demo d1
	cp d1.pem first.pem
	shedu ca rekey issuing
	enroll demo d1
	assert_status 200
	cmp d1.pem first.pem
}

@test "bootstrap certificates of both eras enroll, also under a re-keyed root" {
	make_dms demo
	make_dms under '{"enrollment_settings": {"est_rfc7030_settings": {"client_certificate_settings": {"validation_cas": ["root"]}}}}'
	shedu cert issue --ca issuing --kind bootstrap --cn b --out "$W/b.pem" --out-key "$W/b.key"
	shedu ca rekey bootstrap
	shedu ca rekey root
	shedu cert issue --ca bootstrap --kind bootstrap --cn factory2 \
		--out "$W/bootstrap2.pem" --out-key "$W/bootstrap2.key"
	enroll_device demo d1
	new_csr d2
	enroll demo d2 simpleenroll "$W/bootstrap2.pem"
	assert_status 200
	new_csr d3
	enroll under d3 simpleenroll "$W/b.pem"
	assert_status 200
}

@test "once the old key is revoked, its certificates are refused; those of the new one are not" {
	make_dms demo
	shedu ca rekey bootstrap
	shedu cert issue --ca bootstrap --kind bootstrap --cn factory2 \
		--out "$W/bootstrap2.pem" --out-key "$W/bootstrap2.key"
	shedu cert revoke "$(serial_of bootstrap-ca.pem)" --reason KeyCompromise
	new_csr d1
	enroll demo d1
	assert_status 401
	enroll demo d1 simpleenroll "$W/bootstrap2.pem"
	assert_status 200
}

@test "certificates without a key identifier, as other tools make them, are told apart by signature" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ext.key \
		-out ext.pem -subj '/CN=External' -days 400 -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
	chmod a+r ext.key
	new_csr plain
	openssl x509 -req -in plain.csr -CA ext.pem -CAkey ext.key -days 30 -out plain.pem 2>/dev/null
	openssl x509 -in plain.pem -noout -text >plain.text
	never grep -q 'Authority Key' plain.text
	shedu ca import ext --cert "$W/ext.pem" --key "$W/ext.key"
	make_dms demo '{"enrollment_settings": {"est_rfc7030_settings": {"client_certificate_settings": {"validation_cas": ["ext"]}}}}'
	shedu ca rekey ext
	new_csr d1
	enroll demo d1 simpleenroll "$W/plain.pem"
	assert_status 200
	new_key other.key
	openssl req -x509 -key other.key -out other.pem -subj '/CN=External' -days 30 2>/dev/null
	openssl x509 -req -in plain.csr -CA other.pem -CAkey other.key -days 30 -out forged.pem 2>/dev/null
	new_csr d2
	enroll demo d2 simpleenroll "$W/forged.pem"
	assert_status 401
}
