# OCSP beside the null responder, a static file and the responder of openssl, by wrk: what libcurl costs
# would hide what these do.
# shellcheck shell=bash disable=SC2154,SC2034

ocsp_requires=(lighttpd curl jq openssl wrk)
# Certificates in the registers: a small one, that of most rows, a large one.
read -r SMALL MAIN LARGE <<<"${BENCH_SIZES:-1000 100000 1000000}"
FEW=1000 MANY=20000		# certificates that are asked about, spread over the register
RSA='' PUBLISHED='' KILLER=''

# shellcheck source=tests/bench/instance.bash
. "$SHEDU_SRC/tests/bench/instance.bash"
# shellcheck source=tests/bench/ocsp_more.bash
. "$SHEDU_SRC/tests/bench/ocsp_more.bash"

# Seconds of each measurement; below half of the scale there are fewer rounds.
ocsp_scale() {
	EACH=$(awk -v s="$SCALE" 'BEGIN { n = int(2 * s); print (n < 1 ? 1 : n) }')
	OCSP_ROUNDS=$(awk -v s="$SCALE" -v r="$ROUNDS" 'BEGIN {
		n = int(s < 0.5 ? r * s * 2 : r); print (n < 1 ? 1 : n) }')
}

# What a build may not have yet.
ocsp_look_around() {
	grep -q '"ca validation"' "$SHEDU_SRC/cli/commands.c" && RSA=yes
	grep -q '@publish@' "$SHEDU_SRC/lighttpd/shedu.conf.in" && [[ -n ${SHEDU_PUBLISH:-} ]] && PUBLISHED=yes
	return 0
}

# The small register that the large ones are copies of: a device to be like, those to revoke, and
# certificates of a CA whose responder has RSA.
ocsp_make_base() {
	local i
	make_dms bench
	REVOKED=$(awk -v s="$SCALE" 'BEGIN { n = int(20 * s); print (n < 5 ? 5 : n) }')
	for ((i = 0; i < 4 * REVOKED; i++)); do enroll_device bench "revoked-$i"; done
	if [[ -n $RSA ]]; then
		shedu ca create rsa --cn 'Test RSA' --parent root
		ca_pem rsa >"$W/rsa.pem"
		shedu ca validation rsa --set ocsp.responder_key=RSA-2048
		for ((i = 0; i < 20; i++)); do
			shedu cert issue --ca rsa --kind bootstrap --cn "rsa-$i" \
				--out "$W/rsa-$i.pem" --out-key "$W/rsa-$i.key"
		done
	fi
	shedu tick
}

# Registers, and for each what is asked: few-N, many-N.
ocsp_make_registers() {
	local n
	for n in "$SMALL" "$MAIN" "$LARGE"; do
		echo "bench: a register of $n certificates" >&2
		as_user "$SHEDU_TMP/register" "$W/state/shedu.db" "$W/state/r$n.db" "$n" >"$R/serials-$n"
		chmod 640 "$W/state/r$n.db"
		shuf -n "$FEW" "$R/serials-$n" | "$BENCH/requests" ocsp issuing.pem >"$R/few-$n"
		shuf -n "$MANY" "$R/serials-$n" | "$BENCH/requests" ocsp issuing.pem >"$R/many-$n"
	done
	shuf -n "$FEW" "$R/serials-$MAIN" | "$BENCH/requests" ocsp issuing.pem --nonce >"$R/nonce"
	[[ -n $RSA ]] || return 0
	for n in rsa-*.pem; do serial_of "$n"; done | "$BENCH/requests" ocsp rsa.pem >"$R/rsa"
}

ocsp_start() {
	local n
	instance kept "r$MAIN" 2
	instance live "r$MAIN" 2 'cache_entries = 0'
	instance one "r$MAIN" 1
	instance four "r$MAIN" 4
	for n in "$SMALL" "$LARGE"; do
		instance "kept-$n" "r$n" 2
		instance "live-$n" "r$n" 2 'cache_entries = 0'
	done
	[[ -z $PUBLISHED ]] || published_start
	stock_make
}

