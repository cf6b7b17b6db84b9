# What every behaviour test shares. A test file begins with
#
#	load ../lib/shedu
#
# and gets for each @test the current folder $W: an initialised state of its own, with
#
#	shedu.conf state/	$SHEDU_CONF, exported; the database is state/shedu.db
#	CAs			root; issuing (below root); bootstrap; operators
#	root.pem		the trust anchor of server and devices
#	issuing.pem		the CA "issuing"
#	bootstrap-ca.pem	the CA "bootstrap"
#	operator.pem .key	an admin
#	bootstrap.pem .key	a bootstrap certificate (CN "factory")
#	server.pem .key		the TLS server's certificate with its chain
#
# The state is made once per file and copied for each test, always to the same path: key URIs are
# absolute. A file may define setup_file, setup, teardown, teardown_file of its own and call
# shedu_file_begin, shedu_test_begin, shedu_test_end, shedu_file_end from them. With
# SHEDU_SHARED=1 exported by setup_file all tests of the file share one state and its servers.
#
# As root everything of shedu runs as $SHEDU_USER, as in production.
# shellcheck shell=bash disable=SC2034

bats_require_minimum_version 1.5.0

SHEDU_SRC=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
SHEDU_BUILD=${SHEDU_BUILD:-${abs_top_builddir:-$SHEDU_SRC/build}}
export SHEDU_SRC SHEDU_BUILD
: "${SHEDU_TIMEOUT:=60}"	# seconds that one program may take
export FAKETIME_DONT_FAKE_MONOTONIC=1
# By its library, not by the program faketime: that one leaves semaphores behind when it is killed,
# and does not start where its pid was one of theirs.
FAKETIME_LIB=$(compgen -G '/usr/lib/*/faketime/libfaketime.so.1' || echo libfaketime.so.1)
export FAKETIME_LIB
# AddressSanitizer wants to be the first library, and faketime is.
export ASAN_OPTIONS=${ASAN_OPTIONS:-verify_asan_link_order=0}
if ((EUID == 0)); then
	SHEDU_USER=www-data
	id -u "$SHEDU_USER" >/dev/null 2>&1 || SHEDU_USER=nobody
else
	SHEDU_USER=$(id -un)
fi
SHEDU_GROUP=$(id -gn "$SHEDU_USER")

### users, programs, folders

AS_USER=()
if ((EUID == 0)); then
	AS_USER=(setpriv --reuid "$SHEDU_USER" --regid "$SHEDU_GROUP" --clear-groups --)
fi

# Runs a program as the state's owner.
as_user() {
	"${AS_USER[@]}" "$@"
}

# skips REASON: skips the test or, from setup_file, each of the file: "skips REASON; return".
skips() {
	[[ -z ${BATS_TEST_NUMBER:-} ]] || skip "$1"
	export SHEDU_SKIP=$1
}

# requires PROGRAM...: skips the test, with the reason, where one is missing. In setup_file:
# "requires PROGRAM || return 0".
requires() {
	local p
	for p; do
		PATH=$PATH:/usr/sbin:/sbin command -v "$p" >/dev/null && continue
		skips "$p is not installed"
		return 1
	done
}

# requires_strace: skips the test where the state's owner may not trace what he runs. In setup_file:
# "requires_strace || return 0".
requires_strace() {
	requires strace || return
	as_user strace -o /dev/null true 2>/dev/null || { skips "strace may not trace here" && return 1; }
	# LeakSanitizer traces the process itself, and cannot where it is traced.
	ASAN_OPTIONS+=:detect_leaks=0
}

# requires_tmpfs: skips the test, or each of the file, where answers cannot be published.
requires_tmpfs() {
	[[ -n ${SHEDU_PUBLISH:-}${SHEDU_SKIP:-} ]] || skips "there is no tmpfs"
}

