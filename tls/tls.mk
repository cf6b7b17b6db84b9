pkglib_LTLIBRARIES += tls/client-verify.la
tls_client_verify_la_SOURCES = tls/client-verify.c
tls_client_verify_la_CFLAGS = -std=gnu11 $(WARN_CFLAGS) -fPIC
tls_client_verify_la_LDFLAGS = -module -avoid-version -shared -Wl,-z,relro -Wl,-z,now
tls_client_verify_la_LIBADD = $(DEPS_LIBS)

EXTRA_DIST += tls/openssl-client-verify.cnf.in

tlsdir = $(pkgdatadir)/tls
nodist_tls_DATA = tls/openssl-client-verify.cnf
CLEANFILES += $(nodist_tls_DATA)

tls/openssl-client-verify.cnf: tls/openssl-client-verify.cnf.in server-conf Makefile
	$(AM_V_GEN)$(MKDIR_P) tls && $(SERVER_CONF) $(srcdir)/tls/openssl-client-verify.cnf.in \
		$(SERVER_PATHS) >$@
