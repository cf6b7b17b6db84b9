# A header is a module's contract: it compiles alone, and its guard is its name.

bats_require_minimum_version 1.5.0
cd "${SHEDU_SRC:-$BATS_TEST_DIRNAME/../..}" || exit
SHEDU_BUILD=${SHEDU_BUILD:-build}

headers() {
	LC_ALL=C find core fcgi cli -name '*.h' | LC_ALL=C sort
}

@test "each header compiles alone" {
	local cc=${CC:-cc} h failed=0
	command -v "${cc%% *}" >/dev/null || skip "${cc%% *} is not installed"
	# shellcheck disable=SC2046 # several flags
	set -- $(pkg-config --cflags libcrypto sqlite3 jansson libconfig)
	for h in $(headers); do
		$cc -std=gnu11 -Wall -Wextra -Werror -fsyntax-only -x c -Icore -I"$SHEDU_BUILD/core" -I. "$@" \
			- <<<"#include \"$h\"" || { echo "$h does not compile alone"; failed=1; }
	done
	[[ $failed == 0 ]]
}

@test "each header has a guard of its own" {
	local h guard failed=0
	local -A seen=()
	for h in $(headers); do
		guard=$(sed -n 's/^#ifndef \([A-Z0-9_]*_H\)$/\1/p' "$h" | head -n 1)
		if [[ -z $guard ]] || ! grep -qx "#define $guard" "$h"; then
			echo "$h has no guard"
			failed=1
		elif [[ ${seen[$guard]:-} ]]; then
			echo "$h has the guard of ${seen[$guard]}"
			failed=1
		fi
		seen[${guard:-none}]=$h
	done
	[[ $failed == 0 ]]
}

@test "each header of the core begins by saying what it is for" {
	local h failed=0
	for h in core/*/*.h; do
		[[ $(head -c 2 "$h") == '/*' ]] || { echo "$h has no comment on top"; failed=1; }
	done
	[[ $failed == 0 ]]
}
