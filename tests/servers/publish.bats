# Published answers: given out by the server itself, and gone at once when they must not be.

load ../lib/shedu
load ../ocsp/ocsp
load both

setup_file() {
	both_servers
	requires_tmpfs
}

# new_device NAME: enrolled, with its request in NAME.req and that in base64 in $b64; shell options
# of a hunt: SERIAL_HAS is what the base64 must have.
new_device() {
	enroll_published demo "$1"
	ocsp_request "$1.req" -cert "$1.pem"
	b64=$(path_of "$1.req")
}

# is_file NAME STATUS URL [curl options]: the server gives the answer without asking a responder, whose
# tags are digests of 64 digits.
is_file() {
	local name=$1 status_wanted=$2 url=$3
	shift 3
	web GET "$url" "$@"
	assert_status 200
	[[ $(header Content-Type) == application/ocsp-response ]]
	check_ocsp -cert "$name.pem"
	[[ $said == *'Response verify OK'* && $said == *"$name.pem: $status_wanted"* ]]
	[[ $(header ETag) =~ ^(W/)?\"[^\"]{1,60}\"$ ]] || { echo "a responder was asked for $url" >&2 && return 1; }
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

lower() { sed 's/%2F/%2f/g; s/%2B/%2b/g; s/%3D/%3d/g' <<<"$1"; }

# A request with '/' and '+' in its base64: of the serial that is issued next, or of another.
device_with() {
	local n
	for ((n = 0; n < 60; n++)); do
		new_device "$1-$n"
		[[ $b64 == *"$2"* && ${b64: -24} != *//* && ${b64: -1} != / ]] || continue
		found=$1-$n
		return 0
	done
	return 1
}

escaped() {
	local e
	device_with "b-$SERVER" +
	e=${b64//+/%2B} e=${e//\//%2F} e=${e//=/%3D}
	web GET "$HTTP_URL/ocsp/$b64"
	is_file "$found" good "$HTTP_URL/ocsp/$e"
	is_file "$found" good "$HTTP_URL/ocsp/$(lower "$e")"
	is_file "$found" good "$HTTPS_URL/api/ocsp/${b64//=/%3D}"
	is_file "$found" good "$HTTP_URL/ocsp/$b64?x=y"
	is_file "$found" good "$HTTP_URL/ocsp//$b64"
}

@test "escaped in any way: the same file" {
	on_each_server escaped
}

# What differs from the canonical form is a responder's, with the same answer.
not_the_file() {
	new_device "c-$SERVER"
	web GET "$HTTP_URL/ocsp/$b64"
	for url in "/ocsp/${b64%%=*}" "/ocsp/$(tr +/ -_ <<<"$b64")" "/ocsp/$b64/"; do
		web GET "$HTTP_URL$url"
		assert_status 200
		check_ocsp -cert "c-$SERVER.pem"
		[[ $said == *": good"* ]]
	done
}

@test "without padding, in the other alphabet, with a slash at the end: the same answer" {
	on_each_server not_the_file
}

headers_are_those_of_a_responder() {
	new_device "d-$SERVER"
	web GET "$HTTP_URL/ocsp/$b64"
	grep -iE '^(last-modified|content-type|content-length):' "$headers_file" |
		tr A-Z a-z | sort >first
	is_file "d-$SERVER" good "$HTTP_URL/ocsp/$b64"
	grep -iE '^(last-modified|content-type|content-length):' "$headers_file" |
		tr A-Z a-z | sort | diff first -
	[[ $(wc -l <first) == 3 && $(cache_directives) == "$FRESH" ]]
	etag=$(header ETag) modified=$(header Last-Modified)
	[[ $etag == *\"* ]]
	web GET "$HTTP_URL/ocsp/$b64" -H "If-None-Match: $etag"
	assert_status 304
	[[ " $FRESH" == *" $(cache_directives)" ]]
	# Two changes in a second have one date.
	web GET "$HTTP_URL/ocsp/$b64" -H "If-Modified-Since: $modified"
	assert_status 200
	web GET "$HTTP_URL/ocsp/$b64" -H "If-None-Match: $etag" -H "If-Modified-Since: $modified"
	assert_status 304
	web HEAD "$HTTP_URL/ocsp/$b64" --head
	assert_status 200
	[[ $(header Content-Type) == application/ocsp-response ]]
}

@test "Last-Modified, type, length and max-age are the responder's; 304 and HEAD work" {
	on_each_server headers_are_those_of_a_responder
}

revoked_at_once() {
	new_device "e-$SERVER"
	web GET "$HTTP_URL/ocsp/$b64"
	is_file "e-$SERVER" good "$HTTP_URL/ocsp/$b64"
	shedu cert revoke "$(serial_of "e-$SERVER.pem")"
	web GET "$HTTP_URL/ocsp/$b64" -H "If-None-Match: $(header ETag)"
	assert_status 200
	check_ocsp -cert "e-$SERVER.pem"
	[[ $said == *"e-$SERVER.pem: revoked"* ]]
	is_file "e-$SERVER" revoked "$HTTP_URL/ocsp/$b64"
}

@test "a revocation shows on the very next request, and is a file on the one after" {
	on_each_server revoked_at_once
}

no_error_kept() {
	new_device "g-$SERVER"
	web GET "$HTTP_URL/ocsp/$b64"
	for with in 'If-Match: "x"' 'If-Unmodified-Since: Thu, 01 Jan 1990 00:00:00 GMT' 'Range: bytes=9999-'; do
		web GET "$HTTP_URL/ocsp/$b64" -H "$with"
		[[ $status == 200 || $(cache_directives) != *max-age=60* ]]
	done
}

@test "conditions and ranges make no error that caches keep" {
	on_each_server no_error_kept
}

nothing_else() {
	local path
	for path in '..%2F..%2Fowner' '../../owner' 'a%2F..%2F..%2F..%2Fowner' '%2E%2E/%2E%2E/owner' '' . MFMw; do
		web GET "$HTTP_URL/ocsp/$path" --path-as-is
		[[ $output != *"$(cat /proc/sys/kernel/random/boot_id)"* && $output != *'<html'*Index* ]]
	done
}

@test "nothing but the files is given out: no way up, no list" {
	on_each_server nothing_else
}

without() {
	new_device "f-$SERVER"
	web GET "$HTTP_URL/ocsp/$b64"
	assert_status 200
	check_ocsp -cert "f-$SERVER.pem"
	[[ $said == *": good"* ]]
}

@test "a tree that is not there: the responder answers" {
	mv "$SHEDU_PUBLISH" "$SHEDU_PUBLISH.away"
	on_each_server without
	rm -rf "$SHEDU_PUBLISH"
	mv "$SHEDU_PUBLISH.away" "$SHEDU_PUBLISH"
}
