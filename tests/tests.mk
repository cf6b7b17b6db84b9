# Unit tests are C programs, behaviour tests are bats; both speak TAP, run by automake's TAP driver.

TEST_EXTENSIONS = .bats
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
BATS_LOG_DRIVER = $(TAP_DRIVER)
BATS_LOG_COMPILER = $(BATS)
AM_BATS_LOG_FLAGS = --tap

# Fresh memory is never zero, so that a read of it shows. A test that hangs is ended.
AM_TESTS_ENVIRONMENT = \
	SHEDU_BUILD='$(abs_top_builddir)'; export SHEDU_BUILD; \
	SHEDU_SRC='$(abs_top_srcdir)'; export SHEDU_SRC; \
	MALLOC_PERTURB_=165; export MALLOC_PERTURB_; \
	BATS_TEST_TIMEOUT=120; export BATS_TEST_TIMEOUT;

# What was skipped, and why, stands at the end whatever the tests said; so the report, and not
# automake's summary before it, decides.
check-local: check-TESTS
	@$(SHELL) $(top_srcdir)/tests/report $(TEST_LOGS)
.IGNORE: check-TESTS

# The C tests alone: for builds with sanitizers.
check-unit:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(filter-out %.bats,$(TESTS))'

.PHONY: check-unit

EXTRA_DIST += tests/unit/tap.h tests/lib/shedu.bash tests/report

include tests/unit/base.mk
include tests/unit/data.mk
include tests/unit/pki.mk
include tests/unit/store.mk
include tests/unit/fleet.mk
include tests/unit/ca.mk
include tests/unit/web.mk
include tests/fuzz/fuzz.mk
include tests/house/house.mk
include tests/est/est.mk
include tests/ocsp/ocsp.mk
include tests/dms/dms.mk
include tests/cli/cli.mk
include tests/servers/servers.mk
