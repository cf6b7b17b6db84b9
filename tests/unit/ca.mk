check_PROGRAMS += \
	tests/unit/test_auth_secret \
	tests/unit/test_ca \
	tests/unit/test_ca_crl \
	tests/unit/test_ca_flight \
	tests/unit/test_ca_issue \
	tests/unit/test_ca_presented \
	tests/unit/test_ca_publish \
	tests/unit/test_ca_signer \
	tests/unit/test_ca_status \
	tests/unit/test_ca_trust
TESTS += \
	tests/unit/test_auth_secret \
	tests/unit/test_ca \
	tests/unit/test_ca_crl \
	tests/unit/test_ca_flight \
	tests/unit/test_ca_issue \
	tests/unit/test_ca_presented \
	tests/unit/test_ca_publish \
	tests/unit/test_ca_signer \
	tests/unit/test_ca_status \
	tests/unit/test_ca_trust

tests_unit_test_auth_secret_SOURCES = tests/unit/test_auth_secret.c tests/unit/store_test.h
tests_unit_test_ca_SOURCES = tests/unit/test_ca.c tests/unit/ca_fixture.h
tests_unit_test_ca_flight_SOURCES = tests/unit/test_ca_flight.c tests/unit/ca_fixture.h
tests_unit_test_ca_crl_SOURCES = tests/unit/test_ca_crl.c tests/unit/ca_fixture.h
tests_unit_test_ca_issue_SOURCES = tests/unit/test_ca_issue.c tests/unit/ca_fixture.h
tests_unit_test_ca_status_SOURCES = tests/unit/test_ca_status.c tests/unit/ca_fixture.h
tests_unit_test_ca_publish_SOURCES = tests/unit/test_ca_publish.c tests/unit/ca_fixture.h
tests_unit_test_ca_presented_SOURCES = tests/unit/test_ca_presented.c tests/unit/ca_fixture.h
tests_unit_test_ca_signer_SOURCES = tests/unit/test_ca_signer.c tests/unit/ca_fixture.h
tests_unit_test_ca_trust_SOURCES = tests/unit/test_ca_trust.c tests/unit/ca_fixture.h
