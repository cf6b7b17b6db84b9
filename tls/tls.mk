pkglib_LTLIBRARIES += tls/client-verify.la
tls_client_verify_la_SOURCES = tls/client-verify.c
tls_client_verify_la_CFLAGS = -std=gnu11 $(WARN_CFLAGS) -fPIC
tls_client_verify_la_LDFLAGS = -module -avoid-version -shared
tls_client_verify_la_LIBADD = $(DEPS_LIBS)