# ocsp_measure: one round.
ocsp_measure() {
	local n few=$R/few-$MAIN many=$R/many-$MAIN type=application/ocsp-request
	ask live "${HTTP[live]}/ocsp" POST "$many" "$type"
	ask null "${HTTP[kept]}/null" POST "$few" "$type"
	ask post "${HTTP[kept]}/ocsp" POST "$few" "$type"
	stock_measure stock
	stock_measure stock-multi -multi 2
	ask get "${HTTP[kept]}/ocsp" GET "$few"
	ask post-many "${HTTP[kept]}/ocsp" POST "$many" "$type"
	ask nonce "${HTTP[kept]}/ocsp" POST "$R/nonce" "$type"
	[[ -z $RSA ]] || ask rsa "${HTTP[live]}/ocsp" POST "$R/rsa" "$type"
	[[ -z $PUBLISHED ]] || published_measure
	for n in "$SMALL" "$LARGE"; do
		ask "post-$n" "${HTTP[kept-$n]}/ocsp" POST "$R/few-$n" "$type"
		ask "live-$n" "${HTTP[live-$n]}/ocsp" POST "$R/few-$n" "$type"
	done
	ask live-many "${HTTP[live-$LARGE]}/ocsp" POST "$R/many-$LARGE" "$type"
	for n in one four; do
		ask "null-$n" "${HTTP[$n]}/null" POST "$few" "$type"
		ask "post-$n" "${HTTP[$n]}/ocsp" POST "$few" "$type"
	done
}

ocsp_rows() {
	table_section "OCSP: wrk, 16 connections, P-256; $MAIN certificates of which $FEW are asked about, 2 workers"
	table_row null 'null FastCGI, the same POSTs'
	table_row post 'cached POST' null 0.85
	table_row post '  the same' stock 2
	table_row post '  the same' stock-multi 1.3
	table_row get 'cached GET, nothing published' null
	table_row post-many "cached POST, of $MANY certificates" post
	table_row live "signed for each POST, of $MANY" null 0.5
	table_row nonce 'POST with nonce (signed)' null
	table_row rsa 'signed RSA-2048 for each POST' null
	table_row static 'static file of equal size, same rewrite'
	table_row published 'published GET' static 0.9
	table_row published '  the same; stock is asked by POST' stock 8
	table_row stock 'openssl ocsp (closes each connection)'
	table_row stock-multi 'openssl ocsp -multi 2 (the same)'
	table_section 'OCSP by the size of the register: the same requests'
	table_row "post-$SMALL" "cached POST, of $FEW, at $SMALL"
	table_row post "cached POST, of $FEW, at $MAIN" "post-$SMALL"
	table_row "post-$LARGE" "cached POST, of $FEW, at $LARGE" "post-$SMALL" 0.9
	table_row "live-$SMALL" "signed, of $FEW, at $SMALL"
	table_row "live-$LARGE" "signed, of $FEW, at $LARGE" "live-$SMALL" 0.9
	table_row live "signed, of $MANY, at $MAIN" "live-$SMALL"
	table_row live-many "signed, of $MANY, at $LARGE" live
	table_section 'OCSP by the number of workers (null: as many)'
	table_row null-one 'null, 1 worker'
	table_row post-one 'cached POST, 1 worker' null-one
	table_row post 'cached POST, 2 workers' null
	table_row null-four 'null, 4 workers'
	table_row post-four 'cached POST, 4 workers' null-four
	[[ -n $RSA ]] || table_fact 'RSA-2048' 'this build has no such responder'
	[[ -n $PUBLISHED ]] || table_fact 'published' 'this build publishes nothing, or there is no tmpfs'
}

bench_ocsp() {
	local round
	ocsp_scale
	ocsp_look_around
	install_tools register
	ocsp_make_base >"$R/base.log" 2>&1 || { cat "$R/base.log" >&2 && return 1; }
	ocsp_make_registers
	ocsp_start
	for ((round = 1; round <= OCSP_ROUNDS; round++)); do
		echo "bench: OCSP, round $round of $OCSP_ROUNDS" >&2
		ocsp_measure
	done
	ocsp_rows
	visible_measure
	memory_measure
}

# Also where the run was stopped.
ocsp_end() {
	local name
	kill_no_more
	for name in stock stock-multi; do
		[[ ! -e $SHEDU_TMP/pids/$name ]] || stock_stop "$name"
	done
	[[ -z ${SHEDU_PUBLISH:-} ]] || rm -rf "$SHEDU_PUBLISH-static"
}