# The programs are used where they were built, or copied where their user cannot reach them.
shedu_find_programs() {
	local p
	export EST=$SHEDU_BUILD/fcgi/est/est OCSP=$SHEDU_BUILD/fcgi/ocsp/ocsp
	export DMS=$SHEDU_BUILD/fcgi/dms/dms SHEDU=$SHEDU_BUILD/cli/shedu
	export FCGI_DIR=$SHEDU_BUILD/fcgi CLIENT_VERIFY=$SHEDU_BUILD/tls/.libs/client-verify.so
	as_user test -x "$SHEDU" && return
	for p in "$EST" "$OCSP" "$DMS" "$SHEDU"; do
		mkdir -p "$SHEDU_TMP/bin/${p##*/}"
		cp "$p" "$SHEDU_TMP/bin/${p##*/}/"
	done
	cp "$CLIENT_VERIFY" "$SHEDU_TMP/bin/"
	chmod -R a+rX "$SHEDU_TMP/bin"
	export FCGI_DIR=$SHEDU_TMP/bin CLIENT_VERIFY=$SHEDU_TMP/bin/client-verify.so
	export EST=$FCGI_DIR/est/est OCSP=$FCGI_DIR/ocsp/ocsp DMS=$FCGI_DIR/dms/dms
	export SHEDU=$FCGI_DIR/shedu/shedu
}

