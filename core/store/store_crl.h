/*
 * The CRLs of an issuer: one of each scope (ca/crl_scope.h), the newest, and what their numbers and
 * their making go by.
 */
#ifndef STORE_CRL_H
#define STORE_CRL_H

#include "store/db.h"

struct crl_row {
	struct blob issuer;
	const char *scope;		/* "": the complete CRL */
	int64_t number;			/* only grows */
	int64_t this_update, next_update;
	struct blob entries;		/* SHA-256 of the list; empty: not known */
	const char *urls;		/* of the distribution point, one a line; "": it has none */
	struct blob der;
};

int store_crl_load(struct db *db, struct arena *a, struct blob issuer, const char *scope,
		   struct crl_row *c, struct err *e);
int store_crl_load_urls(struct db *db, struct arena *a, struct blob issuer, const char *scope,
			const char **urls, struct err *e);
/* All scopes, by name; without the DER. */
int store_crl_list(struct db *db, struct arena *a, struct blob issuer, struct crl_row **v,
		   size_t *n, struct err *e);
int store_crl_save(struct db *db, const struct crl_row *c, struct err *e);
int store_crl_delete(struct db *db, struct blob issuer, const char *scope, struct err *e);

struct crl_series {
	bool dirty;		/* something changed that no CRL has */
	int64_t number;		/* the last one that was given */
	int64_t made_at;	/* of the last CRL; 0: all are due */
	int64_t pause;		/* until a revocation makes another */
	int64_t change;		/* counts what happens to the list */
};
int store_crl_load_series(struct db *db, struct blob issuer, struct crl_series *s, struct err *e);
/* The highest number of all issuers of the same name. */
int store_crl_load_highest(struct db *db, struct blob issuer, int64_t *number, struct err *e);
/* number, made_at and pause. It is not dirty afterwards, unless the list has changed since s->change.
 * 1; 0 and nothing done, when the last number is not the previous one any more; -1. */
int store_crl_save_series(struct db *db, struct blob issuer, const struct crl_series *s,
			  int64_t previous, struct err *e);
/* Each issuer of the name owes a new CRL. */
int store_crl_mark(struct db *db, struct blob issuer, struct err *e);
/* All CRLs of the issuer are due, with numbers above this one. */
int store_crl_jump(struct db *db, struct blob issuer, int64_t number, struct err *e);

#endif
