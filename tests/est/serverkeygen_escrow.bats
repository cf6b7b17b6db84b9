# Keys that are kept, encrypted to their recipient, and that nothing else of a key stays anywhere.

load ../lib/shedu
load keygen

# recipient NAME openssl-req-options...: NAME.pem .key
recipient() {
	openssl req -x509 -nodes -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" -days 9 "${@:2}" 2>/dev/null
}

escrow_dms() {
	keygen_dms demo "$(jq -n --rawfile p "$1.pem" '{escrow_recipient: $p}')"
}

# The key as it came and the one that was kept are the same.
same_key() {
	openssl cms -decrypt -inform PEM -in kept.pem -recip "$1.pem" -inkey "$1.key" |
		openssl pkey -inform DER -out kept.key
	[[ $(openssl pkey -in kept.key -outform DER | sha256sum) == \
		"$(openssl pkey -in d1.made -outform DER | sha256sum)" ]]
}

@test "the recipient decrypts what is kept to the same key, RSA and EC" {
	recipient rsa -newkey rsa:2048 -addext keyUsage=keyEncipherment
	escrow_dms rsa
	keygen demo d1
	assert_status 200
	shedu cert escrow "$(serial_of d1.pem)" --out kept.pem
	same_key rsa
	recipient ec -newkey ec -pkeyopt ec_paramgen_curve:P-384 -addext keyUsage=keyAgreement
	jq -n --rawfile p ec.pem '{settings: {server_keygen_settings: {escrow_recipient: $p}}}' |
		shedu dms update demo -
	keygen demo d1
	assert_status 200
	shedu cert escrow "$(serial_of d1.pem)" --out kept.pem
	same_key ec
}

@test "the API gives it to admins alone, and each reading is an event" {
	local role
	recipient rsa -newkey rsa:2048
	escrow_dms rsa
	keygen demo d1
	for role in auditor operator; do
		shedu operator add "an-$role" --role $role --out an-$role.pem --out-key an-$role.key
		cgi dms GET "/v2/certificates/$(serial_of d1.pem)/escrow" --cert an-$role.pem
		assert_status 403
	done
	api GET /v2/devices/d1/events
	[[ $output != *certificate.escrow.read* ]]
	api GET "/v2/certificates/$(serial_of d1.pem)/escrow"
	assert_status 200
	[[ $(header Content-Type) == 'application/pkcs7-mime; smime-type=enveloped-data' ]]
	openssl cms -decrypt -inform DER -in "$body_file" -recip rsa.pem -inkey rsa.key -out key.der
	openssl pkey -inform DER -in key.der -noout
	api GET /v2/devices/d1/events
	assert_output_has certificate.escrow.read
}

@test "without a recipient nothing is kept: 404" {
	keygen_dms
	keygen demo d1
	api GET "/v2/certificates/$(serial_of d1.pem)/escrow"
	assert_status 404
	assert_output_has 'no key is kept'
	run shedu cert escrow "$(serial_of d1.pem)" --out kept.pem
	[[ $status == 1 && $output == *'no key is kept'* && ! -e kept.pem ]]
}

@test "a recipient that cannot receive is refused when the DMS is written" {
	recipient ed -newkey ed25519
	recipient sign -newkey rsa:2048 -addext keyUsage=digitalSignature
	recipient ecsign -newkey ec -pkeyopt ec_paramgen_curve:P-256 -addext keyUsage=keyEncipherment
	local r
	for r in ed sign ecsign; do
		run escrow_dms $r
		[[ $status != 0 && $output == *server_keygen_settings/escrow_recipient* ]]
	done
	cat sign.pem sign.pem >two.pem
	run escrow_dms two
	[[ $status != 0 && $output == *'expected one certificate'* ]]
	run keygen_dms no "$(jq -n --rawfile p ed.pem '{recipients: $p}')"
	[[ $status != 0 && $output == *server_keygen_settings/recipients* ]]
}

# no_trace FILE...: none of them has the private number of the key: not as octets, hex or base64.
no_trace() {
	local hex b64
	hex=$(openssl pkey -in d1.made -noout -text | sed -n '/^priv:/,/^pub:/p' | sed '/:$/!d' |
		sed '/^priv:/d;/^pub:/d' | tr -d ' :\n')
	b64=$(openssl pkey -in d1.made -outform DER | openssl base64 -A | cut -c 60-90)
	openssl pkey -in d1.made -outform DER | xxd -p | tr -d '\n' | grep -q "${hex:?}"
	cat "$@" | xxd -p | tr -d '\n' >all.hex
	run ! grep -q "$hex" all.hex
	run ! grep -aqi "$hex" "$@"
	run ! grep -aq -- "$b64" "$@"
}

@test "nothing of a key stays in the database, the log or a file, escrow or not" {
	keygen_dms
	keygen demo d1
	assert_status 200
	no_trace state/shedu.db* shedu.log cgi.err
	recipient rsa -newkey rsa:2048
	jq -n --rawfile p rsa.pem '{settings: {server_keygen_settings: {escrow_recipient: $p}}}' |
		shedu dms update demo -
	keygen demo d1
	assert_status 200
	no_trace state/shedu.db* shedu.log cgi.err
	run ! grep -rlaq "$(openssl pkey -in d1.made -outform DER | openssl base64 -A | cut -c 60-90)" state
}

@test "symmetric keys are secrets: shown by no API, and checked when written" {
	local kek=000102030405060708090a0b0c0d0e0f
	keygen_dms demo "{\"symmetric_keys\": \"0a0b:$kek\"}"
	api GET /v2/dms/demo
	assert_status 200
	[[ $output != *"$kek"* ]]
	api GET /v2/events
	[[ $output != *"$kek"* ]]
	run keygen_dms no '{"symmetric_keys": "c0ffee:00112233"}'
	[[ $status != 0 && $output == *server_keygen_settings/symmetric_keys* && $output != *00112233* ]]
}
