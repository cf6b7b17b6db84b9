libshedu_a_SOURCES += \
	core/pki/cert.c core/pki/cert.h \
	core/pki/cert_make.c \
	core/pki/cmc.c core/pki/cmc.h \
	core/pki/cmc_out.c \
	core/pki/cms.c core/pki/cms.h \
	core/pki/cms_key.c core/pki/cms_key.h \
	core/pki/cms_sign.c \
	core/pki/cms_signed.c core/pki/cms_signed.h \
	core/pki/crmf.c core/pki/crmf.h \
	core/pki/crl.c core/pki/crl.h \
	core/pki/csr.c core/pki/csr.h \
	core/pki/csr_body.c \
	core/pki/csr_make.c \
	core/pki/csrattrs.c core/pki/csrattrs.h \
	core/pki/csrattrs_check.c \
	core/pki/csrattrs_read.c \
	core/pki/csr_protection.c \
	core/pki/csr_part.h \
	core/pki/der.c core/pki/der.h \
	core/pki/der_out.c \
	core/pki/digest.c core/pki/digest.h \
	core/pki/ext.c core/pki/ext.h \
	core/pki/ext_out.c \
	core/pki/key.c core/pki/key.h \
	core/pki/key_file.c \
	core/pki/name.c core/pki/name.h \
	core/pki/ocsp.c core/pki/ocsp.h \
	core/pki/ocsp_preferred.c \
	core/pki/ocsp_canonical.c \
	core/pki/ocsp_response.c \
	core/pki/oid.c core/pki/oid.h \
	core/pki/ossl.c core/pki/ossl.h \
	core/pki/san.c \
	core/pki/spki.c \
	core/pki/verify.c core/pki/verify.h \
	core/pki/x509_kept.c
