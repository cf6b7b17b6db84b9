# The loop as a plain CGI: one request from the environment and stdin.
bats_require_minimum_version 1.5.0

setup() {
	W=$(mktemp -d "${TMPDIR:-/tmp}/shedu-web.XXXXXX")
	SERVICE=${SHEDU_BUILD:?}/tests/unit/web_service
	printf '%s\n' "database = \"$W/db\";" "state_dir = \"$W\";" "log = { file = \"$W/log\"; };" \
		'public = { https_url = "https://localhost"; http_url = "http://localhost"; };' \
		>"$W/shedu.conf"
	export SHEDU_CONF=$W/shedu.conf
}

teardown() {
	rm -rf "$W"
}

# ask METHOD URI [NAME=VALUE...]: body from stdin
ask() {
	local method=$1 uri=$2
	shift 2
	timeout 20 env REQUEST_METHOD="$method" REQUEST_URI="$uri" "$@" "$SERVICE" >"$W/out"
	rc=$?
	head=$(sed '/^\r$/,$d' "$W/out" | tr -d '\r')
	body=$(sed '1,/^\r$/d' "$W/out")
}

@test "a request is answered, and the process ends well" {
	ask GET /opened </dev/null
	((rc == 0))
	[[ $head == "Status: 200 OK"* && $body == "opened 1" ]]
}

@test "without a length the body is read to its end" {
	ask POST /echo <<<hello
	[[ $head == "Status: 200 OK"* && $body == hello ]]
}

@test "with a length no more than that is read" {
	ask POST /echo CONTENT_LENGTH=3 < <(printf hello; sleep 5)
	[[ $body == hel ]]
}

@test "a body above the cap is refused, whatever it says" {
	ask POST /echo < <(head -c 65537 /dev/zero)
	[[ $head == "Status: 413 "* && $body == "body_too_large: "* ]]
	ask POST /echo CONTENT_LENGTH=65537 </dev/null
	[[ $head == "Status: 413 "* ]]
	ask POST /echo < <(head -c 65536 /dev/zero)
	[[ $head == "Status: 200 "* ]]
}

@test "a body shorter than its length is refused and not handled" {
	ask POST /echo CONTENT_LENGTH=10 <<<hello
	[[ $head == "Status: 400 "* && $body == "body_truncated: "* ]]
}

@test "a GET without a body does not wait for one" {
	ask GET /pid < <(sleep 5)
	[[ $head == "Status: 200 "* ]]
}

@test "HTTPS must be on, and not a header of that name" {
	ask POST /tls/echo CONTENT_TYPE=text/plain <<<x
	[[ $head == "Status: 403 "* && $body == "https_required: "* ]]
	ask POST /tls/echo CONTENT_TYPE=text/plain HTTPS=off HTTP_HTTPS=on <<<x
	[[ $head == "Status: 403 "* ]]
	ask POST /tls/echo CONTENT_TYPE=text/plain HTTPS=on <<<x
	[[ $head == "Status: 200 "* ]]
}

@test "HEAD has the length and no body" {
	ask HEAD /large </dev/null
	[[ $head == *"Content-Length: 300000"* && -z $body ]]
}

@test "nobody is an operator: 401 and the challenge" {
	ask GET /admin HTTPS=on </dev/null
	[[ $head == "Status: 401 "* && $head == *'WWW-Authenticate: ClientCertificate realm="shedu"'* ]]
}

@test "a fault leaves its detail in the log, under the request's id" {
	ask GET /fail HTTP_X_REQUEST_ID=id-7 </dev/null
	[[ $head == "Status: 500 "* && $body != *secret* ]]
	grep '"request_id":"id-7"' "$W/log" | grep -q '"detail":"a secret detail"'
}

@test "words of a query are no options" {
	run -0 timeout 20 env GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET REQUEST_URI=/pid \
		"$SERVICE" --version </dev/null
	[[ $output == "Status: 200 "* ]]
}

@test "--help and --version" {
	run -0 "$SERVICE" --help
	[[ $output == *"--conf FILE"* && $output == *"/opened"* ]]
	run -0 "$SERVICE" --version
	[[ $output == "web_service (shedu) "* ]]
}

@test "wrong options, and a start without a request, are told" {
	run -2 "$SERVICE" --nonsense
	run -2 "$SERVICE" </dev/null
	[[ $output == usage:* ]]
}

@test "a configuration that does not load is told and ends it" {
	run -1 env REQUEST_METHOD=GET REQUEST_URI=/pid "$SERVICE" --conf "$W/missing" </dev/null
	[[ $output == *"$W/missing"* ]]
}

@test "a crash writes no core file: the process holds keys" {
	local pid i limit
	[[ -r /proc/self/limits ]] || skip "no /proc"
	mkfifo "$W/body"
	(ulimit -S -c "$(ulimit -H -c)" && REQUEST_METHOD=POST REQUEST_URI=/echo exec "$SERVICE" <"$W/body" >"$W/out" 3>&-) &
	pid=$!
	exec 9>"$W/body"
	for ((i = 0; i < 100; i++)); do
		limit=$(awk '/^Max core file size/ { print $5 }' "/proc/$pid/limits")
		[[ $limit == [01] ]] && break
		sleep 0.1
	done
	exec 9>&-
	wait "$pid"
	[[ $limit == [01] ]]
}
