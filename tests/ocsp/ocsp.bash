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

# get_ocsp FILE [cgi options]: the same by GET, the request in the path.
get_ocsp() {
	local file=$1
	shift
	cgi ocsp GET "/ocsp/$(path_of "$file")" "$@"
}

# ask_slowly FILE [strace options]: the request in FILE, by GET, of a responder under strace. $slow is the
# shell it runs in; of that, strace; of that, the responder.
ask_slowly() {
	local file=$1
	shift
	as_user env -i PATH="$PATH" ASAN_OPTIONS="$ASAN_OPTIONS" SHEDU_CONF="$SHEDU_CONF" \
		GATEWAY_INTERFACE=CGI/1.1 SERVER_PROTOCOL=HTTP/1.1 REMOTE_ADDR=127.0.0.1 \
		REQUEST_METHOD=GET "REQUEST_URI=/ocsp/$(path_of "$file")" QUERY_STRING= \
		strace -o "$W/trace" "$@" "$OCSP" >slow.out 2>slow.err </dev/null 3>&- &
	slow=$!
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

# signer_of_answer FILE: the certificate that signed the last answer.
signer_of_answer() {
	openssl ocsp -respin "$body_file" -noverify -resp_text -no_nonce 2>/dev/null |
		sed -n '/^-----BEGIN/,/^-----END/p' >"$1"
	[[ -s $1 ]]
}

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

# der TAG HEX: a value in DER, up to 65535 octets.
der() {
	local len=$((${#2} / 2))
	if ((len < 128)); then
		printf '%s%02x%s' "$1" "$len" "$2"
	elif ((len < 256)); then
		printf '%s81%02x%s' "$1" "$len" "$2"
	else
		printf '%s82%04x%s' "$1" "$len" "$2"
	fi
}

# ext OID HEX [critical]: an extension; the OID in hexadecimal, with tag and length.
ext() {
	der 30 "$1${3:+0101ff}$(der 04 "$2")"
}
PKIX_OCSP=06092b06010505073001
BASIC=${PKIX_OCSP}01 NONCE=${PKIX_OCSP}02 ACCEPTABLE=${PKIX_OCSP}04 LOCATOR=${PKIX_OCSP}07
PREFERRED=${PKIX_OCSP}08 EXTENDED_REVOKE=${PKIX_OCSP}09 UNKNOWN_OID=06032a0304

# certid_of NAME: the CertID of NAME.pem, SHA-1, in hexadecimal.
certid_of() {
	local list
	ocsp_request "$1.certid" -cert "$1.pem"
	list=$(xxd -p "$1.certid" | tr -d '\n')
	printf '%s' "${list:16}" # what is around it is shorter than 128 octets
}

# request_of FILE CERTID [SINGLE-EXTENSIONS [EXTENSIONS [BEFORE]]]: a request, of parts in hexadecimal;
# BEFORE is what stands before the requestList.
request_of() {
	local list
	list=$(der 30 "$(der 30 "$2${3:+$(der a0 "$(der 30 "$3")")}")")
	der 30 "$(der 30 "${5:-}$list${4:+$(der a2 "$(der 30 "$4")")}")" | xxd -r -p >"$1"
}

# request_with FILE EXTENSIONS: a request about d1.pem.
request_with() {
	request_of "$1" "$(certid_of d1)" '' "$2"
}

# The octets of the last answer in hexadecimal, and what openssl shows of it.
answer_hex() {
	xxd -p "$body_file" | tr -d '\n'
}
answer_text() {
	openssl ocsp -respin "$body_file" -noverify -resp_text -no_nonce 2>&1
}

# ocsp_answered [OPTION VALUE]: the last answer of a server is an OCSP response about d1.pem, or what
# the option of openssl ocsp names, signed, with its length and type.
ocsp_answered() {
	assert_status 200
	[[ $(header Content-Type) == application/ocsp-response ]]
	[[ $(header Content-Length) == "$(stat -c %s "$body_file")" ]]
	check_ocsp "${1:--cert}" "${2:-d1.pem}"
	[[ $said == *'Response verify OK'* ]]
}

# What caches are told, sorted, whichever of its lines says it; "public" changes nothing here.
cache_directives() {
	sed -n 's/^cache-control://Ip' "$headers_file" | tr -d ' ' | tr , '\n' | grep -vx public | sort -u |
		paste -sd' '
}
FRESH='max-age=60 must-revalidate no-transform'

# lies_as_file NAME: the requests about NAME.pem, by both hashes, can lie as files (ca/publish_path.h):
# one in a hundred or so cannot, by its serial.
lies_as_file() {
	local hash b64
	for hash in sha1 sha256; do
		ocsp_request asked "-$hash" -cert "$1.pem"
		b64=$(path_of asked)
		[[ ${b64: -28} != *//* && ${b64: -1} != / ]] || return 1
	done
}

# enroll_published DMS NAME: enrolls a device whose answers can be published: NAME.pem. Sets $device to
# its id, which begins with NAME.
enroll_published() {
	local n
	for n in '' -b -c -d -e -f; do
		device=$2$n
		enroll_device "$1" "$device" || return
		lies_as_file "$device" && break
	done
	[[ -z $n ]] || cp "$device.pem" "$2.pem"
}

# publish_test_begin: of a test in which answers are published: the DMS demo, the certificate d1.pem of its
# device $device, and in r the request about that.
publish_test_begin() {
	shedu_test_begin
	requires_tmpfs
	publish_on
	shedu tick
	make_dms demo
	enroll_published demo d1
	ocsp_request r -cert d1.pem
}

# get_r: what is asked for is answered, and published where that can be.
get_r() {
	get_ocsp r
	assert_status 200
}
