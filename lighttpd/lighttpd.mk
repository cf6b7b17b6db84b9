EXTRA_DIST += lighttpd/shedu.conf.in lighttpd/standalone.conf.in

lighttpddir = $(pkgdatadir)/lighttpd
nodist_lighttpd_DATA = lighttpd/shedu.conf lighttpd/standalone.conf
CLEANFILES += $(nodist_lighttpd_DATA)

lighttpd/shedu.conf: lighttpd/shedu.conf.in server-conf Makefile
	$(AM_V_GEN)$(MKDIR_P) lighttpd && $(SERVER_CONF) $(srcdir)/lighttpd/shedu.conf.in \
		$(SERVER_PATHS) >$@
lighttpd/standalone.conf: lighttpd/standalone.conf.in server-conf Makefile
	$(AM_V_GEN)$(MKDIR_P) lighttpd && $(SERVER_CONF) $(srcdir)/lighttpd/standalone.conf.in \
		$(SERVER_PATHS) shedu_conf=$(lighttpddir)/shedu.conf >$@
