# Behind real servers: lighttpd and Apache, each with the configuration that is shipped.
TESTS += \
	tests/servers/pages-est.bats \
	tests/servers/pages-ocsp.bats
EXTRA_DIST += tests/servers/both.bash \
	tests/servers/pages-est.bats \
	tests/servers/pages-ocsp.bats
