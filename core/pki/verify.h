/*
 * Certification path validation (RFC 5280 6) for TLS clients: extended key usage clientAuth, or
 * none; and for who signs messages. Revocation is not asked here: it is read from the database where the decision is made.
 */
#ifndef PKI_VERIFY_H
#define PKI_VERIFY_H

#include "pki/cert.h"

enum verify_flags {
	VERIFY_NO_TIME = 1,	/* the path is not checked against any time */
	VERIFY_ANY_PURPOSE = 2,	/* the extended key usage is not asked for */
};

struct verify_set {
	const struct cert *const *v;
	size_t n;
};

/* A path from the leaf to one of the anchors, any of which may be an intermediate CA. at:
 * microseconds. ERR_UNAUTHENTICATED with the reason ("certificate has expired"). *issuer (may be
 * NULL) is the CA that signed the leaf: what the leaf itself says of it proves nothing. */
int verify_path(const struct cert *leaf, struct verify_set anchors, struct verify_set intermediates,
		int64_t at, unsigned flags, const struct cert **issuer, struct err *e);

#endif
