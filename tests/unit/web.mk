check_PROGRAMS += \
	tests/unit/test_web_dispatch \
	tests/unit/test_web_fcgi \
	tests/unit/test_web_req \
	tests/unit/test_web_route \
	tests/unit/web_service
TESTS += \
	tests/unit/test_web_dispatch \
	tests/unit/test_web_fcgi \
	tests/unit/test_web_req \
	tests/unit/test_web_route \
	tests/unit/web_cgi.bats
EXTRA_DIST += tests/unit/web_cgi.bats

tests_unit_test_web_dispatch_SOURCES = tests/unit/test_web_dispatch.c tests/unit/web_io.h
tests_unit_test_web_fcgi_SOURCES = tests/unit/test_web_fcgi.c tests/unit/fcgi_client.h
tests_unit_test_web_req_SOURCES = tests/unit/test_web_req.c tests/unit/web_io.h
tests_unit_test_web_route_SOURCES = tests/unit/test_web_route.c
tests_unit_web_service_SOURCES = tests/unit/web_service.c
