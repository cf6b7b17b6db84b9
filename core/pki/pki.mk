libshedu_a_SOURCES += \
	core/pki/cert.c core/pki/cert.h \
	core/pki/cms.c core/pki/cms.h \
	core/pki/crl.c core/pki/crl.h \
	core/pki/csr.c core/pki/csr.h \
	core/pki/digest.c core/pki/digest.h \
	core/pki/key.c core/pki/key.h \
	core/pki/name.c core/pki/name.h \
	core/pki/ocsp.c core/pki/ocsp.h \
	core/pki/ossl.c core/pki/ossl.h \
	core/pki/verify.c core/pki/verify.h
