DATA_TESTS = \
	tests/unit/test_data_conf \
	tests/unit/test_data_doc \
	tests/unit/test_data_field \
	tests/unit/test_data_jwt \
	tests/unit/test_data_patch \
	tests/unit/test_data_settings

check_PROGRAMS += $(DATA_TESTS)
TESTS += $(DATA_TESTS)

tests_unit_test_data_conf_SOURCES = tests/unit/test_data_conf.c
tests_unit_test_data_doc_SOURCES = tests/unit/test_data_doc.c
tests_unit_test_data_field_SOURCES = tests/unit/test_data_field.c
tests_unit_test_data_jwt_SOURCES = tests/unit/test_data_jwt.c
tests_unit_test_data_patch_SOURCES = tests/unit/test_data_patch.c
tests_unit_test_data_settings_SOURCES = tests/unit/test_data_settings.c
