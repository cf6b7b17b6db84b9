# What is HTTP's in OCSP, behind each server: encodings, versions, methods, connections.

load ../lib/shedu
load both
load ../ocsp/ocsp

setup_file() {
	both_servers
	certify d1
}

# A request whose base64 has what makes trouble: '/', "//", '+' and '='.
awkward() {
	local i
	for ((i = 0; i < 2000; i++)); do
		serial=0x7f$(head -c 3 /dev/urandom | xxd -p)ffffffffffff$(head -c 6 /dev/urandom | xxd -p)
		ocsp_request r -serial "$serial"
		b64=$(path_of r)
		[[ $b64 == *//* && $b64 == *+* && $b64 == *= ]] && return
	done
	return 1
}

encodings() {
	local path escaped=${b64//\//%2F}
	escaped=${escaped//+/%2B} escaped=${escaped//=/%3D}
	for path in "$b64" "$escaped" "${escaped//%2F/%2f}" "${b64//\//%2F}" "${b64//+/%20}" "/$b64" \
		"/$escaped" "${b64//=/}" "$(tr '+/' '-_' <<<"${b64//=/}")" "$b64?x=y"; do
		web GET "$HTTP_URL/ocsp/$path"
		ocsp_answered -serial "$serial"
	done
}

@test "GET in each encoding" {
	local serial b64
	awkward
	on_each_server encodings
}

old_http() {
	web GET "$HTTP_URL/ocsp/$(path_of r)" --http1.0 -H 'Host:'
	ocsp_answered
}

@test "HTTP/1.0 without Host, as nginx and NSS" {
	ocsp_request r -cert d1.pem
	on_each_server old_http
}

methods() {
	local method
	web HEAD "$HTTP_URL/ocsp/$(path_of r)" --head
	assert_status 200
	[[ $(header Content-Type) == application/ocsp-response && $(header Content-Length) -gt 100 ]]
	for method in DELETE PATCH; do
		web $method "$HTTP_URL/ocsp"
		assert_status 405
		[[ $(header Allow) == *GET*POST* ]]
	done
	web OPTIONS "$HTTP_URL/ocsp" # lighttpd answers it by itself
	[[ $status == 20[04] && $(header Allow) == *GET*POST* && ! -s $body_file ]]
}

@test "HEAD is GET without the body; DELETE and PATCH are 405; OPTIONS tells what is not" {
	ocsp_request r -cert d1.pem
	on_each_server methods
}

bodies() {
	local type
	for type in application/ocsp-request application/octet-stream ''; do
		web POST "$HTTP_URL/ocsp" -H "Content-Type: $type" --data-binary @r
		ocsp_answered
	done
	web POST "$HTTP_URL/ocsp" -H 'Transfer-Encoding: chunked' -H 'Content-Type: application/ocsp-request' \
		--data-binary @r
	ocsp_answered
	web POST "$HTTP_URL/ocsp" -H 'Expect: 100-continue' -H 'Content-Type: application/ocsp-request' \
		--data-binary @r
	ocsp_answered
}

@test "POST: any Content-Type, none, chunked, after 100 Continue" {
	ocsp_request r -cert d1.pem
	on_each_server bodies
}

# Three requests at once on one connection, each about another certificate; the answers, in order.
pipelined() {
	local host=${HTTP_URL#http://} fd at i names=(d1 d2 d3)
	exec {fd}<>"/dev/tcp/${host%:*}/${host##*:}"
	{
		printf 'GET /ocsp/%s HTTP/1.1\r\nHost: x\r\n\r\n' "$(path_of d1.req)"
		printf 'POST /ocsp HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\n\r\n' "$(stat -c %s d2.req)"
		cat d2.req
		printf 'GET /ocsp/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' "$(path_of d3.req)"
	} >&$fd
	timeout 20 cat <&$fd >all
	exec {fd}>&-
	mapfile -t at < <(grep -abo 'HTTP/1.1 200 OK' all | cut -d: -f1)
	((${#at[@]} == 3))
	at+=("$(stat -c %s all)")
	for i in 0 1 2; do
		tail -c "+$((at[i] + 1))" all | head -c $((at[i + 1] - at[i])) >one
		split_answer one
		ocsp_answered -cert "${names[i]}.pem"
		[[ $said == *"${names[i]}.pem: good"* ]]
	done
}

@test "requests in a row on one connection: each gets its own answer" {
	local name
	certify d2
	certify d3
	for name in d1 d2 d3; do ocsp_request "$name.req" -cert "$name.pem"; done
	on_each_server pipelined
}

refused() {
	local path
	for path in /ocsp /ocsp/ /ocsp/xx /ocsp/==MF "/ocsp/$(head -c 4000 /dev/zero | tr '\0' A)"; do
		web GET "$HTTP_URL$path"
		assert_ocsp_error $MALFORMED
	done
	web POST "$HTTP_URL/ocsp" --data-binary ''
	assert_ocsp_error $MALFORMED
}

@test "what is no request: malformedRequest" {
	on_each_server refused
}

# The responder's processes, with the memory of each in KiB.
workers() {
	local pid
	for pid in $(pgrep -f "^$OCSP( |\$)"); do
		# Another test may be running beside this one.
		grep -qzx "SHEDU_CONF=$SHEDU_CONF" "/proc/$pid/environ" 2>/dev/null || continue
		printf '%s %s\n' "$pid" "$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")"
	done | sort
}

hostile() {
	local i
	for i in {1..15}; do
		head -c $((i * 4000)) /dev/urandom >bad
		web POST "$HTTP_URL/ocsp" --data-binary @bad
		assert_ocsp_error $MALFORMED
		web POST "$HTTP_URL/ocsp" --data-binary @deep
		assert_ocsp_error $MALFORMED
		head -c $((i * 5)) r >cut
		web POST "$HTTP_URL/ocsp" --data-binary @cut
		((i * 5 >= $(stat -c %s r))) || assert_ocsp_error $MALFORMED
		web GET "$HTTP_URL/ocsp/$(head -c 3000 /dev/urandom | base64 -w0)"
		assert_ocsp_error $MALFORMED
	done
}

@test "workers live on, and do not grow, when they are sent rubbish" {
	local before after pid kib
	ocsp_request r -cert d1.pem
	printf '3080%.0s' {1..5000} | xxd -r -p >deep
	on_each_server hostile
	before=$(workers)
	on_each_server hostile
	after=$(workers)
	[[ $(wc -l <<<"$before") -ge 2 ]]
	while read -r pid kib; do
		[[ $after =~ (^|$'\n')"$pid "([0-9]+) ]]
		((BASH_REMATCH[2] < kib + 4096))
	done <<<"$before"
}
