check_PROGRAMS += \
	tests/unit/test_store_gate \
	tests/unit/test_store_schema \
	tests/unit/test_store_txn
TESTS += \
	tests/unit/test_store_gate \
	tests/unit/test_store_schema \
	tests/unit/test_store_txn

tests_unit_test_store_gate_SOURCES = tests/unit/test_store_gate.c tests/unit/store_test.h
tests_unit_test_store_schema_SOURCES = tests/unit/test_store_schema.c tests/unit/store_test.h
tests_unit_test_store_txn_SOURCES = tests/unit/test_store_txn.c tests/unit/store_test.h
