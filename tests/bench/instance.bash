# Servers for the OCSP rows: several at a time, each the shipped lighttpd configuration with responders
# of its own settings, and none of them busy but the one that is measured; and load by wrk.
# shellcheck shell=bash disable=SC2154,SC2034

# instance NAME REGISTER PROCS [SETTING...]: responders that answer from state/REGISTER.db, with these
# settings in the block ocsp of their configuration; a server that looks for published files in PUBLISH,
# or nowhere. Sets HTTP[NAME] HTTPS[NAME].
declare -A HTTP HTTPS
instance() {
	local name=$1 register=$2 procs=$3 dir=$W/$1 setting
	local -x SHEDU_CONF=$W/$name.conf SHEDU_PUBLISH=${PUBLISH:-}
	shift 3
	shedu_ports
	HTTP[$name]=http://127.0.0.1:$HTTP_PORT HTTPS[$name]=https://127.0.0.1:$HTTPS_PORT
	mkdir -p "$dir/empty" "$dir/upload"
	{
		sed -e "s|/shedu.db\"|/$register.db\"|" -e "s|/shedu.log\"|/$name.log\"|" "$W/shedu.conf"
		printf 'ocsp = {\n\tcache_dir = "%s/kept";\n' "$dir"
		for setting; do printf '\t%s;\n' "$setting"; done
		printf '};\n'
	} >"$SHEDU_CONF"
	own "$dir" "$SHEDU_CONF"
	SERVER=$name
	SHEDU_PROCS=$procs render lighttpd/shedu.conf.in shedu.conf
	SHEDU_PROCS=$procs render lighttpd/standalone.conf.in server.conf
	render tls/openssl-client-verify.cnf.in openssl.cnf
	shedu tick
	instance_start "$name"
}

# instance_start NAME: with what instance() wrote.
instance_start() {
	local dir=$W/$1
	background "server-$1" env -i PATH="$PATH:/usr/sbin" OPENSSL_CONF="$dir/openssl.cnf" \
		lighttpd -D -f "$dir/server.conf"
	wait_for 15 curl -s --max-time 2 --cacert "$ROOT_PEM" "${HTTPS[$1]}/health" && return
	cat "$W/server-$1.log" "$dir"/*.log >&2
	return 1
}

# instance_workers NAME: the pids of its OCSP responders.
instance_workers() {
	pgrep -x ocsp -P "$(background_pid "server-$1")"
}

# The octets of each row's answer, from one that was looked at.
declare -A OCTETS

# look LABEL URL METHOD FILE [TYPE]: one request as wrk sends it. OCSP's tryLater is a 200 too: the
# answer must be a good one, and those to come as large.
look() {
	local label=$1 url=$2 request sizes out=$R/looked
	request=$(sed -n 1p "$4")
	if [[ $3 == GET ]]; then
		request=${request//+/%2B} request=${request//\//%2F} request=${request//=/%3D}
		sizes=$(curl -s -o "$out" -w '%{http_code} %{size_header} %{size_download}' "$url/$request")
	else
		base64 -d <<<"$request" >"$R/look"
		sizes=$(curl -s -o "$out" -w '%{http_code} %{size_header} %{size_download}' \
			-H "Content-Type: ${5:-}" --data-binary "@$R/look" "$url")
	fi
	[[ $sizes == 200\ * ]] || { echo "bench: $label: status, octets: $sizes" >&2 && return 1; }
	[[ $label == null* || $label == static* ]] ||
		openssl ocsp -respin "$out" -noverify -resp_text 2>/dev/null | grep -q 'Cert Status: good' ||
		{ echo "bench: $label: not good" >&2 && return 1; }
	read -r _ head body <<<"$sizes"
	OCTETS[$label]=$((head + body))
}

# ask LABEL URL METHOD FILE [TYPE]: one row of results, by wrk (wrk.lua); the first time of each label
# is for what is kept of the answers, and for look().
ask() {
	local label=$1 url=$2 rate p50 p99 n errors octets
	if [[ -z ${OCTETS[$label]:-} ]]; then
		look "$@" || { FAILED=1 OCTETS[$label]=0 && return; }
		wrk_for 1 "$url" "${@:3}" >/dev/null
	fi
	((OCTETS[$label])) || return 0
	read -r rate p50 p99 n errors octets < <(wrk_for "$EACH" "$url" "${@:3}")
	if ((errors || octets < OCTETS[$label] * 99 / 100)); then
		FAILED=1
		echo "bench: $label: $errors of $n failed, $octets octets for ${OCTETS[$label]}" >&2
	fi
	echo "$label $rate $p50 $p99 $n $errors" >>"$R/results"
}

# wrk_for SECONDS URL METHOD FILE [TYPE]: what wrk.lua prints.
wrk_for() {
	local seconds=$1 url=$2
	shift 2
	wrk -t1 -c16 -d"${seconds}s" --timeout 10s -s "$SHEDU_SRC/tests/bench/wrk.lua" "$url" -- "$@" |
		sed -n 's/^result: //p'
}
