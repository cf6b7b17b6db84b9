EXTRA_DIST += apache/shedu.conf.in apache/shedu-proxy.conf.in apache/standalone.conf.in

apachedir = $(pkgdatadir)/apache
nodist_apache_DATA = apache/shedu.conf apache/shedu-proxy.conf apache/standalone.conf
CLEANFILES += $(nodist_apache_DATA)

apache/shedu.conf: apache/shedu.conf.in server-conf Makefile
	$(AM_V_GEN)$(MKDIR_P) apache && $(SERVER_CONF) $(srcdir)/apache/shedu.conf.in \
		$(SERVER_PATHS) >$@
apache/shedu-proxy.conf: apache/shedu-proxy.conf.in server-conf Makefile
	$(AM_V_GEN)$(MKDIR_P) apache && $(SERVER_CONF) $(srcdir)/apache/shedu-proxy.conf.in \
		$(SERVER_PATHS) >$@
apache/standalone.conf: apache/standalone.conf.in server-conf Makefile
	$(AM_V_GEN)$(MKDIR_P) apache && $(SERVER_CONF) $(srcdir)/apache/standalone.conf.in \
		$(SERVER_PATHS) shedu_conf=$(apachedir)/shedu.conf >$@
