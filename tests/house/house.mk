HOUSE_TESTS = \
	tests/house/conformance.bats \
	tests/house/format.bats \
	tests/house/headers.bats \
	tests/house/layering.bats \
	tests/house/rules.bats
TESTS += $(HOUSE_TESTS)
EXTRA_DIST += $(HOUSE_TESTS) tests/house/format .clang-format
