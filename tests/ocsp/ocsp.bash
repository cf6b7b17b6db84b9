# What the tests of OCSP and CRLs share.
# shellcheck shell=bash disable=SC2154,SC2034

# certify NAME [KIND]: NAME.pem and NAME.key of the CA "issuing"; it is the state owner's.
certify() {
	shedu cert issue --ca issuing --kind "${2:-bootstrap}" --cn "$1" \
		--out "$W/$1.pem" --out-key "$W/$1.key"
}

# ocsp_request FILE [openssl ocsp options]: a request about certificates of the CA "issuing".
ocsp_request() {
	local file=$1
	shift
	openssl ocsp -issuer "$W/issuing.pem" -no_nonce "$@" -reqout "$file" >/dev/null
}

# post_ocsp FILE [cgi options]
post_ocsp() {
	local file=$1
	shift
	cgi ocsp POST /ocsp --type application/ocsp-request --body "$file" "$@"
}

# The request in a file as it stands in a path: standard base64, not escaped.
path_of() {
	base64 -w0 "$1"
}

# check_ocsp [openssl ocsp options]: what openssl makes of the last answer, verified up to the root;
# AT is the time of the verification too. Sets $said.
check_ocsp() {
	said=$(env ${AT:+"FAKETIME=$AT" "LD_PRELOAD=$FAKETIME_LIB"} openssl ocsp -respin "$body_file" -issuer "$W/issuing.pem" \
		-CAfile "$W/root.pem" -no_nonce "$@" 2>&1) && return
	printf '%s\n' "$said" >&2
	return 1
}

# status_of NAME: asks by POST, verifies, and sets $said to "good", "revoked", "unknown" ...
status_of() {
	ocsp_request "$1.req" -cert "$1.pem" && post_ocsp "$1.req" && assert_status 200 || return
	check_ocsp -cert "$1.pem"
	[[ $said == *'Response verify OK'* ]] || {
		printf '%s\n' "$said" >&2
		return 1
	}
	detail=$said
	said=$(sed -n "s/^$1.pem: //p" <<<"$said")
}

# assert_ocsp_error STATUS: the last answer is this OCSPResponseStatus and nothing else, and is not
# to be kept.
assert_ocsp_error() {
	assert_status 200
	[[ $(header Content-Type) == application/ocsp-response ]]
	[[ $(header Cache-Control) == *no-store* ]]
	[[ $(xxd -p "$body_file") == "30030a01$1" ]] || {
		xxd "$body_file" >&2
		return 1
	}
}
MALFORMED=01 TRY_LATER=03 UNAUTHORIZED=06

# crl_path [SCOPE]: of the CRL of the CA "issuing", or its delta, or the shard K of N: N-K.
crl_path() {
	echo "/crl/${1:+$1/}$(shedu --json ca show issuing | jq -r .certificate.subject_key_id)"
}

# get_crl: crl.der and its text in $said.
get_crl() {
	cgi ocsp GET "$(crl_path)" && assert_status 200 || return
	cp "$body_file" crl.der
	said=$(openssl crl -inform DER -in crl.der -noout -text)
}

# crl_settings CA JSON: the CA's CRLs are made so from now on.
crl_settings() {
	as_user sqlite3 state/shedu.db "UPDATE ca SET validation = '{\"crl\": $2}' WHERE id = '$1'"
}

# get_crl_of PATH FILE: FILE.pem and its text in $said.
get_crl_of() {
	cgi ocsp GET "$1" && assert_status 200 || return
	openssl crl -inform DER -in "$body_file" -out "$2.pem"
	said=$(openssl crl -in "$2.pem" -noout -text)
}

# crl_number: of the CRL in $said.
crl_number() {
	sed -n '/CRL Number/{n;s/ *//p}' <<<"$said"
}

# verify NAME CRL...: what openssl makes of the certificate NAME.pem with these CRLs, in $output.
verify() {
	local name=$1 crl
	shift
	for crl; do cat "$crl.pem"; done >crls.pem
	run openssl verify -crl_check -use_deltas -extended_crl -CAfile root.pem \
		-untrusted issuing.pem -CRLfile crls.pem "$name.pem"
}
