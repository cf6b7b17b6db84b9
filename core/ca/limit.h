/* How often something may happen for one source, one credential, one DMS: token buckets in
 * state_dir/limits that all workers share. */
#ifndef CA_LIMIT_H
#define CA_LIMIT_H

#include "ca/env.h"

struct limit {
	const char *of;		/* what it counts; its buckets are apart from those of others */
	unsigned capacity;	/* so many at once ... */
	int64_t refill;		/* ... and then one in so many microseconds */
};

/* 1: taken; 0: none is left, and *wait (may be NULL) is the time until the next; -1: nobody can
 * tell. */
int limit_take(const struct env *env, const struct limit *l, struct blob of, int64_t *wait,
	       struct err *e);

#endif