# Sets $port to one that nobody listens on, below the ephemeral range. Files that run at the same
# time start from different places.
free_port() {
	local i
	: "${SHEDU_PORT_NEXT:=$((10000 + $$ * 8 % 20000))}"
	for ((i = 0; i < 200; i++)); do
		port=$SHEDU_PORT_NEXT
		SHEDU_PORT_NEXT=$((10000 + (SHEDU_PORT_NEXT - 9999) % 22000))
		(exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
	done
	return 1
}

# Two new ports, and the URLs that go into certificates.
shedu_ports() {
	local port
	free_port && export HTTPS_PORT=$port
	free_port && export HTTP_PORT=$port
	export HTTPS_URL=https://localhost:$HTTPS_PORT HTTP_URL=http://localhost:$HTTP_PORT
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
	local i n=$(($1 * 20))
	shift
	for ((i = 0; i < n; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	echo "not within $((n / 20)) s: $*" >&2
	return 1
}

# never COMMAND...: errexit ignores a plain "! command" that is not the last one.
never() {
	! "$@"
}

### the CLI

# AT=+400d shedu ...: as if it were then. The exit status is the program's.
shedu() {
	as_user timeout "$SHEDU_TIMEOUT" env ${AT:+"FAKETIME=$AT" "LD_PRELOAD=$FAKETIME_LIB"} "$SHEDU" --conf "$SHEDU_CONF" "$@"
}

# The PEM certificate of a CA.
ca_pem() {
	shedu --json ca show "$1" |
		grep -o '"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS[^"]*"' | head -n 1 | tr -d '"' | base64 -d
}

# make_dms ID [PATCH]: accepts bootstrap certificates, JITP, enrolls from the CA "issuing"; PATCH is
# merged into its settings.
make_dms() {
	local settings
	settings=$(jq -n --argjson patch "${2:-"{}"}" '{
		enrollment_settings: {
			protocol: "EST_RFC7030", enrollment_ca: "issuing", registration_mode: "JITP",
			est_rfc7030_settings: { auth_mode: "CLIENT_CERTIFICATE",
				client_certificate_settings: { validation_cas: ["bootstrap"] } } },
		reenrollment_settings: {
			reenrollment_delta: "366d",
			est_rfc7030_settings: { auth_mode: "CLIENT_CERTIFICATE" } },
		ca_distribution_settings: { include_enrollment_ca: true },
		issuance_profile: { validity: { type: "Duration", duration: "365d" } }
	} * $patch')
	jq -n --arg id "$1" --argjson s "$settings" '{id: $id, name: $id, settings: $s}' >"dms-$1.json"
	shedu dms create "$1" - <"dms-$1.json"
}

# operator_cert ROLE [DMS...]: makes ROLE.pem and ROLE.key.
operator_cert() {
	local role=$1 d args=()
	shift
	for d; do args+=(--dms "$d"); done
	shedu operator add "$role" --role "$role" "${args[@]}" \
		--out "$W/$role.pem" --out-key "$W/$role.key"
}

### the responders as plain CGI programs

# cgi est|ocsp|dms METHOD URI [--https] [--cert FILE] [--type T] [--accept A] [--agent UA]
#	[--body FILE] [--header N:V] [--env N=V]
# Sets $status, $headers (file: headers_file), $output (text; NULs dropped), body_file; stderr is
# in cgi.err. AT works as with shedu.
cgi() {
	local program=$1 method=$2 uri=$3 body=/dev/null name line rc=0
	local vars=(PATH="$PATH" SHEDU_CONF="$SHEDU_CONF" GATEWAY_INTERFACE=CGI/1.1
		SERVER_PROTOCOL=HTTP/1.1 REMOTE_ADDR=127.0.0.1 HTTP_USER_AGENT=curl/7.88.1
		REQUEST_METHOD="$method" REQUEST_URI="$uri" QUERY_STRING=
		MALLOC_PERTURB_="${MALLOC_PERTURB_:-0}" ASAN_OPTIONS="${ASAN_OPTIONS:-}")
	[[ $uri == *\?* ]] && vars+=(QUERY_STRING="${uri#*\?}")
	shift 3
	while (($#)); do
		case $1 in
		--https) vars+=(HTTPS=on) && shift && continue ;;
		--cert) vars+=(HTTPS=on SSL_CLIENT_VERIFY=SUCCESS SSL_CLIENT_CERT="$(cat "$2")"$'\n') ;;
		--type) vars+=(CONTENT_TYPE="$2") ;;
		--accept) vars+=(HTTP_ACCEPT="$2") ;;
		--agent) vars+=(HTTP_USER_AGENT="$2") ;;
		--body) body=$2 ;;
		--header)
			name=${2%%:*}
			name=${name^^}
			line=${2#*:}
			vars+=("HTTP_${name//-/_}=${line# }")
			;;
		--env) vars+=("$2") ;;
		*) echo "cgi: unknown option $1" >&2 && return 2 ;;
		esac
		shift 2
	done
	[[ $body == /dev/null || " ${vars[*]}" == *' CONTENT_LENGTH='* ]] ||
		vars+=(CONTENT_LENGTH="$(stat -Lc %s "$body")")
	case $program in est) program=$EST ;; ocsp) program=$OCSP ;; dms) program=$DMS ;; esac
	as_user timeout "$SHEDU_TIMEOUT" env -i "${vars[@]}" ${AT:+"FAKETIME=$AT" "LD_PRELOAD=$FAKETIME_LIB"} "$program" \
		<"$body" >"$W/cgi.out" 2>"$W/cgi.err" || rc=$?
	split_answer "$W/cgi.out"
	if ((rc != 0)); then
		echo "$program ended with $rc" >&2
		cat "$W/cgi.err" >&2
		return 1
	fi
}

# Splits an HTTP or CGI answer in a file: $status $headers $output headers_file body_file.
split_answer() {
	local line
	headers_file=$W/answer.headers body_file=$W/answer.body status=200
	{
		while IFS= read -r line; do
			line=${line%$'\r'}
			[[ -z $line ]] && break
			[[ $line =~ ^(Status:|HTTP/[0-9.]+)\ *([0-9]{3}) ]] && status=${BASH_REMATCH[2]}
			printf '%s\n' "$line"
		done >"$headers_file"
		cat >"$body_file"
	} <"$1"
	[[ -s $1 ]] || status=0
	headers=$(<"$headers_file")
	output=$(tr -d '\0' <"$body_file")
}

# header NAME: the value in the last answer.
header() {
	sed -n "s/^$1: *//Ip" "$headers_file" | head -n 1
}

