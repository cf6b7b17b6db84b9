/* Counters in a file that all processes map: what the workers count together, without a lock and
 * without the database. Kept over restarts, and no more than that: a power cut may lose some. */
#ifndef BASE_TALLY_H
#define BASE_TALLY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct tally;

/* Makes the file, 0600, when it is missing. NULL and ERR_BUSY when that fails. */
struct tally *tally_open(const char *path, struct err *e);
void tally_close(struct tally *t);
AUTO_TYPE(tally, struct tally, tally_close)

/* There is room for some thousand keys; those beyond are not counted. */
void tally_add(struct tally *t, const char *key, uint64_t n);
uint64_t tally_take(struct tally *t, const char *key);	/* the count, which is 0 then */

#endif
