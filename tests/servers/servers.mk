# Behind real servers: lighttpd and Apache, each with the configuration that is shipped.
servers_tests = \
	tests/servers/bodies.bats \
	tests/servers/estclient.bats \
	tests/servers/expired.bats \
	tests/servers/fullcmc.bats \
	tests/servers/identity.bats \
	tests/servers/operation.bats \
	tests/servers/pages-est.bats \
	tests/servers/pages-ocsp.bats \
	tests/servers/proxy.bats \
	tests/servers/quickstart.bats \
	tests/servers/readme.bats
TESTS += $(servers_tests)
EXTRA_DIST += $(servers_tests) tests/servers/both.bash
