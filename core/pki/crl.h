/* CRLs (RFC 5280 5). */
#ifndef PKI_CRL_H
#define PKI_CRL_H

#include "pki/cert.h"

enum { CRL_REMOVE = 8 };	/* removeFromCRL, which stands in delta CRLs only (RFC 5280 5.3.1) */

struct crl_entry {
	struct blob serial;
	int64_t revoked_at;
	int reason;	/* RFC 5280 5.3.1; 0 (unspecified) is not written */
};

struct crl_spec {
	int64_t number;			/* from 1 on */
	int64_t base;			/* a delta CRL's: the number of its base; 0: no delta CRL (5.2.4) */
	int64_t this_update, next_update;
	struct texts urls;		/* issuing distribution point (5.2.5); none: of all certificates */
	const char *delta_url;		/* freshest CRL (5.2.6); NULL: none */
	const struct crl_entry *v;
	size_t n;
};

/* DER, v2 with authority key identifier and CRL number; signed by the CA's key. */
int crl_make(struct arena *a, const struct cert *issuer, const struct key *key,
	     const struct crl_spec *s, struct blob *der, struct err *e);

/* The entries of a CRL that was made here; the serials point into it. Nothing is verified. */
int crl_read_entries(struct arena *a, struct blob der, struct crl_entry **v, size_t *n,
		     struct err *e);

/* SHA-256 of the entries: the same list has the same. */
struct blob crl_digest_entries(struct arena *a, const struct crl_entry *v, size_t n);

#endif
