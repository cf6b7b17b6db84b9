/*
 * Token buckets in a file that all processes map: rate limits that the workers share, without a
 * lock and without the database.
 *
 * The table has a fixed size. Where a key lies depends on a secret of the file, so nobody can aim at
 * another's bucket. When there is no room, the bucket nearest to full goes, and the newcomer starts
 * with what it had left, but with one token at least: many keys never make the tokens come back
 * faster, and nobody is refused for what only others did.
 */
#ifndef BASE_BUCKET_H
#define BASE_BUCKET_H

#include "base/arena.h"
#include "base/err.h"

struct buckets;

/* Makes the file, 0600, when it is missing; one that is of another size or not of this kind is
 * made anew. NULL and ERR_BUSY when that fails. */
struct buckets *buckets_open(const char *path, struct err *e);
void buckets_close(struct buckets *b);
AUTO_TYPE(buckets, struct buckets, buckets_close)

/*
 * Takes one token of the key's bucket: it holds capacity, and one comes back every refill
 * microseconds (counted in steps of 1024, up to 30 days for the whole bucket). false: it is empty,
 * and *wait (may be NULL) is how many microseconds it is until the next. After the clock was set
 * back a bucket is empty at worst, as if all had just been taken. The rate of a key is always the same.
 */
bool bucket_take(struct buckets *b, struct blob key, unsigned capacity, int64_t refill, int64_t now,
		 int64_t *wait);
/* The same question without taking. */
bool bucket_has(struct buckets *b, struct blob key, unsigned capacity, int64_t refill, int64_t now,
		int64_t *wait);

#endif
