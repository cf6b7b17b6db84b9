/* The key sets of token issuers, as they were fetched. */
#ifndef STORE_JWKS_H
#define STORE_JWKS_H

#include "store/db.h"

struct jwks_row {
	const char *url;		/* and what it was fetched under (core/auth/issuer_keys.c) */
	const char *keys;		/* JSON */
	int64_t fetched_at;		/* 0: never */
	int64_t tried_at;
};

int store_jwks_load(struct db *db, struct arena *a, const char *url, struct jwks_row *r,
		    struct err *e);
int store_jwks_save(struct db *db, const struct jwks_row *r, struct err *e);

/* Records that somebody begins to fetch now: 1; or 0: somebody did after the instant before. */
int store_jwks_try(struct db *db, const char *url, int64_t now, int64_t before, struct err *e);

#endif
