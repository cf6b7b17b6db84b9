/* Pre-shared enrollment secrets: what is known of them, and never the secrets. */
#ifndef STORE_SECRET_H
#define STORE_SECRET_H

#include "store/db.h"

struct secret_row {
	const char *id, *dms;
	const char *device;		/* NULL: any device of the DMS */
	struct blob mac;
	int64_t uses_max, used;
	int64_t created_at;
	const char *created_by;
	int64_t expires_at;
	int64_t revoked_at;		/* 0: not */
};

int store_secret_add(struct db *db, const struct secret_row *s, struct err *e);
int store_secret_load(struct db *db, struct arena *a, const char *id, struct secret_row *s,
		      struct err *e);
/* Counts one use: ERR_CONFLICT when there is none left. */
int store_secret_use(struct db *db, const char *id, struct err *e);
/* The first revocation stays. */
int store_secret_revoke(struct db *db, const char *id, int64_t at, struct err *e);
int store_secret_remove_by_dms(struct db *db, const char *dms, struct err *e);

/* Ordered by id, after the given one (NULL: from the start). dms NULL: any. */
int store_secret_list(struct db *db, struct arena *a, const char *dms, const char *after,
		      size_t limit, struct secret_row **v, size_t *n, struct err *e);
/* Any one that could enroll now: 1, 0 or -1. */
int store_secret_find_usable(struct db *db, struct arena *a, const char *dms, int64_t now,
			     struct secret_row *s, struct err *e);

#endif
