OCSP_TESTS = \
	tests/ocsp/cache.bats \
	tests/ocsp/certid.bats \
	tests/ocsp/crl.bats \
	tests/ocsp/crl_delta.bats \
	tests/ocsp/crl_number.bats \
	tests/ocsp/crl_publish.bats \
	tests/ocsp/crl_shards.bats \
	tests/ocsp/extensions.bats \
	tests/ocsp/faults.bats \
	tests/ocsp/kept.bats \
	tests/ocsp/malformed.bats \
	tests/ocsp/publish.bats \
	tests/ocsp/publish_clock.bats \
	tests/ocsp/publish_conf.bats \
	tests/ocsp/publish_modes.bats \
	tests/ocsp/publish_tree.bats \
	tests/ocsp/rekey.bats \
	tests/ocsp/responder.bats \
	tests/ocsp/signer.bats \
	tests/ocsp/status.bats \
	tests/ocsp/times.bats \
	tests/ocsp/transport.bats \
	tests/ocsp/unissued.bats
TESTS += $(OCSP_TESTS)
EXTRA_DIST += $(OCSP_TESTS) tests/ocsp/ocsp.bash