assert_status() {
	[[ $status == "$1" ]] && return
	printf 'status %s, expected %s\n%s\n\n%s\n' "$status" "$1" "$headers" "$output" >&2
	[[ -s $W/cgi.err ]] && tail -n 5 "$W/cgi.err" >&2
	return 1
}

# assert_output_has TEXT...: each is part of the last body.
assert_output_has() {
	local t
	for t; do
		[[ $output == *"$t"* ]] && continue
		printf 'not in the answer: %s\n%s\n' "$t" "$output" >&2
		return 1
	done
}

# api METHOD URI [FILE]: the API as the admin.
api() {
	local body=()
	[[ -n ${3:-} ]] && body=(--body "$3" --type application/json)
	cgi dms "$1" "$2" --cert "$W/operator.pem" "${body[@]}"
}

# json FILTER: jq on the last body.
json() {
	jq -r "$@" "$body_file"
}

### keys, requests, devices

# new_key FILE [TYPE]: TYPE as openssl genpkey names it, default P-256.
new_key() {
	case ${2:-P-256} in
	P-* | secp* | prime*) openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:${2:-P-256}" -out "$1" ;;
	RSA:*) openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:${2#RSA:}" -out "$1" ;;
	*) openssl genpkey -algorithm "$2" -out "$1" ;;
	esac 2>/dev/null
}

# new_csr NAME [openssl req options]: NAME.csr (PEM) for CN=NAME, with NAME.key made when missing.
new_csr() {
	local name=$1
	shift
	[[ -e $name.key ]] || new_key "$name.key"
	openssl req -new -key "$name.key" -subj "/CN=$name" -out "$name.csr" "$@"
}

# pem_b64 FILE: the base64 between the armour lines, as the pages' sed does.
pem_b64() {
	sed '/-----/d' "$1"
}

# p7_pem FILE: the certificates of an EST answer's body, as PEM.
p7_pem() {
	openssl base64 -d -in "$1" | openssl pkcs7 -inform DER -print_certs |
		sed -n '/-BEGIN/,/-END/p'
}

# serial_of FILE: lower-case hex, as the API prints it.
serial_of() {
	openssl x509 -in "$1" -noout -serial | sed 's/.*=//' | tr A-F a-f
}

# enroll DMS NAME [OPERATION [CERT]]: posts NAME.csr; on 200 NAME.pem is the certificate.
enroll() {
	local dms=$1 name=$2 op=${3:-simpleenroll} cert=${4:-$W/bootstrap.pem}
	pem_b64 "$name.csr" >"$name.b64"
	cgi est POST "/.well-known/est/$dms/$op" --cert "$cert" --type application/pkcs10 \
		--body "$name.b64" || return
	[[ $status != 200 ]] || p7_pem "$body_file" >"$name.pem"
}

# enroll_device DMS NAME: key, request and certificate of a new device: NAME.key .csr .pem
enroll_device() {
	new_csr "$2" && enroll "$1" "$2" && assert_status 200
}

### the state

write_conf() {
	cat >"$SHEDU_CONF" <<-END
		database = "$W/state/shedu.db";
		state_dir = "$W/state";
		public = { https_url = "$HTTPS_URL"; http_url = "$HTTP_URL"; };
		est = { system_ca = "$W/root.pem"; };
		trust = { bundle = "$W/state/trust.pem"; reload_command = "$W/reload"; };
		log = { file = "$W/shedu.log"; };
	END
}

# The command that a changed trust bundle runs; a server, once started, replaces it.
write_reload() {
	printf '#!/bin/sh\n%s\n' "${1:-:}" >"$W/reload"
	chmod 755 "$W/reload"
}

own() {
	((EUID != 0)) || chown -R "$SHEDU_USER:$SHEDU_GROUP" "$@"
}

