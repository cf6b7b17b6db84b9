#!/usr/bin/env bats
# CAs and issuance profiles.

load ../lib/shedu
load dms

# make_ca ID PATCH
make_ca() {
	send POST /v2/cas "$(jq -n --arg id "$1" --argjson patch "${2:-"{}"}" '{id: $id,
		subject: {common_name: $id, organization: "Test"},
		key_metadata: {type: "ECDSA", bits: 256},
		ca_expiration: {type: "Duration", duration: "100d"}} * $patch')"
}

@test "a root is made, 201, self-signed, at level 0" {
	make_ca r2
	assert_status 201
	assert_json .id r2
	assert_json .level 0
	assert_json .certificate.is_ca true
	assert_json .certificate.subject.organization Test
	assert_json .certificate.type MANAGED
	json .certificate.certificate | base64 -d >r2.pem
	openssl verify -CAfile r2.pem r2.pem
	as admin GET /v2/cas/r2
	assert_status 200
}

@test "a subordinate is at level 1, under its parent, and does not outlive it" {
	make_ca r2
	make_ca s2 '{"parent_id": "r2", "ca_expiration": {"duration": "9y"}}'
	assert_status 201
	assert_json .level 1
	assert_json '.chain | length' 2
	json '.chain[0]' | base64 -d >s2.pem
	json '.chain[1]' | base64 -d >r2.pem
	openssl verify -CAfile r2.pem s2.pem
	local end
	end=$(json .certificate.valid_to)
	as admin GET /v2/cas/r2
	assert_json .certificate.valid_to "$end"
}

@test "an id that is a CA's or a DMS's is 409" {
	make_ca issuing
	assert_status 409
	make_dms demo
	make_ca demo
	assert_status 409
}

@test "what is wrong with an order is told at once" {
	make_ca 'a b' '{"parent_id": "none", "profile_id": "none", "key_metadata": {"type": "ROT13"}}'
	assert_refused 400 fields
	assert_json '[.problems[].pointer] | sort | join(" ")' \
		"/id /key_metadata/type /parent_id /profile_id"
	make_ca weak '{"key_metadata": {"type": "RSA", "bits": 512}}'
	assert_status 400
	as admin GET /v2/cas/weak
	assert_refused 404 ca_not_found
}

@test "a CA without its key is imported, and is IMPORTED_WITHOUT_KEY" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout x.key -out x.pem \
		-subj /CN=Foreign -days 100 -addext basicConstraints=critical,CA:TRUE 2>/dev/null
	send POST /v2/cas/import "$(jq -n --arg c "$(b64_file x.pem)" '{id: "foreign", ca: $c}')"
	assert_status 201
	assert_json .certificate.type IMPORTED_WITHOUT_KEY
	new_csr t
	send POST /v2/cas/foreign/certificates/sign \
		"$(jq -n --arg c "$(b64_file t.csr)" '{csr: $c, kind: "server"}')"
	assert_status 503
}

@test "a CA with its key is imported and signs; no answer shows the key" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout x.key -out x.pem \
		-subj /CN=Foreign -days 1000 -addext basicConstraints=critical,CA:TRUE 2>/dev/null
	send POST /v2/cas/import "$(jq -n --arg c "$(b64_file x.pem)" --arg k "$(b64_file x.key)" \
		'{id: "foreign", ca: $c, private_key: $k}')"
	assert_status 201
	[[ $output != *PRIVATE* && $output != *private_key* ]]
	new_csr t
	send POST /v2/cas/foreign/certificates/sign \
		"$(jq -n --arg c "$(b64_file t.csr)" '{csr: $c, kind: "bootstrap"}')"
	assert_status 201
	json .certificate | base64 -d >t.pem
	openssl verify -CAfile x.pem t.pem
}

@test "what is no certificate is not imported: 400" {
	send POST /v2/cas/import '{"id": "x", "ca": "aGVsbG8="}'
	assert_status 400
	send POST /v2/cas/import '{"id": "x"}'
	assert_status 400
}

@test "signing: the kind's profile, with members of its own over it" {
	new_csr web -addext subjectAltName=DNS:web.example
	send POST /v2/cas/issuing/certificates/sign "$(jq -n --arg c "$(b64_file web.csr)" \
		'{csr: $c, kind: "server", profile: {validity: {type: "Duration", duration: "10d"}}}')"
	assert_status 201
	assert_json '.extensions.extended_key_usage | index("ServerAuth")' 0
	assert_json .kind server
	json .certificate | base64 -d >web.pem
	openssl x509 -in web.pem -noout -ext subjectAltName | grep web.example
	openssl x509 -in web.pem -noout -checkend $((9 * 86400))
	never openssl x509 -in web.pem -noout -checkend $((11 * 86400))
	as admin GET "/v2/certificates/$(json .serial_number)"
	assert_status 200
}

@test "signing refuses: no CSR, no CA, an unknown kind, a broken signature" {
	new_csr t
	send POST /v2/cas/issuing/certificates/sign '{"csr": "bm8=", "kind": "chief"}'
	assert_refused 400 fields
	assert_json '[.problems[].pointer] | sort | join(" ")' "/csr /kind"
	send POST /v2/cas/none/certificates/sign '{}'
	assert_refused 404 ca_not_found
	openssl req -in t.csr -outform DER -out t.der
	printf '\1\2\3' | dd of=t.der bs=1 seek=$(($(stat -c %s t.der) - 8)) conv=notrunc status=none
	openssl req -inform DER -in t.der -out bad.csr 2>/dev/null
	send POST /v2/cas/issuing/certificates/sign \
		"$(jq -n --arg c "$(b64_file bad.csr)" '{csr: $c, kind: "server"}')"
	assert_status 400
}

@test "profiles: made with an id of their own or given, listed, shown, 409 on a second" {
	send POST /v2/profiles '{"id": "p1", "name": "P", "validity": {"type": "Duration", "duration": "5d"}}'
	assert_status 201
	assert_json .validity.duration 5d
	send POST /v2/profiles '{"id": "p1"}'
	assert_refused 409 profile_exists
	send POST /v2/profiles '{"name": "Q"}'
	assert_status 201
	assert_json '.id | test("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")' true
	as admin GET /v2/profiles
	assert_json '.list | length' 2
	as admin GET /v2/profiles/p1
	assert_json .name P
	as admin GET /v2/profiles/none
	assert_refused 404 profile_not_found
	send POST /v2/profiles '{"key_usage": ["Juggle"]}'
	assert_refused 400 fields
}

@test "a CA tells of the profile that it was given, by the id that it had" {
	send POST /v2/profiles '{"id": "p1"}'
	make_ca r2 '{"profile_id": "p1"}'
	assert_status 201
	assert_json .profile_id p1
	make_ca r3 '{"issuance_profile": {"id": "none", "name": "mine"}}'
	assert_status 201
	assert_json '[has("profile_id"), .issuance_profile.name] | tostring' '[false,"mine"]'
}

@test "a CA without an expiration has one of ten years; one that is too far is 400" {
	send POST /v2/cas '{"id": "r2", "subject": {"common_name": "r2"}}'
	assert_status 201
	assert_json '.certificate | (.valid_to[:4] | tonumber) - (.valid_from[:4] | tonumber) | . >= 9' true
	local d
	for d in 1m 50000d; do
		make_ca r3 "{\"ca_expiration\": {\"duration\": \"$d\"}}"
		assert_refused 400 fields
		assert_json '.problems[0].pointer' /ca_expiration/duration
	done
}
