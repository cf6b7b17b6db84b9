# fullcmc by an RA (id-kp-cmcRA): several requests in one message, partial success.

load ../lib/shedu
load cmc

with_ra() {
	make_dms demo "$@"
	make_ra
	shedu tick
	new_csr d1
	new_csr d2
}

@test "an RA enrolls two devices by one message" {
	with_ra
	fullcmc ra.pem ra.key "$(transaction)" "$(tcr 1 d1.csr)$(tcr 2 d2.csr)"
	answered 200 '0 1' '0 2'
	issued d1
	issued d2
	[[ $(device_version d1) == 0 && $(device_version d2) == 0 ]]
}

@test "one good, one bad: the good one's certificate and the bad one's reason" {
	with_ra
	openssl req -in d2.csr -outform DER | hex | sed 's/....$/0000/' >bad.hex
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)$(tlv a0 "$(int 2)" "$(<bad.hex)")"
	answered 200 '0 1' '2 2 9'
	says csr_signature
	issued d1
	api GET /v2/devices/d2
	assert_status 404
}

@test "all bad: the status of the first, nothing is issued" {
	with_ra
	openssl req -new -key d1.key -subj /CN=d1 -addext basicConstraints=CA:TRUE -out d1.csr
	openssl req -new -key d2.key -subj / -out d2.csr
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)$(tcr 2 d2.csr)"
	answered 400 '2 1 5' '2 2 2'
	says csr_ca csr_common_name
	api GET /v2/devices
	[[ $(json '.list | length') == 0 ]]
}

@test "the rules of an enrollment hold: not preregistered, no replacement" {
	with_ra '{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}'
	shedu device add d2 --dms demo
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)$(tcr 2 d2.csr)"
	answered 200 '2 1 2' '0 2'
	says not_preregistered
	new_key d2.key
	new_csr d2
	fullcmc ra.pem ra.key '' "$(tcr 1 d2.csr)"
	answered 409 '2 1 2'
	says already_enrolled
}

@test "an RA is not used up by an enrollment, as a bootstrap certificate is" {
	with_ra '{"enrollment_settings": {"revoke_bootstrap_on_enrollment": true}}'
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	fullcmc ra.pem ra.key '' "$(tcr 1 d2.csr)"
	answered 200 '0 1'
}

@test "a bootstrap certificate, without cmcRA, is no RA: 401, badIdentity" {
	with_ra
	fullcmc bootstrap.pem bootstrap.key '' "$(tcr 1 d1.csr)"
	answered 401 '2 0 7'
	api GET /v2/devices
	[[ $(json '.list | length') == 0 ]]
}

@test "an RA of another CA, and one that was revoked, are 401" {
	with_ra
	cp ra.key other.key
	openssl req -x509 -new -key other.key -subj '/CN=line 1 RA' -addext extendedKeyUsage=1.3.6.1.5.5.7.3.28 \
		-addext keyUsage=digitalSignature -days 30 -out other.pem
	fullcmc other.pem other.key '' "$(tcr 1 d1.csr)"
	answered 401 '2 0 7'
	shedu cert revoke "$(serial_of ra.pem)"
	fullcmc ra.pem ra.key '' "$(tcr 1 d1.csr)"
	answered 401 '2 1 7'
}

@test "an RA certificate needs no clientAuth, and a key usage that allows signatures" {
	with_ra
	shedu ca create factory --cn 'Test Factory' --validity 20y
	echo '{"settings": {"enrollment_settings": {"est_rfc7030_settings": {"client_certificate_settings":
		{"validation_cas": ["factory"]}}}}}' | shedu dms update demo -
	new_key f.key
	openssl req -new -key f.key -subj '/CN=ra2' -out f.csr
	sign_by_factory signs digitalSignature
	sign_by_factory agrees keyAgreement
	fullcmc agrees.pem f.key '' "$(tcr 1 d1.csr)"
	answered 401 '2 0 7'
	says certificate_purpose
	fullcmc signs.pem f.key '' "$(tcr 1 d1.csr)"
	answered 200 '0 1'
	post issuing
	answered 200 '0 1'
}

# sign_by_factory NAME KEYUSAGE: NAME.pem for f.csr, with cmcRA alone, by the CA's own key file.
sign_by_factory() {
	printf 'extendedKeyUsage=1.3.6.1.5.5.7.3.28\nkeyUsage=%s\n' "$2" >f.ext
	ca_pem factory >factory.pem
	openssl x509 -req -in f.csr -CA factory.pem -CAkey "$(factory_key)" -days 30 -extfile f.ext \
		-set_serial "0x$RANDOM$RANDOM" -out "$1.pem"
}

factory_key() {
	local f
	for f in state/keys/*; do
		[[ $(openssl pkey -in "$f" -pubout 2>/dev/null) == "$(openssl x509 -in factory.pem -noout -pubkey)" ]] &&
			echo "$f" && return
	done
}

@test "two requests of one device in a renewal: the second is not by its active certificate any more" {
	with_device
	new_csr e1 -subj /CN=d1
	fullcmc old.pem old.key '' "$(tcr 1 d1.csr)$(tcr 2 e1.csr)"
	answered 200 '0 1' '2 2 7'
	[[ $(device_version d1) == 1 ]]
}
