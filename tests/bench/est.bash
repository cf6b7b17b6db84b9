# Enrollment beside the null responder and bare inserts, by libcurl: TLS, and bodies that are used once.
# shellcheck shell=bash disable=SC2154,SC2034

est_requires=(lighttpd curl jq openssl)

# The other ways to authenticate: a DMS for each, and for each round's issuer of tokens.
est_make_ways() {
	local i
	# shellcheck disable=SC2016
	local est='{enrollment_settings: {est_rfc7030_settings: $est}}'
	make_dms keygen '{"server_keygen_settings": {"enabled": true, "key": {"type": "ECDSA", "bits": 256}}}'
	make_dms psk "$(jq -n --argjson est '{"auth_mode": "PSK"}' "$est")"
	shedu --json secret add --dms psk --uses 1000000 |
		jq -r '"Basic " + ("\(.id):\(.secret)" | @base64)' >"$R/secret"
	for ((i = 1; i <= ROUNDS; i++)); do
		make_dms "jwt$i" "$(jq -n --slurpfile keys "$R/keys$i" '{auth_mode: "JWT", jwt_settings:
			{jwks: $keys[0], issuer: "https://issuer", audience: "est"}} as $est | '"$est")"
	done
}

# Requests beforehand: keys and signatures are the devices' work.
est_make_requests() {
	local i
	for ((i = 1; i <= ROUNDS; i++)); do
		"$BENCH/requests" csr "$(scaled 5000)" "kept$i" >"$R/kept$i"
		"$BENCH/requests" csr "$(scaled 2500)" "fresh$i" >"$R/fresh$i"
		"$BENCH/requests" csr "$(scaled 2500)" "keygen$i" >"$R/keygen$i"
		"$BENCH/requests" csr "$(scaled 2500)" "psk$i" >"$R/psk$i"
		"$BENCH/requests" csr "$(scaled 2500)" "jwt$i" >"$R/jwt$i"
		"$BENCH/requests" jwt "$(scaled 2500)" "jwt$i" "$R/keys$i" >"$R/tokens$i"
	done
	head -c 900 /dev/zero | tr '\0' x | sed 's/$/\n/' >"$R/null"
	est_make_ways
}

# est_measure ROUND
est_measure() {
	local tls=(--cert bootstrap.pem --key bootstrap.key --ca root.pem)
	local https=https://127.0.0.1:$HTTPS_PORT csr=(--type application/pkcs10 --once)
	local est=$https/.well-known/est/bench/simpleenroll ways=$https/.well-known/est
	load null-kept 20000 --url "$https/null" --bodies "$R/null" "${tls[@]}"
	"$BENCH/inserts" "$R/inserts$1.db" "$(scaled 5000)" >>"$R/results"
	load enroll-kept 5000 --url "$est" --bodies "$R/kept$1" "${csr[@]}" "${tls[@]}"
	load keygen 2500 --url "$ways/keygen/serverkeygen" --bodies "$R/keygen$1" "${csr[@]}" "${tls[@]}"
	load null-tls 20000 --url "$https/null" --bodies "$R/null" --ca root.pem
	load enroll-psk 2500 --url "$ways/psk/simpleenroll" --bodies "$R/psk$1" "${csr[@]}" \
		--authorizations "$R/secret" --ca root.pem
	load enroll-jwt 2500 --url "$ways/jwt$1/simpleenroll" --bodies "$R/jwt$1" "${csr[@]}" \
		--authorizations "$R/tokens$1" --ca root.pem
	load enroll-fresh 2500 --url "$est" --bodies "$R/fresh$1" "${csr[@]}" "${tls[@]}" --fresh
	load null-fresh 2500 --url "$https/null" --bodies "$R/null" "${tls[@]}" --fresh
	"$BENCH/writers" "$R/writers$1.db" 16 "$(scaled 500)" >>"$R/results"
}

est_rows() {
	table_section 'EST: load by libcurl, 16 connections'
	table_row null-kept 'null, mutual TLS kept alive'
	table_row enroll-kept 'simpleenroll, mutual TLS kept alive' inserts 0.5
	table_row enroll-kept '  the same' null-kept
	table_row keygen 'serverkeygen P-256, the same' enroll-kept
	table_row null-tls 'null, TLS kept alive'
	table_row enroll-psk 'simpleenroll PSK, TLS kept alive' enroll-kept
	table_row enroll-jwt 'simpleenroll JWT ES256, the same' enroll-kept
	table_row null-fresh 'null, fresh mutual TLS'
	table_row enroll-fresh 'simpleenroll, fresh mutual TLS' null-fresh 0.75
	table_row inserts 'bare loop of SQLite FULL inserts'
	table_row writers '16 writers through core/store'
}

# The longest that a writer waited, beside the median of its round; the median of the rounds.
est_longest_wait() {
	local worst times
	worst=$(awk '$1 == "writers" && $7 > w { w = $7 } END { printf "%.2f", w / 1000 }' "$R/results")
	times=$(awk '$1 == "writers" { print $7 / $3 }' "$R/results" | sort -n |
		awk '{ v[NR] = $1 } END { printf "%.1f", (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2 }')
	table_fact '  longest wait' "$worst ms, $times times the median" '< 20' "$(verdict "$times < 20")"
}

bench_est() {
	local round
	make_dms bench >/dev/null
	SHEDU_PUBLISH= start_server lighttpd # the OCSP rows have servers of their own, that do
	est_make_requests
	for ((round = 1; round <= ROUNDS; round++)); do est_measure "$round"; done
	est_rows
	est_longest_wait
}

est_end() { :; }
