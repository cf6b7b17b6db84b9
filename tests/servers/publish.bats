# Published answers: given out by the server itself, and gone at once when they must not be.

load ../lib/shedu
load ../ocsp/ocsp
load both

setup_file() {
	both_servers
	[[ -n ${SHEDU_SKIP:-} ]] || [[ -n $SHEDU_PUBLISH ]] || skips "there is no tmpfs"
}

# How often a responder was asked for the status of a certificate.
asked() {
	grep -c '"path":"/\(api/\(va/\)\?\)\?ocsp' shedu.log || :
}

# new_device NAME: enrolled, with its request in NAME.req and that in base64 in $b64; shell options
# of a hunt: SERIAL_HAS is what the base64 must have.
new_device() {
	enroll_device demo "$1"
	ocsp_request "$1.req" -cert "$1.pem"
	b64=$(path_of "$1.req")
}

# is_file NAME STATUS URL [curl options]: the server gives the answer without asking a responder.
is_file() {
	local name=$1 status_wanted=$2 url=$3 before
	shift 3
	before=$(asked)
	web GET "$url" "$@"
	assert_status 200
	[[ $(header Content-Type) == application/ocsp-response ]]
	check_ocsp -cert "$name.pem"
	[[ $said == *'Response verify OK'* && $said == *"$name.pem: $status_wanted"* ]]
	[[ $(asked) == "$before" ]] || { echo "a responder was asked for $url" >&2 && return 1; }
}

second_is_a_file() {
	new_device "a-$SERVER"
	web GET "$HTTP_URL/ocsp/$b64"
	check_ocsp -cert "a-$SERVER.pem"
	[[ $(published | wc -l) -ge 1 ]]
	is_file "a-$SERVER" good "$HTTP_URL/ocsp/$b64"
	is_file "a-$SERVER" good "$HTTPS_URL/ocsp/$b64"
	is_file "a-$SERVER" good "$HTTP_URL/api/ocsp/$b64"
	is_file "a-$SERVER" good "$HTTP_URL/api/va/ocsp/$b64"
}

@test "the second GET is a file's, on each path and port" {
	on_each_server second_is_a_file
}
