check_PROGRAMS += \
	tests/unit/test_store_gate
TESTS += \
	tests/unit/test_store_gate

tests_unit_test_store_gate_SOURCES = tests/unit/test_store_gate.c tests/unit/store_test.h
