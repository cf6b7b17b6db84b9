check_PROGRAMS += \
	tests/unit/test_store_answer \
	tests/unit/test_store_ca \
	tests/unit/test_store_crash \
	tests/unit/test_store_device \
	tests/unit/test_store_gate \
	tests/unit/test_store_guard \
	tests/unit/test_store_schema \
	tests/unit/test_store_txn
TESTS += \
	tests/unit/test_store_answer \
	tests/unit/test_store_ca \
	tests/unit/test_store_crash \
	tests/unit/test_store_device \
	tests/unit/test_store_gate \
	tests/unit/test_store_guard \
	tests/unit/test_store_schema \
	tests/unit/test_store_txn

tests_unit_test_store_answer_SOURCES = tests/unit/test_store_answer.c tests/unit/store_test.h
tests_unit_test_store_ca_SOURCES = tests/unit/test_store_ca.c tests/unit/store_test.h
tests_unit_test_store_crash_SOURCES = tests/unit/test_store_crash.c tests/unit/store_test.h
tests_unit_test_store_device_SOURCES = tests/unit/test_store_device.c tests/unit/store_test.h
tests_unit_test_store_guard_SOURCES = tests/unit/test_store_guard.c tests/unit/store_test.h
tests_unit_test_store_gate_SOURCES = tests/unit/test_store_gate.c tests/unit/store_test.h
tests_unit_test_store_schema_SOURCES = tests/unit/test_store_schema.c tests/unit/store_test.h
tests_unit_test_store_txn_SOURCES = tests/unit/test_store_txn.c tests/unit/store_test.h
