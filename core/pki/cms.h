/* Cryptographic Message Syntax (RFC 5652), as far as EST needs it. */
#ifndef PKI_CMS_H
#define PKI_CMS_H

#include "pki/cert.h"

/* certs-only SignedData (RFC 5272 4.1) of the DER certificates, in order; maybe none. */
int cms_make_certs_only(struct arena *a, const struct blob *certs, size_t n, struct blob *der,
			struct err *e);

#endif
