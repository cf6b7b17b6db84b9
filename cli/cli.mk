bin_PROGRAMS += cli/shedu
cli_shedu_SOURCES = \
	cli/shedu.c cli/shedu.h
cli_shedu_LDADD = libdms.a $(LDADD)
dist_man_MANS += cli/shedu.1
