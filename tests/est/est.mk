EST_TESTS = \
	tests/est/approval.bats \
	tests/est/auth.bats \
	tests/est/body.bats \
	tests/est/cacerts.bats \
	tests/est/cacerts_rekey.bats \
	tests/est/concurrency.bats \
	tests/est/csrattrs.bats \
	tests/est/csrattrs_enforced.bats \
	tests/est/csrattrs_own.bats \
	tests/est/enroll.bats \
	tests/est/expired.bats \
	tests/est/fullcmc.bats \
	tests/est/fullcmc_bounds.bats \
	tests/est/fullcmc_crmf.bats \
	tests/est/fullcmc_once.bats \
	tests/est/fullcmc_pending.bats \
	tests/est/fullcmc_ra.bats \
	tests/est/fullcmc_refused.bats \
	tests/est/fullcmc_replay.bats \
	tests/est/fullcmc_revoke.bats \
	tests/est/fullcmc_webhook.bats \
	tests/est/jwt.bats \
	tests/est/jwt_jwks.bats \
	tests/est/jwt_renewal.bats \
	tests/est/labels.bats \
	tests/est/last_second.bats \
	tests/est/malformed.bats \
	tests/est/names.bats \
	tests/est/profile.bats \
	tests/est/profile_copied.bats \
	tests/est/profile_signed.bats \
	tests/est/psk.bats \
	tests/est/psk_guesses.bats \
	tests/est/psk_keygen.bats \
	tests/est/psk_uses.bats \
	tests/est/races.bats \
	tests/est/reenroll.bats \
	tests/est/refusals.bats \
	tests/est/rekey.bats \
	tests/est/replay.bats \
	tests/est/san.bats \
	tests/est/serverkeygen.bats \
	tests/est/serverkeygen_again.bats \
	tests/est/serverkeygen_csr.bats \
	tests/est/serverkeygen_encrypted.bats \
	tests/est/serverkeygen_escrow.bats \
	tests/est/serverkeygen_life.bats \
	tests/est/stolen.bats \
	tests/est/webhook.bats \
	tests/est/webhook_auth.bats \
	tests/est/webhook_renew.bats \
	tests/est/webhook_slots.bats
TESTS += $(EST_TESTS)
EXTRA_DIST += $(EST_TESTS) tests/est/cmc.bash tests/est/csr.bash tests/est/jwt.bash tests/est/keygen.bash \
	tests/est/parallel.bash tests/est/psk.bash tests/est/webhook.bash