make_template() {
	mkdir "$W" "$W/state"
	write_conf
	write_reload
	: >"$W/root.pem"
	chmod 750 "$W/state"
	own "$W"
	shedu init
	# SHEDU_CAS_AT=-800d: CAs old enough to have issued certificates that have really expired.
	AT=${SHEDU_CAS_AT:-} shedu ca create root --cn 'Test Root' --validity 20y
	AT=${SHEDU_CAS_AT:-} shedu ca create issuing --cn 'Test Issuing' --parent root --validity 10y
	AT=${SHEDU_CAS_AT:-} shedu ca create bootstrap --cn 'Test Bootstrap' --validity 20y
	ca_pem root >"$W/root.pem"
	ca_pem issuing >"$W/issuing.pem"
	ca_pem bootstrap >"$W/bootstrap-ca.pem"
	shedu operator add admin --role admin --out "$W/operator.pem" --out-key "$W/operator.key"
	shedu cert issue --ca bootstrap --kind bootstrap --cn factory \
		--out "$W/bootstrap.pem" --out-key "$W/bootstrap.key"
	shedu cert issue --ca issuing --kind server --cn localhost --san localhost --san 127.0.0.1 \
		--out "$W/server.pem" --out-key "$W/server.key"
	shedu tick
	own "$W"
	mv "$W" "$SHEDU_TMP/template"
}

# make_state: the state as it was when the file began.
make_state() {
	cd "$SHEDU_TMP" || return
	rm -rf "$W"
	cp -a template "$W"
	cd "$W" || return
}

