DMS_TESTS = \
	tests/dms/approvals.bats \
	tests/dms/bounds.bats \
	tests/dms/cas.bats \
	tests/dms/certificates.bats \
	tests/dms/crl_number.bats \
	tests/dms/devices.bats \
	tests/dms/dms_checks.bats \
	tests/dms/dms_documents.bats \
	tests/dms/dms_patch.bats \
	tests/dms/lists.bats \
	tests/dms/operator_life.bats \
	tests/dms/operators.bats \
	tests/dms/rekey.bats \
	tests/dms/profiles.bats \
	tests/dms/profile_users.bats \
	tests/dms/psk_secret_roles.bats \
	tests/dms/psk_secrets.bats \
	tests/dms/secrets.bats \
	tests/dms/validation.bats
TESTS += $(DMS_TESTS)
EXTRA_DIST += tests/dms/dms.bash $(DMS_TESTS)
