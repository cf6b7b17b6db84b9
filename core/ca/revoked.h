/* Lists of revoked certificates, ordered by serial, as CRLs need them. The entries live in the
 * arena. */
#ifndef CA_REVOKED_H
#define CA_REVOKED_H

#include "ca/env.h"
#include "pki/crl.h"
#include "store/store_ca.h"

struct revoked {
	struct arena *arena;
	struct crl_entry *v;
	size_t n, cap;
};

/* What was revoked under the issuer's name, whatever key signed it: clients look for a serial in the
 * CRL of that name (DESIGN section 7). Of those that ended before since there is none. */
int revoked_load(const struct env *env, const struct issuer_row *own, int64_t since,
		 struct revoked *l, struct err *e);

/* Its parts by shard: n lists. */
struct revoked *revoked_split(const struct revoked *l, unsigned n);

/*
 * A delta CRL's (RFC 5280 5.2.4): what the list has, and the base has not or otherwise; and, as
 * removeFromCRL, what is not in the list any more but was on hold in the base, or in the delta CRL
 * made since (NULL: none): whoever saw it there must learn of its release. What was revoked for good
 * is never taken back: when it has expired the next base lets it go.
 */
int revoked_changes(const struct revoked *l, struct blob base, struct blob delta,
		    struct revoked *out, struct err *e);

#endif
