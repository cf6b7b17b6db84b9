# Rules of the house that a reader should never have to check by eye.

cd "${SHEDU_SRC:-$BATS_TEST_DIRNAME/../..}" || exit

none() {
	run "$@"
	printf '%s\n' "${lines[@]}"
	[[ -z $output ]]
}

# Code without its comments and texts, as FILE:LINE:CODE.
code() {
	local f
	find core fcgi cli tls -name '*.[ch]' | LC_ALL=C sort | while read -r f; do
		sed -E 's/"(\\.|[^"\\])*"/""/g; s,/\*.*\*/,,; s,/\*.*,,; s,^[ \t]*\*.*,,' "$f" |
			grep -n . | sed "s|^|$f:|"
	done
}

# uses NAMES: calls of one of these functions.
uses() {
	code | grep -E "(^|[^a-zA-Z0-9_])($1)\("
}

@test "no call that cannot be bounded" {
	none uses 'strcpy|strcat|sprintf|vsprintf|gets|scanf|fscanf|alloca|strtok|strncpy|strncat'
}

@test "no call that cannot fail visibly" {
	none uses 'atoi|atol|atoll|atof|tmpnam|mktemp|tempnam|rand|srand|random'
}

@test "no shell where a program can be called" {
	none uses 'system|popen'
}

@test "time and randomness come from core/base" {
	none bash -c "$(declare -f code uses); uses 'time|gettimeofday|clock_gettime|getrandom|RAND_bytes' |
		grep -vE '^core/base/(clock|rand)\.c:|^tls/'"
}

@test "no constructors, no gotos" {
	none bash -c "$(declare -f code); code | grep -E '__attribute__\(\(constructor|(^|[^a-z_])goto '"
}

@test "nothing is left to do in the code" {
	none grep -rnE --include='*.[ch]' '\b(TODO|FIXME|XXX|HACK)\b' core fcgi cli tls
}

@test "no typedef of a struct" {
	none bash -c "$(declare -f code); code | grep -E '(^|:)typedef (struct|union|enum) '"
}

@test "no file is longer than 700 lines" {
	none bash -c "wc -l core/*/*.[ch] fcgi/*/*.[ch] cli/*.[ch] cli/*/*.[ch] |
		awk '\$1 > 700 && \$2 != \"total\"'"
}

@test "no file of behaviour tests is longer than 180 lines" {
	none bash -c "find tests -name '*.bats' | xargs wc -l | awk '\$1 > 180 && \$2 != \"total\"'"
}

# unlisted PATTERN FOLDER...: files that no make fragment names.
unlisted() {
	local pattern=$1 f
	shift
	find "$@" -name "$pattern" | while read -r f; do
		grep -rqF --include='*.mk' -- "$f" core fcgi cli tls tests || echo "$f"
	done
}

@test "every source is built and distributed" {
	none unlisted '*.c' core fcgi cli tls
	none unlisted '*.h' core fcgi cli tls
}

@test "every test runs" {
	none unlisted '*.bats' tests
	none unlisted 'test_*.c' tests/unit
}

@test "no generated file is tracked" {
	git rev-parse --is-inside-work-tree >/dev/null 2>&1 || skip "this is no git checkout"
	none bash -c "git ls-files | grep -E '(^|/)(configure|Makefile\.in|config\.h(\.in)?|aclocal\.m4|stmts\.[ch])$|\.(o|a|lo|la|so|pem|key|db)$|^(build|build-aux|m4|demo)/'"
}
