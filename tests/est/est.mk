EST_TESTS = \
	tests/est/approval.bats \
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
	tests/est/refusals.bats \
	tests/est/replay.bats \
	tests/est/san.bats \
	tests/est/stolen.bats
TESTS += $(EST_TESTS)
EXTRA_DIST += $(EST_TESTS) tests/est/csr.bash
