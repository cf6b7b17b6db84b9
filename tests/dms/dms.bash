# What the tests of the API share.
# shellcheck shell=bash disable=SC2034,SC2154

# as NAME METHOD URI [FILE [TYPE]]: a call with NAME.pem; the admin has operator.pem.
as() {
	local cert=$W/$1.pem body=()
	[[ $1 == admin ]] && cert=$W/operator.pem
	[[ -n ${4:-} ]] && body=(--body "$4" --type "${5:-application/json}")
	cgi dms "$2" "$3" --cert "$cert" "${body[@]}"
}

# send METHOD URI JSON [TYPE]: as the admin.
send() {
	printf '%s' "$3" >"$W/send.json"
	as admin "$1" "$2" "$W/send.json" "${4:-application/json}"
}

# assert_json FILTER TEXT: what jq gives for the last body.
assert_json() {
	local got
	got=$(json "$1") && [[ $got == "$2" ]] && return
	printf '%s is "%s", expected "%s"\n%s\n' "$1" "$got" "$2" "$output" >&2
	return 1
}

# assert_refused STATUS CODE
assert_refused() {
	assert_status "$1" && assert_json .code "$2" && assert_json '.err | length > 0' true &&
		assert_json '.request_id | length > 0' true
}

# The smallest document that makes a DMS.
dms_json() {
	jq -n --arg id "$1" '{id: $id, settings: {enrollment_settings: {enrollment_ca: "issuing",
		est_rfc7030_settings: {client_certificate_settings: {validation_cas: ["bootstrap"]}}}}}'
}

# add_devices DMS ID...
add_devices() {
	local dms=$1 id
	shift
	for id; do
		send POST /v2/devices "{\"id\":\"$id\",\"dms_id\":\"$dms\"}"
		assert_status 201
	done
}

b64_file() {
	base64 -w0 "$1"
}
