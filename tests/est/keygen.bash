# Helpers of the serverkeygen tests.
# shellcheck shell=bash disable=SC2154

# keygen_dms [ID [KEYGEN [PATCH]]]: a DMS with serverkeygen, its keygen settings and its settings
# patched.
keygen_dms() {
	make_dms "${1:-demo}" "$(jq -n --argjson k "${2:-"{}"}" --argjson p "${3:-"{}"}" '{
		server_keygen_settings: ({enabled: true, key: {type: "ECDSA", bits: 256}} * $k)} * $p')"
}

# keygen DMS NAME [CERT|none]: posts NAME.csr, made when missing; on 200 NAME.pem is the
# certificate and NAME.made the key.
keygen() {
	local dms=$1 name=$2 cert=(--cert "${3:-$W/bootstrap.pem}")
	[[ ${3:-} != none ]] || cert=(--https)
	[[ -e $name.csr ]] || new_csr "$name"
	pem_b64 "$name.csr" >"$name.b64"
	cgi est POST "/.well-known/est/$dms/serverkeygen" "${cert[@]}" --type application/pkcs10 \
		--body "$name.b64" || return
	[[ $status != 200 ]] || keygen_split "$name"
}

# part N: the decoded body of the Nth part of the last answer.
part() {
	tr -d '\r' <"$body_file" | awk -v n="$1" '
		/^--estServerKeyGenBoundary/ { i++; body = 0; next }
		i == n && !body { body = $0 == ""; next }
		i == n' | base64 -d
}

# keygen_split NAME: NAME.pem, and NAME.made, or NAME.p7 when it is encrypted.
keygen_split() {
	part 2 | openssl pkcs7 -inform DER -print_certs | sed -n '/-BEGIN/,/-END/p' >"$1.pem"
	if grep -aq 'server-generated-key' "$body_file"; then
		part 1 >"$1.p7"
	else
		part 1 | openssl pkey -inform DER -out "$1.made"
	fi
}

no_certificate_of() {
	[[ $(shedu --json cert list --device "$1" | jq '.list | length') == 0 ]]
}

# ski_of FILE: the subjectKeyIdentifier, lower-case hex.
ski_of() {
	openssl x509 -in "$1" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :\n' | tr A-F a-f
}
