# What is no OCSP request: malformedRequest as an OCSP body, and never a crash.

load ../lib/shedu
load ocsp

export SHEDU_SHARED=1

@test "POST: a request cut off at every octet, and with one too many" {
	local i n
	ocsp_request r -serial 0x1234
	n=$(stat -c %s r)
	for ((i = 1; i < n; i++)); do
		head -c "$i" r >cut
		post_ocsp cut
		assert_ocsp_error $MALFORMED
	done
	{ cat r; printf '\0'; } >long
	post_ocsp long
	assert_ocsp_error $MALFORMED
}

@test "POST: nothing, an empty list, noise, indefinite length, version 2" {
	: >empty
	post_ocsp empty
	assert_ocsp_error $MALFORMED
	local hex
	for hex in 00 30 3000 3080 300430023000 30023000 30043080a000 \
		300b3009a003020101300230 "$(printf '30%.0s' {1..2000})"; do
		xxd -r -p <<<"$hex" >bad
		post_ocsp bad
		assert_ocsp_error $MALFORMED
	done
	head -c 60000 /dev/urandom >bad
	post_ocsp bad
	assert_ocsp_error $MALFORMED
}

@test "POST: values in values, thousands deep, in front of and inside a request" {
	local hex=0500 i
	for i in {1..3000}; do hex=$(der 30 "$hex"); done
	xxd -r -p <<<"$hex" >bad
	[[ $(stat -c %s bad) -gt 9000 ]]
	post_ocsp bad
	assert_ocsp_error $MALFORMED
	der 30 "$(der 30 "$(der a1 "$hex")30083006300430020500")" | xxd -r -p >bad
	post_ocsp bad
	assert_ocsp_error $MALFORMED
}

@test "POST: more than 64 CertIDs" {
	local i args=()
	for i in {1..64}; do args+=(-serial "$i"); done
	ocsp_request r "${args[@]}"
	post_ocsp r
	assert_status 200
	check_ocsp -serial 64
	[[ $said == *'64: unknown'* ]]
	ocsp_request r "${args[@]}" -serial 65
	post_ocsp r
	assert_ocsp_error $MALFORMED
}

@test "POST: 64 KiB is read, more is 413" {
	head -c 65536 /dev/zero >big
	post_ocsp big
	assert_ocsp_error $MALFORMED
	head -c 65537 /dev/zero >big
	post_ocsp big
	assert_status 413
	head -c 10000000 /dev/zero >big
	post_ocsp big
	assert_status 413
}

@test "GET: nothing, bad escapes, what is no base64, what is no request" {
	local rest
	for rest in '' / %ZZ %% % %4 ==MF AAAMF MEow 'ME%00ow' ä '%ff%fe' '..' 'a b c' '-_-_'; do
		cgi ocsp GET "/ocsp/$rest"
		assert_ocsp_error $MALFORMED
	done
	cgi ocsp GET /ocsp
	assert_ocsp_error $MALFORMED
}

@test "GET: slashes without end cost no more than their octets" {
	local slashes
	printf -v slashes '%100000s' ''
	slashes=${slashes// //}
	ocsp_request r -serial 0x1234
	SHEDU_TIMEOUT=5
	cgi ocsp GET "/ocsp/A$slashes"
	assert_ocsp_error $MALFORMED
	cgi ocsp GET "/ocsp/$(path_of r)${slashes}A"
	assert_ocsp_error $MALFORMED
	cgi ocsp GET "/ocsp/$(path_of r)$slashes"
	assert_status 200
	check_ocsp -serial 0x1234
	[[ $said == *'0x1234: unknown'* ]]
}
