# What the OCSP rows are compared with, and what is no rate: the stock responder, published files, the
# time until a revocation shows, memory.
# shellcheck shell=bash disable=SC2153,SC2154,SC2034

# responder_files: stock/responder.pem and .key, those that ours signs with.
responder_files() {
	local key
	sed -n 1p "$R/few-$MAIN" | base64 -d >"$R/look"
	curl -s -o "$R/looked" -H 'Content-Type: application/ocsp-request' \
		--data-binary "@$R/look" "${HTTP[kept]}/ocsp"
	openssl ocsp -respin "$R/looked" -noverify -resp_text 2>/dev/null |
		sed -n '/-BEGIN CERT/,/-END CERT/p' >"$STOCK_DIR/responder.pem"
	for key in "$W"/state/responders/*.key; do
		[[ $(openssl pkey -in "$key" -pubout) == $(openssl x509 -in "$STOCK_DIR/responder.pem" -noout -pubkey) ]] ||
			continue
		cp "$key" "$STOCK_DIR/responder.key"
		return
	done
	echo 'bench: the responder has no key file' >&2
	return 1
}

# stock_make: for openssl's responder, the same certificates in its own format.
stock_make() {
	local end
	STOCK_DIR=$W/stock
	mkdir "$STOCK_DIR"
	responder_files
	end=$(date -u -d '+1 year' +%y%m%d%H%M%SZ)
	awk -v end="$end" '{ printf "V\t%s\t\t%s\tunknown\t/CN=register-%08d\n", end, $1, NR }' \
		"$R/serials-$MAIN" >"$STOCK_DIR/index.txt"
	echo 'unique_subject = no' >"$STOCK_DIR/index.txt.attr"
	own "$STOCK_DIR"
}

# stock_measure LABEL [OPTIONS]: a row of openssl's responder. It does not notice that a client has hung
# up before it asked, and is busy with that for ever, as it may happen when wrk's time is over: so it
# is started anew for each measurement.
stock_measure() {
	local label=$1 port
	shift
	free_port
	background "$label" openssl ocsp -index "$STOCK_DIR/index.txt" -port "$port" -ndays 1 \
		-rsigner "$STOCK_DIR/responder.pem" -rkey "$STOCK_DIR/responder.key" -CA "$W/issuing.pem" "$@"
	wait_for 30 look "$label" "http://127.0.0.1:$port" POST "$R/few-$MAIN" application/ocsp-request
	ask "$label" "http://127.0.0.1:$port" POST "$R/few-$MAIN" application/ocsp-request
	stock_stop "$label"
}

# With several processes their parent waits for them, and does not end before.
stock_stop() {
	local parent children
	parent=$(background_pid "$1")
	children=$(pgrep -P "$parent" || :)
	kill -TERM "$parent"
	# shellcheck disable=SC2086
	[[ -z $children ]] || kill -TERM $children
	end "$1"
}

# published_start: two servers with the shipped rewrite. One publishes, and each answer has been asked
# for; the other has plain files of the same names at the same place, and publishes nothing.
published_start() {
	local dir=$SHEDU_PUBLISH static=$SHEDU_PUBLISH-static
	mkdir -p "$static/www"
	mkdir -m 2755 "$dir"
	own "$dir" "$static"
	PUBLISH=$static instance static "r$MAIN" 2
	# The last of this register: the database names one place, and the tick of a server that
	# publishes nothing ends it.
	PUBLISH=$dir instance published "r$MAIN" 2 "publish_dir = \"$dir\""
	look published "${HTTP[published]}/ocsp" GET "$R/few-$MAIN"
	unset 'OCTETS[published]'
	wrk_for 2 "${HTTP[published]}/ocsp" GET "$R/few-$MAIN" >/dev/null
	cp -a "$dir/www/ocsp" "$static/www/ocsp"
	(cd "$static/www/ocsp" && find . -type f -printf '%P\n') >"$R/static"
	(($(wc -l <"$R/static") > FEW * 9 / 10)) && return
	echo "bench: the answers are not published" >&2
	return 1
}

published_measure() {
	ask static "${HTTP[static]}/ocsp" GET "$R/static"
	ask published "${HTTP[published]}/ocsp" GET "$R/few-$MAIN"
}

# visible_row WHAT INSTANCE post|get FIRST: from the API's answer to a revocation to the OCSP answer that
# says so, for some of the certificates revoked-N.
visible_row() {
	local what=$1 http=${HTTP[$2]} https=${HTTPS[$2]} i n stale p50 max
	for ((i = $4; i < $4 + REVOKED; i++)); do
		printf '%s ' "$(serial_of "revoked-$i.pem")"
		serial_of "revoked-$i.pem" | "$BENCH/requests" ocsp issuing.pem
	done >"$R/visible"
	read -r _ n stale p50 max < <("$BENCH/visible" visible "$https/v2/certificates" "$W/operator.pem" \
		"$W/operator.key" "$W/root.pem" "$http/ocsp" "$3" <"$R/visible") || { FAILED=1 && return 0; }
	table_fact "$what, $n revocations" "$stale stale answers, p50 $p50 ms, max $max ms" \
		'the next request' "$(verdict "$stale == 0")"
}

# Kills one of the workers, which are the publishers, again and again; lighttpd starts them anew. A line
# in killed for each. It ends with the server, and before that by ocsp_end, where a run is stopped.
kill_publishers() {
	local p
	while [[ -e $SHEDU_TMP/pids/server-published ]] && sleep 0.05; do
		p=$(instance_workers published | shuf -n 1) || :
		if kill -KILL "$p" 2>/dev/null; then echo "$p" >>"$R/killed"; fi
	done
}

kill_no_more() {
	[[ -z $KILLER ]] || kill "$KILLER" 2>/dev/null || :
	KILLER=
}

visible_measure() {
	table_section 'From the acknowledged revocation to the first answer that says revoked'
	visible_row 'POST' kept post 0
	visible_row 'GET, nothing published' kept get "$REVOKED"
	[[ -n $PUBLISHED ]] || return 0
	visible_row 'GET, published' published get "$((2 * REVOKED))"
	: >"$R/killed"
	kill_publishers &
	KILLER=$!
	visible_row 'GET, published, publishers killed' published get "$((3 * REVOKED))"
	kill_no_more
	table_fact '  publishers killed meanwhile' "$(wc -l <"$R/killed")"
}

# private_of INSTANCE: the largest private memory of its OCSP workers, KiB.
private_of() {
	local p
	for p in $(instance_workers "$1"); do
		awk '/^Private_/ { n += $2 } END { print n + 0 }' "/proc/$p/smaps_rollup"
	done | sort -n | tail -n 1
}

# memory_ask N: at least so many requests, for kept answers and with nonces in turn.
memory_ask() {
	local done=0 n file
	while ((done < $1)); do
		for file in "$R/many-$MAIN" "$R/nonce"; do
			read -r _ _ _ n _ < <(wrk_for 2 "${HTTP[kept]}/ocsp" POST "$file" application/ocsp-request)
			((n)) || { FAILED=1 && return 0; }
			done=$((done + n))
		done
	done
	ASKED=$((ASKED + done))
}

# What a worker keeps is all there after some 200,000 requests: growth is judged on the second half, and
# only where the first is as long.
memory_measure() {
	local n first warm half last aim=()
	n=$(awk -v s="$SCALE" 'BEGIN { printf "%d", 1000000 * s }')
	end server-kept
	instance_start kept
	ASKED=0
	first=$(private_of kept)
	memory_ask "$((n / 2))"
	half=$(private_of kept) warm=$ASKED
	memory_ask "$((n - ASKED))"
	last=$(private_of kept)
	((n < 400000)) || aim=('<= 256 KiB' "$(verdict "$last - $half <= 256")")
	table_section "Private memory of an OCSP worker (smaps_rollup), the largest of two, $MAIN certificates"
	table_fact 'before the first request' "$first KiB"
	table_fact "after $ASKED of both, kept and nonces in turn" "$last KiB" '<= 16 MiB' \
		"$(verdict "$last <= 16384")"
	table_fact "  growth after the first $warm of them" "$((last - half)) KiB" "${aim[@]}"
}
