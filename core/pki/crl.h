/* CRLs (RFC 5280 5). */
#ifndef PKI_CRL_H
#define PKI_CRL_H

#include "pki/cert.h"

struct crl_entry {
	struct blob serial;
	int64_t revoked_at;
	int reason;	/* RFC 5280 5.3.1; 0 (unspecified) is not written */
};

/* DER, v2 with authority key identifier and CRL number; signed by the CA's key. */
int crl_make(struct arena *a, const struct cert *issuer, const struct key *key, int64_t number,
	     int64_t this_update, int64_t next_update, const struct crl_entry *v, size_t n,
	     struct blob *der, struct err *e);

#endif
