/*
 * What stands above the certificates of one issuer and decides what is said of them: the issuer, how
 * it wants to be answered for, its OCSP responder with its key, and whether its key, or one above it,
 * is compromised.
 *
 * The process keeps it as long as the database's epoch and meta.ca_change are the same: every request
 * compares these two, and reads the rest only after a change.
 */
#ifndef CA_AUTHORITY_H
#define CA_AUTHORITY_H

#include "ca/env.h"
#include "data/validation.h"
#include "pki/cert.h"
#include "pki/ocsp.h"
#include "store/store_ca.h"

struct authority {
	struct issuer_row issuer;	/* has a key here */
	struct validation validation;
	int64_t compromised_at;		/* of the issuer's key or of one above it; 0: not */
	int64_t compromise_known_at;	/* later, where the CA was on hold before */
	const struct cert *responder;
	const struct key *key;		/* the responder's */
};

/* What answers are derived from, beside the certificate's own row. */
struct authority_stamp {
	unsigned char epoch[16];
	int64_t ca_change;
};

/* Compares what is kept with the database. In the read transaction of the request, before the
 * others. 0 or -1. */
int authority_refresh(const struct env *env, struct authority_stamp *stamp, struct err *e);

/* The issuer that the CertID names: 1; 0 and *e ERR_NOT_FOUND "ocsp_issuer" when none of this system
 * is it, or its key, and so its status, is elsewhere; -1: a fault, or no responder that may sign now.
 * What comes lives until the next authority_refresh(). */
int authority_find(const struct env *env, const struct ocsp_certid *id,
		   const struct authority **out, struct err *e);

/* Without the database: what is kept, and the stamp that it holds under; NULL: to be found. */
const struct authority *authority_find_kept(const struct ocsp_certid *id,
					    struct authority_stamp *stamp);
bool authority_is_stamped(const struct authority_stamp *stamp, struct blob epoch,
			  int64_t ca_change);
/* The responder may sign now: 0, or -1 as authority_find(). */
int authority_check_time(const struct env *env, const struct authority *a, struct err *e);

/* Forgets all: the process ends, or the database is another one. */
void authority_drop(void);

#endif
