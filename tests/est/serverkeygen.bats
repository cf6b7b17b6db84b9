# serverkeygen (RFC 7030 4.4): the answer, whose key it is, and who may not have one.

load ../lib/shedu
load keygen

@test "two parts: the key first, one certificate for it last, and nothing is to be cached" {
	keygen_dms
	keygen demo d1
	assert_status 200
	[[ $(header Content-Type) == 'multipart/mixed; boundary=estServerKeyGenBoundary' ]]
	[[ $(header Cache-Control) == no-store && -z $(header Content-Transfer-Encoding) ]]
	[[ $(grep -c '^--estServerKeyGenBoundary' "$body_file") == 3 ]]
	[[ $(grep -a '^Content-Type' "$body_file" | tr -d '\r') == \
		$'Content-Type: application/pkcs8\nContent-Type: application/pkcs7-mime; smime-type=certs-only' ]]
	[[ $(grep -c '^Content-Transfer-Encoding: base64' "$body_file") == 2 ]]
	[[ $(grep -c BEGIN d1.pem) == 1 ]]
	openssl verify -CAfile root.pem -untrusted issuing.pem d1.pem
	[[ $(openssl x509 -in d1.pem -noout -pubkey) == "$(openssl pkey -in d1.made -pubout)" ]]
	[[ $(openssl x509 -in d1.pem -noout -pubkey) != "$(openssl pkey -in d1.key -pubout)" ]]
	run ! no_certificate_of d1
}

@test "every line of the answer ends in CRLF, also before the boundaries, and is at most 64 long" {
	keygen_dms
	keygen demo d1
	[[ $(wc -l <"$body_file") == $(grep -c $'\r$' "$body_file") ]]
	tail -c 2 "$body_file" | cmp - <(printf '\r\n')
	run ! grep -aEq '^[A-Za-z0-9+/=]{65,}' "$body_file"
}

@test "who sends no User-Agent gets base64 in one line" {
	keygen_dms
	new_csr d1
	pem_b64 d1.csr >d1.b64
	cgi est POST /.well-known/est/demo/serverkeygen --cert bootstrap.pem --agent '' \
		--env HTTP_USER_AGENT= --type application/pkcs10 --body d1.b64
	assert_status 200
	[[ $(grep -aEc '^[A-Za-z0-9+/=]{65,}' "$body_file") == 2 ]]
	keygen_split d1
	openssl pkey -in d1.made -noout
}

@test "the recipe of the Protocols page finds the certificate" {
	keygen_dms
	keygen demo d1
	sed -n '/application\/pkcs7-mime/,$p' "$body_file" | sed '/-/d' | openssl base64 -d |
		openssl pkcs7 -inform DER -print_certs -out recipe.pem
	[[ $(serial_of recipe.pem) == "$(serial_of d1.pem)" ]]
}

@test "RSA, the other curves and Ed25519, as the DMS says" {
	local t
	for t in RSA:2048 RSA:3072 ECDSA:384 ECDSA:521 Ed25519:0; do
		keygen_dms "dms-${t%:*}${t#*:}" "{\"key\": {\"type\": \"${t%:*}\", \"bits\": ${t#*:}}}"
		keygen "dms-${t%:*}${t#*:}" "d-${t/:/}"
		assert_status 200
		[[ $(openssl x509 -in "d-${t/:/}.pem" -noout -pubkey) == \
			"$(openssl pkey -in "d-${t/:/}.made" -pubout)" ]]
	done
	openssl pkey -in d-RSA3072.made -noout -text | grep -q '3072 bit'
}

@test "not enabled: 404 with a text, whoever asks" {
	make_dms demo
	keygen demo d1
	assert_status 404
	assert_output_has keygen_disabled 'server_keygen_settings' simpleenroll
	keygen demo d1 none
	assert_status 404
	no_certificate_of d1
}

@test "not authenticated: 401 with the challenge, nothing made" {
	keygen_dms
	keygen demo d1 none
	assert_status 401
	[[ $(header WWW-Authenticate) == ClientCertificate* ]]
	no_certificate_of d1
}

# The processor time of the responders, not what else goes on.
cpu_of_four() {
	local TIMEFORMAT=%U i
	{ time for i in 1 2 3 4; do
		keygen demo "$1$i"
		assert_status "$2"
	done >&2; } 2>cpu.all || return
	tail -n 1 cpu.all
}

@test "a refused caller costs no key" {
	local i refused made
	keygen_dms demo '{"key": {"type": "RSA", "bits": 4096}}' \
		'{"enrollment_settings": {"registration_mode": "PRE_REGISTRATION"}}'
	for i in 1 2 3 4; do
		new_csr "no$i"
		new_csr "yes$i"
		shedu device add "yes$i" --dms demo
	done
	refused=$(cpu_of_four no 403)
	made=$(cpu_of_four yes 200)
	echo "refused $refused s, made $made s" >&2
	(($(bc <<<"$refused * 2 < $made")))
}
