check_PROGRAMS += \
	tests/unit/test_pki_cert \
	tests/unit/test_pki_cmc \
	tests/unit/test_pki_cms_signed \
	tests/unit/test_pki_csr \
	tests/unit/test_pki_csrattrs \
	tests/unit/test_pki_der \
	tests/unit/test_pki_key \
	tests/unit/test_pki_keygen \
	tests/unit/test_pki_name \
	tests/unit/test_pki_ocsp \
	tests/unit/test_pki_ocsp_response \
	tests/unit/test_pki_san \
	tests/unit/test_pki_signed \
	tests/unit/test_pki_verify
TESTS += \
	tests/unit/test_pki_cert \
	tests/unit/test_pki_cmc \
	tests/unit/test_pki_cms_signed \
	tests/unit/test_pki_csr \
	tests/unit/test_pki_csrattrs \
	tests/unit/test_pki_der \
	tests/unit/test_pki_key \
	tests/unit/test_pki_keygen \
	tests/unit/test_pki_name \
	tests/unit/test_pki_ocsp \
	tests/unit/test_pki_ocsp_response \
	tests/unit/test_pki_san \
	tests/unit/test_pki_signed \
	tests/unit/test_pki_verify
EXTRA_DIST += tests/unit/ocsp_test.h tests/unit/pki_test.h
tests_unit_test_pki_cert_SOURCES = tests/unit/test_pki_cert.c
tests_unit_test_pki_cmc_SOURCES = tests/unit/test_pki_cmc.c
tests_unit_test_pki_cms_signed_SOURCES = tests/unit/test_pki_cms_signed.c
tests_unit_test_pki_csr_SOURCES = tests/unit/test_pki_csr.c
tests_unit_test_pki_csrattrs_SOURCES = tests/unit/test_pki_csrattrs.c
tests_unit_test_pki_der_SOURCES = tests/unit/test_pki_der.c
tests_unit_test_pki_key_SOURCES = tests/unit/test_pki_key.c
tests_unit_test_pki_name_SOURCES = tests/unit/test_pki_name.c
tests_unit_test_pki_ocsp_SOURCES = tests/unit/test_pki_ocsp.c
tests_unit_test_pki_ocsp_response_SOURCES = tests/unit/test_pki_ocsp_response.c
tests_unit_test_pki_san_SOURCES = tests/unit/test_pki_san.c
tests_unit_test_pki_signed_SOURCES = tests/unit/test_pki_signed.c
tests_unit_test_pki_verify_SOURCES = tests/unit/test_pki_verify.c
tests_unit_test_pki_keygen_SOURCES = tests/unit/test_pki_keygen.c
