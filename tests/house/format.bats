# The code looks as .clang-format says, so that nobody argues about it by hand.

cd "${SHEDU_SRC:-$BATS_TEST_DIRNAME/../..}" || exit

@test "the C code is formatted" {
	command -v clang-format >/dev/null || skip "clang-format is not installed"
	[[ $(clang-format --version) == *"version 14."* ]] ||
		skip "clang-format formats differently in each version; this is not 14"
	# shellcheck disable=SC2046 # no spaces in our names
	tests/house/format --check $(find core fcgi cli tls tests -name '*.[ch]')
}
