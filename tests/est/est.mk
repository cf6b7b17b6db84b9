EST_TESTS = \
	tests/est/auth.bats \
	tests/est/body.bats \
	tests/est/cacerts.bats \
	tests/est/concurrency.bats \
	tests/est/enroll.bats \
	tests/est/expired.bats \
	tests/est/fullcmc.bats \
	tests/est/fullcmc_crmf.bats \
	tests/est/fullcmc_once.bats \
	tests/est/fullcmc_ra.bats \
	tests/est/fullcmc_refused.bats \
	tests/est/fullcmc_replay.bats \
	tests/est/fullcmc_revoke.bats \
	tests/est/labels.bats \
	tests/est/malformed.bats \
	tests/est/names.bats \
	tests/est/profile.bats \
	tests/est/reenroll.bats \
	tests/est/replay.bats \
	tests/est/san.bats \
	tests/est/stolen.bats
TESTS += $(EST_TESTS)
EXTRA_DIST += $(EST_TESTS) tests/est/cmc.bash tests/est/csr.bash
