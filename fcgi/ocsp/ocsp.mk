pkglibexec_PROGRAMS += fcgi/ocsp/ocsp
fcgi_ocsp_ocsp_SOURCES = \
	fcgi/ocsp/crl.c \
	fcgi/ocsp/ocsp.c fcgi/ocsp/ocsp.h \
	fcgi/ocsp/status.c
dist_man_MANS += fcgi/ocsp/ocsp.fcgi.8
EXTRA_DIST += fcgi/ocsp/CONFORMANCE
