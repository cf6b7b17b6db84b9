pkglibexec_PROGRAMS += fcgi/dms/dms
libdms_a_SOURCES += \
	fcgi/dms/api.c fcgi/dms/api.h \
	fcgi/dms/approvals.c \
	fcgi/dms/cas.c \
	fcgi/dms/cas_crl.c \
	fcgi/dms/cas_rekey.c \
	fcgi/dms/cas_validation.c \
	fcgi/dms/certificates.c \
	fcgi/dms/device_list.c \
	fcgi/dms/devices.c \
	fcgi/dms/dmss.c \
	fcgi/dms/events.c \
	fcgi/dms/explain.c \
	fcgi/dms/health.c \
	fcgi/dms/operators.c \
	fcgi/dms/page.c \
	fcgi/dms/profiles.c \
	fcgi/dms/routes.c \
	fcgi/dms/secrets.c \
	fcgi/dms/refusals.c
fcgi_dms_dms_SOURCES = fcgi/dms/dms.c
fcgi_dms_dms_LDADD = libdms.a $(LDADD)
dist_man_MANS += fcgi/dms/dms.fcgi.8
