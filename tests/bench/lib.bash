# What the parts of the benchmark share: the tools, load by libcurl, and what stands in the table.
# shellcheck shell=bash disable=SC2154,SC2034

# scaled N: in each round.
scaled() {
	awk -v n="$1" -v s="$SCALE" -v r="$ROUNDS" 'BEGIN { n = int(n * s / r); print (n < 100 ? 100 : n) }'
}

# The tools where the state's owner can reach them.
install_tools() {
	local t
	for t; do
		cp "$BENCH/$t" "$SHEDU_TMP/$t"
		chmod 755 "$SHEDU_TMP/$t"
	done
}

# The shipped configuration, and the null responder beside the others, on both ports.
eval "shipped_$(declare -f render)"
render() {
	shipped_render "$@"
	[[ $1 == lighttpd/standalone.conf.in ]] || return 0
	cat >>"$W/$SERVER/$2" <<-END
		\$HTTP["url"] == "/null" {
			fastcgi.server = ( "" => ((
				"socket" => "$W/$SERVER/null.sock", "bin-path" => "$SHEDU_TMP/null",
				"bin-copy-environment" => ( "PATH" ), "max-procs" => ${SHEDU_PROCS:-2},
				"check-local" => "disable" )) )
		}
	END
}

# load LABEL N OPTIONS...: one row of results.
load() {
	local label=$1 n
	n=$(scaled "$2")
	shift 2
	"$BENCH/load" --label "$label" --requests "$n" --seconds 15 "$@" >>"$R/results" ||
		FAILED=1
}

# What the table has, in its order (table.awk).
table_section() {
	printf 'section|%s\n' "$1" >>"$R/table"
}

# table_row ID WHAT [BASE [AIM]]: the results of ID, and what part they are of those of BASE.
table_row() {
	printf 'row|%s|%s|%s|%s\n' "$1" "$2" "${3:-}" "${4:-}" >>"$R/table"
}

# table_fact WHAT FOUND [AIM met|MISSED]: what is no rate.
table_fact() {
	printf 'fact|%s|%s|%s|%s\n' "$1" "$2" "${3:-}" "${4:-}" >>"$R/table"
}

# verdict EXPRESSION: met, where awk finds it true.
verdict() {
	awk "BEGIN { print (($1) ? \"met\" : \"MISSED\") }"
}
