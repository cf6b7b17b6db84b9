/*
 * Signed answers in a file of their own, DB_CACHE: a write to the registry would be one to its log,
 * and hold up enrollments. Shared by the workers, there again after a restart, and never missed
 * when it is lost. A row counts only with the stamps that it was saved with.
 */
#ifndef STORE_ANSWER_H
#define STORE_ANSWER_H

#include "store/db.h"

struct answer_row {
	struct blob key;		/* SHA-256 */
	struct blob epoch;		/* meta.epoch, */
	int64_t ca_change, change;	/* meta.ca_change and certificate.change when it was made */
	int64_t made_at, this_update, next_update;
	struct blob sha256;		/* of the rest, as the caller computes it */
	struct blob der;
};

/* Opens or makes the file at path. */
struct db *store_answer_open(const char *path, struct err *e);

/* Of the key and the stamps in *r, in a file of so many places: 1 and the rest of *r; 0; -1. */
int store_answer_load(struct db *cache, struct arena *a, int64_t places, struct answer_row *r,
		      struct err *e);
/* Takes the key's place, whoever had it. ERR_BUSY when another process is writing. */
int store_answer_save(struct db *cache, int64_t places, const struct answer_row *r, struct err *e);

#endif
