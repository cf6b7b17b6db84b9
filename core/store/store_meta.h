/* The database's own facts, and the state of the clock jobs. */
#ifndef STORE_META_H
#define STORE_META_H

#include "store/db.h"

struct meta_row {
	struct blob epoch;		/* random, new at init, restore and import */
	int64_t trust_generation;
	int64_t ca_change;		/* counter, by triggers: of all above a single certificate */
};

int store_meta_load(struct db *db, struct arena *a, struct meta_row *m, struct err *e);
/* Of a restored database: the epoch, and numbers that the one before it cannot have had. */
int store_meta_restore(struct db *db, struct blob epoch, int64_t trust_generation,
		       int64_t ca_change, struct err *e);
int store_meta_bump_trust(struct db *db, struct err *e);	/* in the changing transaction */

/* Where answers are published (ca/published.h). */
struct published_row {
	const char *dir;
	const char *boot;
	struct blob tree;
};
int store_published_load(struct db *db, struct arena *a, struct published_row *p, struct err *e);
int store_published_save(struct db *db, const struct published_row *p, struct err *e);
int store_published_remove(struct db *db, struct err *e);

struct job_row {
	const char *name;
	int64_t last_at;		/* when it last ran to its end */
	const char *last_error;		/* NULL: it went well */
};
int store_job_load(struct db *db, struct arena *a, const char *name, struct job_row *j,
		   struct err *e);
int store_job_save(struct db *db, const struct job_row *j, struct err *e);

#endif
