# GET in all the forms that clients use, POST, PUT.

load ../lib/shedu
load ocsp

export SHEDU_SHARED=1

# answered: the last answer is about the serial.
answered() {
	assert_status 200
	[[ $(header Content-Type) == application/ocsp-response ]]
	check_ocsp -serial "0x$1"
	[[ $said == *'Response verify OK'*"0x$1: unknown"* ]] || {
		printf '%s\n' "$said" >&2
		return 1
	}
}

# A request whose base64 has '+', '/' and "//"; its serial in $serial.
awkward_request() {
	local i
	for ((i = 0; i < 50; i++)); do
		serial=7f$(head -c 3 /dev/urandom | xxd -p)ffffffffffff$(head -c 6 /dev/urandom | xxd -p)
		ocsp_request r -serial "0x$serial"
		[[ $(path_of r) == *//* && $(path_of r) == *+* && $(path_of r) == *= ]] && return
	done
	return 1
}

@test "GET: not escaped, escaped, lower-case escapes" {
	local b64 escaped
	awkward_request
	b64=$(path_of r)
	cgi ocsp GET "/ocsp/$b64"
	answered "$serial"
	escaped=${b64//\//%2F}
	escaped=${escaped//+/%2B}
	escaped=${escaped//=/%3D}
	cgi ocsp GET "/ocsp/$escaped"
	answered "$serial"
	cgi ocsp GET "/ocsp/${escaped//%2F/%2f}"
	answered "$serial"
}

@test "GET: a space or %20 for +, no padding, base64url" {
	local b64
	awkward_request
	b64=$(path_of r)
	cgi ocsp GET "/ocsp/${b64//+/ }"
	answered "$serial"
	cgi ocsp GET "/ocsp/${b64//+/%20}"
	answered "$serial"
	cgi ocsp GET "/ocsp/${b64//=/}"
	answered "$serial"
	cgi ocsp GET "/ocsp/$(tr '+/' '-_' <<<"$b64")"
	answered "$serial"
}

@test "GET: slashes before and behind, a query, the line ends of openssl base64" {
	local b64
	awkward_request
	b64=$(path_of r)
	cgi ocsp GET "/ocsp//$b64"
	answered "$serial"
	cgi ocsp GET "/ocsp/$b64/"
	answered "$serial"
	cgi ocsp GET "/ocsp/${b64//=/}/"
	answered "$serial"
	cgi ocsp GET "/ocsp/$b64?a=b"
	answered "$serial"
	b64=$(openssl base64 -in r)
	[[ $b64 == *$'\n'* ]]
	cgi ocsp GET "/ocsp/${b64//$'\n'/%0A}%0D%0A"
	answered "$serial"
}

@test "GET: base64 that ends with a slash" {
	local i
	for ((i = 0; i < 400; i++)); do
		serial=7f$(head -c 7 /dev/urandom | xxd -p)ff
		ocsp_request r -serial "0x$serial"
		[[ $(path_of r) == */ ]] && break
		serial=7f$(head -c $((5 + i % 3)) /dev/urandom | xxd -p)ff
		ocsp_request r -serial "0x$serial"
		[[ $(path_of r) == */ ]] && break
	done
	[[ $(path_of r) == */ ]]
	cgi ocsp GET "/ocsp/$(path_of r)"
	answered "$serial"
	cgi ocsp GET "/ocsp/$(path_of r)/"
	answered "$serial"
}

@test "GET: more than 255 octets" {
	local i args=()
	for i in {1..20}; do args+=(-serial "0x10$i"); done
	ocsp_request r "${args[@]}"
	[[ $(path_of r | wc -c) -gt 1000 ]]
	cgi ocsp GET "/ocsp/$(path_of r)"
	answered 1020
}

@test "every path: /ocsp, /api/ocsp, /api/va/ocsp, with a slash and without; POST and PUT" {
	local path method
	ocsp_request r -serial 0x77
	for path in /ocsp /api/ocsp /api/va/ocsp; do
		cgi ocsp GET "$path/$(path_of r)"
		answered 77
		for method in POST PUT; do
			cgi ocsp "$method" "$path" --body r --type application/ocsp-request
			answered 77
			cgi ocsp "$method" "$path/" --body r --type application/ocsp-request
			answered 77
		done
	done
}

@test "POST: whatever Content-Type says, or nothing" {
	ocsp_request r -serial 0x78
	cgi ocsp POST /ocsp --body r
	answered 78
	cgi ocsp POST /ocsp --body r --type application/x-www-form-urlencoded
	answered 78
}

@test "HEAD is GET without the body" {
	ocsp_request r -serial 0x79
	cgi ocsp HEAD "/ocsp/$(path_of r)"
	assert_status 200
	[[ $(header Content-Length) -gt 100 && ! -s $body_file ]]
}

@test "other methods: 405 with Allow; other paths: 404" {
	cgi ocsp DELETE /ocsp
	assert_status 405
	[[ $(header Allow) == *GET*POST* ]]
	cgi ocsp GET /ocspx
	assert_status 404
	ocsp_request r -serial 0x7a
	cgi ocsp POST /ocsp/x --body r
	assert_status 404
}
