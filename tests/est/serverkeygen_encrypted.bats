# serverkeygen with the key encrypted to the client (RFC 7030 4.4.1.1, 4.4.1.2, 4.4.2).

load ../lib/shedu
load csr
load keygen

SYMMETRIC=1.2.840.113549.1.9.16.2.37 ASYMMETRIC=1.2.840.113549.1.9.16.2.54
KEK=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f

# request_key ATTRIBUTE ID-HEX [CIPHER...]: d1.csr that wants its key encrypted so.
request_key() {
	local i=0 c
	local lines=('[attrs]' a=SEQ:at ${3:+b=SEQ:bt} '[at]' "o=OID:$1" v=SET:av '[av]' "e=FORMAT:HEX,OCT:$2")
	if (($# > 2)); then
		lines+=('[bt]' o=OID:1.2.840.113549.1.9.15 v=SET:bv '[bv]' c=SEQ:caps '[caps]')
		for c in "${@:3}"; do lines+=("c$((++i))=SEQ:c$i"); done
		i=0
		for c in "${@:3}"; do lines+=("[c$((++i))]" "o=OID:$c"); done
	fi
	request UTF8:d1 "${lines[@]}"
}

keygen_dms_kek() {
	keygen_dms demo "{\"symmetric_keys\": \"0a0b:${KEK:0:32} c0ffee:$KEK\"}" \
		'{"enrollment_settings": {"enable_replaceable_enrollment": true}}'
	shedu tick
}

# opens OPTIONS...: d1.p7 decrypts with them to a package signed by the EST signer, with the key
# of d1.pem in it.
opens() {
	assert_status 200
	[[ $output != *application/pkcs8* ]]
	openssl cms -decrypt -inform DER -in d1.p7 -out signed.der "$@"
	openssl cms -verify -inform DER -in signed.der -CAfile root.pem \
		-purpose any -out package.der -signer signer.pem
	openssl x509 -in signer.pem -noout -ext extendedKeyUsage |
		grep -q 'CMC Registration Authority\|1.3.6.1.5.5.7.3.32'
	openssl cms -cmsout -print -noout -inform DER -in signed.der |
		grep -q 'eContentType:.*2.16.840.1.101.2.1.2.78.5'
	# the only element of the AsymmetricKeyPackage
	tail -c +4 package.der | openssl pkey -inform DER -out d1.made
	[[ $(openssl x509 -in d1.pem -noout -pubkey) == "$(openssl pkey -in d1.made -pubout)" ]]
}

structure() {
	openssl cms -cmsout -print -noout -inform DER -in d1.p7
}

# refused CODE: as encryption is not possible: no key, no certificate.
refused_key() {
	assert_status 400
	assert_output_has "$1"
	[[ $output != *pkcs8* && $output != *pkcs7* ]]
	no_certificate_of d1
}

@test "DecryptKeyIdentifier: encrypted with the symmetric key of that id" {
	keygen_dms_kek
	request_key $SYMMETRIC c0ffee aes-256-cbc
	keygen demo d1
	opens -secretkey $KEK -secretkeyid c0ffee
	structure | grep -q 'algorithm: aes-256-cbc'
	structure | grep -q 'd.kekri'
}

@test "of the SMIMECapabilities the first that is served is taken, in CBC or GCM" {
	local c
	keygen_dms_kek
	# AES in CBC with 128 and 192 bits, in GCM with 128 and 256
	for c in 2 22 6 46; do
		c=2.16.840.1.101.3.4.1.$c
		request_key $SYMMETRIC 0a0b des-ede3-cbc $c aes-256-cbc
		keygen demo d1
		opens -secretkey "${KEK:0:32}" -secretkeyid 0a0b
		structure | grep -q "^ *algorithm: .*($c)"
	done
}

@test "without SMIMECapabilities: AES-128-CBC, which everybody has" {
	keygen_dms_kek
	request_key $SYMMETRIC c0ffee
	keygen demo d1
	opens -secretkey $KEK -secretkeyid c0ffee
	structure | grep -q 'algorithm: aes-128-cbc'
}

@test "AsymmetricDecryptKeyIdentifier: the presented certificate, RSA" {
	keygen_dms
	shedu tick
	shedu cert issue --ca bootstrap --kind bootstrap --cn r --key RSA:2048 --out r.pem --out-key r.key
	request_key $ASYMMETRIC "$(ski_of r.pem)" aes-256-cbc
	keygen demo d1 r.pem
	opens -recip r.pem -inkey r.key
	structure | grep -q 'd.ktri'
}

@test "AsymmetricDecryptKeyIdentifier: EC, and the SHA-1 of the key as its name" {
	keygen_dms
	shedu tick
	request_key $ASYMMETRIC "$(openssl x509 -in bootstrap.pem -noout -pubkey |
		openssl pkey -pubin -outform DER | tail -c 65 | sha1sum | cut -c-40)" aes-256-cbc
	keygen demo d1
	opens -recip bootstrap.pem -inkey bootstrap.key
	structure | grep -q 'd.kari'
}

@test "AsymmetricDecryptKeyIdentifier: a certificate that the DMS lists" {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout list.key -out list.pem -subj /CN=list -days 9 \
		-addext keyUsage=keyEncipherment 2>/dev/null
	keygen_dms demo "$(jq -n --rawfile p list.pem '{recipients: $p}')"
	shedu tick
	request_key $ASYMMETRIC "$(ski_of list.pem)" aes-128-cbc
	keygen demo d1
	opens -recip list.pem -inkey list.key
}

@test "an unknown identifier is 400 with no key and no certificate" {
	keygen_dms_kek
	request_key $SYMMETRIC deadbeef aes-256-cbc
	keygen demo d1
	refused_key keygen_key_id
	assert_output_has deadbeef 4.4.1.1
	request_key $ASYMMETRIC deadbeef aes-256-cbc
	keygen demo d1
	refused_key keygen_key_id
}

@test "no served algorithm, both identifiers, or a malformed one: 400, never a key in the clear" {
	keygen_dms_kek
	request_key $SYMMETRIC c0ffee des-ede3-cbc rc2-cbc
	keygen demo d1
	refused_key keygen_algorithm
	request UTF8:d1 '[attrs]' a=SEQ:at b=SEQ:bt '[at]' o=OID:$SYMMETRIC v=SET:av '[av]' \
		e=FORMAT:HEX,OCT:c0ffee '[bt]' o=OID:$ASYMMETRIC v=SET:av
	keygen demo d1
	refused_key csr_keygen
	request UTF8:d1 '[attrs]' a=SEQ:at '[at]' o=OID:$SYMMETRIC v=SET:av '[av]' e=UTF8:c0ffee
	keygen demo d1
	refused_key csr_keygen
}

@test "while the CA has no signer yet: 503, nothing made" {
	keygen_dms demo "{\"symmetric_keys\": \"c0ffee:$KEK\"}"
	request_key $SYMMETRIC c0ffee aes-256-cbc
	keygen demo d1
	assert_status 503
	no_certificate_of d1
}

@test "what cannot be encrypted as asked is refused before an operator is asked" {
	keygen_dms demo '{}' '{"enrollment_settings": {"manual_approval": true}}'
	request_key $SYMMETRIC 0a0b
	keygen demo d1
	assert_status 400
	assert_output_has keygen_key_id
	shedu --json approval list | jq -e '.list | length == 0'
}
