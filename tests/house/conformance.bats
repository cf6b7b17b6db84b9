# What CONFORMANCE says is shown by a test is.

cd "${SHEDU_SRC:-$BATS_TEST_DIRNAME/../..}" || exit

# A line of "FILE WORDS" for each test that is named; WORDS may be empty. Words belong to the file
# before them.
named() {
	grep -oE 'tests/[a-z_/-]+\.(bats|c)|"[^"]+"' "$1" |
		awk '/^tests/ { file = $0; print file "\t"; next } { gsub(/"/, ""); if (file) print file "\t" $0 }'
}

@test "every test that a CONFORMANCE names exists" {
	local f file words n=0
	for f in fcgi/*/CONFORMANCE; do
		while IFS=$'\t' read -r file words; do
			[[ -e $file ]] || { echo "$f: there is no $file" >&2 && return 1; }
			[[ -z $words ]] || grep -qF -- "$words" <(grep '^@test' "$file") ||
				{ echo "$f: no test of $file says '$words'" >&2 && return 1; }
			n=$((n + 1))
		done < <(named "$f")
	done
	((n > 60))
}

# Each entry on one line: it begins where a section stands, or a headline ends.
entries() {
	awk '/^    / {
		if (substr($0, 5, 1) != " " && n) { print e; e = "" }
		e = e " " $0; n++; next
	}
	n { print e; e = ""; n = 0 }
	END { if (n) print e }' "$1"
}

@test "every entry of a CONFORMANCE has a test, or the reason why not" {
	local f e n=0
	for f in fcgi/*/CONFORMANCE; do
		while read -r e; do
			[[ $e == *tests/* || $e == *not:\ * ]] || { echo "$f: no test and no reason: $e" >&2 && return 1; }
			n=$((n + 1))
		done < <(entries "$f")
	done
	((n > 80))
}

@test "every file of EST tests is named in its CONFORMANCE, or is about what no RFC says" {
	local f
	for f in tests/est/*.bats; do
		grep -q "$f" fcgi/est/CONFORMANCE && continue
		case ${f##*/} in
		expired.bats | jwt_*.bats | last_second.bats | names.bats | profile_signed.bats | psk_*.bats) ;;
		refusals.bats | replay.bats | fullcmc_bounds.bats | fullcmc_once.bats | fullcmc_replay.bats) ;;
		fullcmc_webhook.bats | san.bats | serverkeygen_again.bats | serverkeygen_life.bats | webhook*.bats) ;;
		*) echo "$f is not in fcgi/est/CONFORMANCE" >&2 && return 1 ;;
		esac
	done
}

@test "every file of OCSP and CRL tests is named in its CONFORMANCE" {
	local f
	for f in tests/ocsp/*.bats tests/*/*ocsp*.bats tests/*/*crl*.bats tests/cli/backup.bats \
		tests/servers/{publish*,storm}.bats; do
		grep -q "$f" fcgi/ocsp/CONFORMANCE || { echo "$f is not in fcgi/ocsp/CONFORMANCE" >&2 && return 1; }
	done
}