shedu_file_begin() {
	SHEDU_TMP=$(mktemp -d "${TMPDIR:-/tmp}/shedu-test.XXXXXX")
	chmod 755 "$SHEDU_TMP"
	own "$SHEDU_TMP"
	# Published answers lie on a tmpfs, and nowhere else.
	export SHEDU_PUBLISH=
	if [[ $(stat -f -c %T "$SHEDU_TMP") == tmpfs ]]; then
		SHEDU_PUBLISH=$SHEDU_TMP/publish
	elif [[ $(stat -f -c %T /dev/shm) == tmpfs ]]; then
		SHEDU_PUBLISH=/dev/shm/${SHEDU_TMP##*/}
	fi
	export SHEDU_TMP W=$SHEDU_TMP/w SHEDU_CONF=$SHEDU_TMP/w/shedu.conf
	shedu_find_programs
	shedu_ports
	export ROOT_PEM=$W/root.pem
	make_template >"$SHEDU_TMP/template.log" 2>&1 || {
		echo "the state of this test file could not be made:" >&2
		cat "$SHEDU_TMP/template.log" >&2
		return 1
	}
	[[ -z ${SHEDU_SHARED:-} ]] || make_state
}

shedu_test_begin() {
	# So that a test's own "wait" does not wait for the clock of bats's timeout.
	disown -a 2>/dev/null || :
	[[ -z ${SHEDU_SKIP:-} ]] || skip "$SHEDU_SKIP"
	if [[ -n ${SHEDU_SHARED:-} ]]; then
		cd "$W" || return
	else
		make_state
	fi
}

shedu_test_end() {
	[[ -z ${SHEDU_SKIP:-} ]] || return 0
	if [[ -z ${BATS_TEST_COMPLETED:-} && -s $W/shedu.log ]]; then
		echo "--- shedu.log, last lines" >&2
		tail -n 5 "$W/shedu.log" >&2
	fi
	[[ -n ${SHEDU_SHARED:-} ]] || stop_server
	cd /
}

shedu_file_end() {
	[[ -n ${SHEDU_TMP:-} ]] || return 0
	stop_server
	[[ -n ${SHEDU_KEEP:-} ]] || rm -rf "$SHEDU_TMP" ${SHEDU_PUBLISH:+"$SHEDU_PUBLISH"}
}

setup_file() { shedu_file_begin; }
setup() { shedu_test_begin; }
teardown() { shedu_test_end; }
teardown_file() { shedu_file_end; }

### servers and the tick, by pid

# background NAME COMMAND...: as the state's owner, its output in NAME.log, its pid kept.
background() {
	local name=$1
	shift
	"${AS_USER[@]}" "$@" >"$W/$name.log" 2>&1 </dev/null 3>&- 4>&- &
	mkdir -p "$SHEDU_TMP/pids"
	echo $! >"$SHEDU_TMP/pids/$name"
}

background_pid() {
	cat "$SHEDU_TMP/pids/$1"
}

# end NAME [SIGNAL]: waits at most ten seconds, then kills.
end() {
	local pid i file=$SHEDU_TMP/pids/$1
	[[ -e $file ]] || return 0
	pid=$(<"$file")
	rm -f "$file"
	kill -"${2:-TERM}" "$pid" 2>/dev/null || return 0
	for ((i = 0; i < 200; i++)); do
		kill -0 "$pid" 2>/dev/null || return 0
		sleep 0.05
	done
	echo "$1 ($pid) did not stop" >&2
	kill -KILL "$pid" 2>/dev/null
	return 0
}

start_tick() {
	background tick "$SHEDU" --conf "$SHEDU_CONF" tick --every 1s
}

# publish_on: answers are published from now on, in $SHEDU_PUBLISH, which is empty then. Without a
# tmpfs nothing is.
publish_on() {
	[[ -n $SHEDU_PUBLISH ]] || return 0
	if ! grep -q publish_dir "$SHEDU_CONF"; then
		grep -q '^ocsp = {' "$SHEDU_CONF" || echo 'ocsp = { };' >>"$SHEDU_CONF"
		sed -i "s|^ocsp = {|& publish_dir = \"$SHEDU_PUBLISH\";|" "$SHEDU_CONF"
	fi
	if [[ ! -d $SHEDU_PUBLISH ]]; then
		mkdir -m 2755 "$SHEDU_PUBLISH"
		own "$SHEDU_PUBLISH"
	fi
	shedu ocsp wipe
}

# published: the files, one per line.
published() {
	find "$SHEDU_PUBLISH/www/ocsp" -type f 2>/dev/null
}

# render TEMPLATE FILE: with this state's paths and the server's ports, as quickstart does.
render() {
	"$SHEDU_SRC/server-conf" "$SHEDU_SRC/$1" address=127.0.0.1 server_name=localhost \
		http_port="$HTTP_PORT" https_port="$HTTPS_PORT" procs="${SHEDU_PROCS:-2}" conf="$SHEDU_CONF" \
		server_cert="$W/server.pem" server_key="$W/server.key" \
		client_cas="$W/state/trust.pem" rundir="$W/$SERVER" logdir="$W/$SERVER" \
		publish="${SHEDU_PUBLISH:-/nonexistent}" max_age=60 \
		fcgidir="$FCGI_DIR" est="$EST" ocsp="$OCSP" dms="$DMS" \
		shedu_conf="$W/$SERVER/shedu.conf" client_verify="$CLIENT_VERIFY" \
		apache_modules=/usr/lib/apache2/modules >"$W/$SERVER/$2"
}

# responder_env NAME=VALUE: one more variable for the responders of the rendered configuration.
responder_env() {
	sed -i -e "s|\"SHEDU_CONF\" =>|\"${1%%=*}\" => \"${1#*=}\", &|" \
		-e "s|^FcgidInitialEnv SHEDU_CONF|FcgidInitialEnv ${1%%=*} \"${1#*=}\"\n&|" \
		"$W/$SERVER/shedu.conf"
}

# start_server lighttpd|apache|apache-proxy [--no-provider] [--no-tick] [--env N=V]...
# Sets SERVER and the URLs. A second server gets ports of its own; use_server changes between them.
# AT: the time that the responders live in (the server itself lives now).
start_server() {
	local openssl_conf='' tick=yes e env=() template=$1/shedu.conf.in main=$1
	SERVER=$1
	shift
	while (($#)); do
		case $1 in
		--no-provider) openssl_conf=/etc/ssl/openssl.cnf ;;
		--no-tick) tick= ;;
		--env) env+=("$2") && shift ;;
		esac
		shift
	done
	[[ $SERVER != apache-proxy ]] || { main=apache && template=apache/shedu-proxy.conf.in; }
	if [[ $main == apache ]]; then requires apache2; else requires lighttpd; fi
	if [[ -n ${AT:-} ]]; then
		env+=("FAKETIME=$AT" FAKETIME_DONT_FAKE_MONOTONIC=1
			ASAN_OPTIONS=verify_asan_link_order=0
			"LD_PRELOAD=$FAKETIME_LIB")
	fi
	[[ ! -d $SHEDU_TMP/servers ]] || { shedu_ports; }
	mkdir -p "$W/$SERVER/empty" "$W/$SERVER/upload" "$W/$SERVER/fcgid" "$SHEDU_TMP/servers"
	echo "SERVER=$SERVER HTTPS_PORT=$HTTPS_PORT HTTP_PORT=$HTTP_PORT HTTPS_URL=$HTTPS_URL HTTP_URL=$HTTP_URL" \
		>"$SHEDU_TMP/servers/$SERVER"
	render "$template" shedu.conf
	render "$main/standalone.conf.in" server.conf
	render tls/openssl-client-verify.cnf.in openssl.cnf
	for e in "${env[@]}"; do responder_env "$e"; done
	own "$W/$SERVER"
	publish_on
	shedu tick
	write_reload "for f in $SHEDU_TMP/pids/server-*; do kill -USR1 \$(cat \$f); done"
	launch_server "${openssl_conf:-$W/$SERVER/openssl.cnf}"
	[[ -z $tick || -e $SHEDU_TMP/pids/tick ]] || start_tick
}

