/* CA certificates, read: what validates devices and what signs for them. */
#ifndef FLEET_ISSUER_H
#define FLEET_ISSUER_H

#include "pki/cert.h"
#include "store/store_ca.h"

struct issuer {
	struct issuer_row row;
	struct cert *cert;
};

/* The current issuer of a CA id: 1, 0, -1. */
int issuer_load(struct db *db, struct arena *a, const char *ca, struct issuer *i, struct err *e);
int issuer_load_by_ski(struct db *db, struct arena *a, struct blob ski, struct issuer *i,
		       struct err *e);

/* All issuers of a CA id: the current one first, then, after a re-key, the earlier ones, newest first,
 * revoked ones too. None: no such CA. */
int issuer_load_eras(struct db *db, struct arena *a, const char *ca, struct issuer **v, size_t *n,
		     struct err *e);

/* The issuer itself first, then its parents up to the self-signed root or to what is known here. */
int issuer_load_chain(struct db *db, struct arena *a, struct blob ski, struct issuer **v, size_t *n,
		      struct err *e);

/* Shows the issuer and then each one above it, up to the root or to what is known here, to see(), as
 * long as that returns 0. Returns what it returned last; -1 with *e also for a chain without end. */
int issuer_walk(struct db *db, struct arena *a, struct blob ski,
		int (*see)(void *p, const struct issuer_row *row, struct err *e), void *p,
		struct err *e);

/* 1 when the issuer, or one above it, is revoked: nothing that it signed counts. 0, -1. */
int issuer_find_revoked(struct db *db, struct arena *a, struct blob ski, struct err *e);

/* The issuer under which the CA's own certificate stands in the register: the SKI of the CA above. Where
 * that is not known here, a place of its own, its SHA-256: its key identifier would not do, for a CA
 * below may have the same serial. */
struct blob issuer_above(const struct issuer_row *row);

/* All issuers known here, revoked ones too: who stands above whom does not end with a revocation. */
int issuer_load_all(struct db *db, struct arena *a, struct issuer **v, size_t *n, struct err *e);

/* All CA certificates known here that are not revoked themselves: what completes a path that the
 * client sent in part. */
int issuer_load_unrevoked(struct db *db, struct arena *a, const struct cert ***v, size_t *n,
			  struct err *e);

#endif
