# `make bench`: the speed of what counts, beside what its parts cost. Not part of `make check`.
bench_progs = \
	tests/bench/inserts \
	tests/bench/load \
	tests/bench/null \
	tests/bench/register \
	tests/bench/requests \
	tests/bench/visible \
	tests/bench/writers
EXTRA_PROGRAMS += $(bench_progs)
CLEANFILES += $(bench_progs)
EXTRA_DIST += tests/bench/est.bash tests/bench/instance.bash tests/bench/lib.bash tests/bench/ocsp.bash \
	tests/bench/ocsp_more.bash tests/bench/run tests/bench/table.awk tests/bench/wrk.lua

tests_bench_inserts_SOURCES = tests/bench/inserts.c
tests_bench_load_SOURCES = tests/bench/load.c
tests_bench_load_LDADD = $(LDADD) $(CURL_LIBS)
tests_bench_null_SOURCES = tests/bench/null.c
tests_bench_register_SOURCES = tests/bench/register.c
tests_bench_requests_SOURCES = tests/bench/requests.c
tests_bench_visible_SOURCES = tests/bench/visible.c
tests_bench_visible_LDADD = $(LDADD) $(CURL_LIBS)
tests_bench_writers_SOURCES = tests/bench/writers.c

.PHONY: bench
bench: all $(bench_progs)
	SHEDU_BUILD='$(abs_top_builddir)' SHEDU_SRC='$(abs_top_srcdir)' \
		bash $(srcdir)/tests/bench/run
