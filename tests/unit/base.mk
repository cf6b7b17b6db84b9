BASE_TESTS = \
	tests/unit/test_base_arena \
	tests/unit/test_base_bucket \
	tests/unit/test_base_clock \
	tests/unit/test_base_coding \
	tests/unit/test_base_file \
	tests/unit/test_base_log \
	tests/unit/test_base_tally \
	tests/unit/test_base_text

check_PROGRAMS += $(BASE_TESTS)
TESTS += $(BASE_TESTS)

tests_unit_test_base_arena_SOURCES = tests/unit/test_base_arena.c
tests_unit_test_base_bucket_SOURCES = tests/unit/test_base_bucket.c
tests_unit_test_base_clock_SOURCES = tests/unit/test_base_clock.c
tests_unit_test_base_coding_SOURCES = tests/unit/test_base_coding.c
tests_unit_test_base_file_SOURCES = tests/unit/test_base_file.c
tests_unit_test_base_log_SOURCES = tests/unit/test_base_log.c
tests_unit_test_base_tally_SOURCES = tests/unit/test_base_tally.c
tests_unit_test_base_text_SOURCES = tests/unit/test_base_text.c
