# csrattrs (RFC 7030 4.5, RFC 8951 4.1, RFC 9908): what the DMS wants to see in a request.

load ../lib/shedu

# asks LABEL: the answer, as DER in asked.der and as text in asked.
asks() {
	cgi est GET "/.well-known/est/$1/csrattrs" --https || return
	[[ $status != 200 ]] || {
		openssl base64 -d -in "$body_file" >asked.der
		openssl asn1parse -inform DER -in asked.der >asked
	}
}

profile() {
	make_dms demo "{\"issuance_profile\": $1}"
}

@test "a profile that demands nothing: 204 without a body" {
	profile '{}'
	asks demo
	assert_status 204
	[[ ! -s $body_file ]]
}

@test "the type is application/csrattrs, the body base64 in lines, without authentication" {
	profile '{"crypto_enforcement": {"enabled": true, "allow_rsa_keys": true, "allowed_rsa_key_sizes": [3072]}}'
	asks demo
	assert_status 200
	[[ $(header Content-Type) == application/csrattrs ]]
	[[ $(header Content-Length) == "$(stat -c %s "$body_file")" ]]
	[[ $(awk 'length > max { max = length } END { print max }' "$body_file") == 64 ]]
	cgi est GET /.well-known/est/demo/csrattrs --https --agent ''
	[[ $(wc -l <"$body_file") == 1 ]]
}

@test "one curve and its digest: the bytes of RFC 8951's form, then the template" {
	profile '{"crypto_enforcement": {"enabled": true, "allow_ecdsa_keys": true,
		"allowed_ecdsa_key_sizes": [384]}, "signature_hash": "SHA-384"}'
	asks demo
	# SEQUENCE { Attribute ecPublicKey { secp384r1 }, ecdsa-with-SHA384, template }
	[[ $(od -An -v -tx1 -j2 -N30 asked.der | tr -d ' \n') == \
		301206072a8648ce3d0201310706052b8104002206082a8648ce3d040303 ]]
	grep -q 'OBJECT *:1.2.840.113549.1.9.16.2.61' asked
	[[ $(grep -c secp384r1 asked) == 2 ]]
}

@test "an RSA size is an INTEGER, and in the template a key of that length" {
	profile '{"crypto_enforcement": {"enabled": true, "allow_rsa_keys": true, "allowed_rsa_key_sizes": [3072]}}'
	asks demo
	grep -q 'INTEGER *:0C00' asked
	[[ $(grep -c rsaEncryption asked) == 2 ]]
	grep -q 'l= *39[0-9] prim: *BIT STRING' asked
}

@test "several kinds of keys: each is listed, the template has the first" {
	profile '{"crypto_enforcement": {"enabled": true, "allow_ecdsa_keys": true, "allow_ed25519_keys": true,
		"allow_rsa_keys": true, "allowed_ecdsa_key_sizes": [256, 521]}, "signature_hash": "SHA-512"}'
	asks demo
	[[ $(grep -c prime256v1 asked) == 2 && $(grep -c secp521r1 asked) == 1 ]]
	[[ $(grep -c ED25519 asked) == 1 && $(grep -c 'rsaEncryption' asked) == 1 ]]
	grep -q ecdsa-with-SHA512 asked
	grep -q sha512WithRSAEncryption asked
}

@test "required extensions: one extensionRequest of one Extensions, and a template for those without value" {
	profile '{"required_extensions": ["2.5.29.15", "2.5.29.17", "2.5.29.37"]}'
	asks demo
	[[ $(grep -c 'Extension Request' asked) == 1 ]]
	[[ $(grep -c 'X509v3 Subject Alternative Name' asked) == 2 ]]
	[[ $(grep -c 'X509v3 Key Usage' asked) == 2 && $(grep -c 03020780 asked) == 2 ]]
	grep -q 'OBJECT *:1.2.840.113549.1.9.16.2.62' asked
}

@test "the profile's subject is in the template, the common name is the device's to fill in" {
	profile '{"honor_subject": false, "subject": {"organization": "Acme", "country": "ES"}}'
	asks demo
	grep -q 'PRINTABLESTRING *:ES' asked
	grep -q 'UTF8STRING *:Acme' asked
	[[ $(tail -n 2 asked) == *commonName*'cont [ 1 ]'* ]]
}

@test "by the profile in force: the DMS's id, then its own, then the CA's default" {
	echo '{"signature_hash": "SHA-512"}' | shedu profile create strict
	make_dms demo '{"issuance_profile_id": "strict", "issuance_profile": {"signature_hash": "SHA-384"}}'
	asks demo
	grep -q ecdsa-with-SHA512 asked
	shedu dms update demo - <<<'{"settings": {"issuance_profile_id": null}}'
	asks demo
	grep -q ecdsa-with-SHA384 asked
	jq -n '{id: "sub", parent_id: "root", subject: {common_name: "Sub"}, key_metadata: {type: "ECDSA", bits: 256},
		ca_expiration: {type: "Duration", duration: "5y"}, profile_id: "strict"}' >ca.json
	api POST /v2/cas ca.json
	assert_status 201
	shedu dms update demo - <<<'{"settings": {"issuance_profile": null, "enrollment_settings": {"enrollment_ca": "sub"}}}'
	asks demo
	grep -q ecdsa-with-SHA512 asked
}

@test "every form of the label; an unknown one is 404, another method 405" {
	local uri
	profile '{"signature_hash": "SHA-384"}'
	asks demo
	for uri in /.well-known/est/csrattrs /.well-known/est/issuing/csrattrs /.well-known/est/Test%20Issuing/csrattrs \
		/api/dmsmanager/.well-known/est/demo/csrattrs /api/devmanager/.well-known/demo/csrattrs; do
		cgi est GET "$uri" --https
		assert_status 200
		openssl base64 -d -in "$body_file" | cmp - asked.der
	done
	cgi est GET /.well-known/est/nobody/csrattrs --https
	assert_status 404
	cgi est GET /.well-known/est/bootstrap/csrattrs --https
	assert_status 404
	cgi est POST /.well-known/est/demo/csrattrs --https
	assert_status 405
}

@test "a CA's label with DMSs that ask for different things is a 400" {
	profile '{"signature_hash": "SHA-384"}'
	make_dms other '{"issuance_profile": {"signature_hash": "SHA-384"}}'
	cgi est GET /.well-known/est/issuing/csrattrs --https
	assert_status 200
	make_dms third
	cgi est GET /.well-known/est/issuing/csrattrs --https
	assert_status 400
	assert_output_has ambiguous_label
}