# The server of the configuration that is in $W/$SERVER.
launch_server() {
	local command=(apache2 -DFOREGROUND)
	[[ $SERVER != lighttpd ]] || command=(lighttpd -D)
	background "server-$SERVER" env -i PATH="$PATH:/usr/sbin" SERVERS_OWN=secret OPENSSL_CONF="$1" \
		"${command[@]}" -f "$W/$SERVER/server.conf"
	wait_for 15 curl -s --max-time 2 --cacert "$ROOT_PEM" "$HTTPS_URL/health" && return
	cat "$W/server-$SERVER.log" "$W/$SERVER"/*.log >&2
	return 1
}

# After a change of $W/$SERVER/shedu.conf.
restart_server() {
	end "server-$SERVER"
	launch_server "$W/$SERVER/openssl.cnf"
}

# use_server KIND: of those that run.
use_server() {
	# shellcheck disable=SC1090
	. "$SHEDU_TMP/servers/$1"
}

# on_each_server COMMAND...: of those that run; says which one failed.
on_each_server() {
	local f
	for f in "$SHEDU_TMP"/servers/*; do
		use_server "${f##*/}"
		echo "on $SERVER:"
		"$@"
	done
}

stop_server() {
	local f
	for f in "$SHEDU_TMP"/pids/*; do
		[[ -e $f ]] && end "${f##*/}"
	done
	rm -rf "$SHEDU_TMP/servers"
}

# web METHOD PATH [curl options]: to the HTTPS port, or to the URL given in place of the path; sets
# what cgi sets.
web() {
	local method=$1 url=$2
	shift 2
	[[ $url == http* ]] || url=$HTTPS_URL$url
	: >"$W/cgi.err"
	: >"$W/answer.body"
	curl -sS --max-time 30 --cacert "$ROOT_PEM" -X "$method" -D "$W/answer.headers" \
		-o "$W/answer.body" -w '%{http_code}' "$@" "$url" >"$W/answer.status" || return
	headers_file=$W/answer.headers body_file=$W/answer.body
	status=$(<"$W/answer.status")
	tr -d '\r' <"$headers_file" >"$W/answer.tmp" && mv "$W/answer.tmp" "$headers_file"
	headers=$(<"$headers_file")
	output=$(tr -d '\0' <"$body_file" 2>/dev/null)
}
