# Behind real servers: lighttpd and Apache, each with the configuration that is shipped.
servers_tests = \
	tests/servers/bearer.bats \
	tests/servers/bodies.bats \
	tests/servers/crl_files.bats \
	tests/servers/csrattrs.bats \
	tests/servers/estclient.bats \
	tests/servers/expired.bats \
	tests/servers/fullcmc.bats \
	tests/servers/http-ocsp.bats \
	tests/servers/identity.bats \
	tests/servers/ocsp-caches.bats \
	tests/servers/ocsptool.bats \
	tests/servers/operation.bats \
	tests/servers/pages-est.bats \
	tests/servers/pages-ocsp.bats \
	tests/servers/proxy.bats \
	tests/servers/psk.bats \
	tests/servers/publish.bats \
	tests/servers/publish_faults.bats \
	tests/servers/quickstart.bats \
	tests/servers/quirks.bats \
	tests/servers/readme.bats \
	tests/servers/rekey.bats \
	tests/servers/serverkeygen.bats \
	tests/servers/storm.bats \
	tests/servers/strongswan.bats
TESTS += $(servers_tests)
EXTRA_DIST += $(servers_tests) tests/servers/both.bash tests/servers/expired.bash
