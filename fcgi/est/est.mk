pkglibexec_PROGRAMS += fcgi/est/est
fcgi_est_est_SOURCES = \
	fcgi/est/cacerts.c \
	fcgi/est/csrattrs.c \
	fcgi/est/enroll.c \
	fcgi/est/est.c fcgi/est/est.h \
	fcgi/est/fullcmc.c \
	fcgi/est/label.c \
	fcgi/est/quirks.c fcgi/est/quirks.h \
	fcgi/est/serverkeygen.c
fcgi_est_est_LDADD = $(LDADD) $(CURL_LIBS)
dist_man_MANS += fcgi/est/est.fcgi.8
EXTRA_DIST += fcgi/est/CONFORMANCE
