EST_TESTS = \
	tests/est/auth.bats \
	tests/est/body.bats \
	tests/est/cacerts.bats \
	tests/est/concurrency.bats \
	tests/est/enroll.bats \
	tests/est/expired.bats \
	tests/est/labels.bats \
	tests/est/malformed.bats \
	tests/est/names.bats \
	tests/est/profile.bats \
	tests/est/reenroll.bats \
	tests/est/replay.bats \
	tests/est/san.bats \
	tests/est/serverkeygen.bats \
	tests/est/serverkeygen_csr.bats \
	tests/est/serverkeygen_encrypted.bats \
	tests/est/serverkeygen_escrow.bats \
	tests/est/serverkeygen_life.bats \
	tests/est/stolen.bats
TESTS += $(EST_TESTS)
EXTRA_DIST += $(EST_TESTS) tests/est/csr.bash tests/est/keygen.bash
