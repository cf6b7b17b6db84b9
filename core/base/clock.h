/*
 * The only source of time. Instants are microseconds since 1970 UTC, durations microseconds.
 * In text an instant is RFC 3339 with Z, a duration is Lamassu's form ("90d", "1y2w", "1.5h").
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/arena.h"
#include "base/err.h"

#define CLOCK_SECOND INT64_C(1000000)
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR (60 * CLOCK_MINUTE)
#define CLOCK_DAY (24 * CLOCK_HOUR)

int64_t clock_now(void);
int64_t clock_monotonic(void);	/* for measuring only */

enum { CLOCK_TEXT = 40 };	/* room for an instant as text */

/* "2026-11-23T02:25:10Z", with a fraction if there is one */
char *clock_write(struct arena *a, int64_t us);
void clock_print(char out[CLOCK_TEXT], int64_t us);	/* the same, where there is no arena */
int clock_read(const char *s, int64_t *us, struct err *e);

/* Units ns us ms s m h d w y, sequences and fractions, optional sign; 1d = 24h, 1w = 7d,
 * 1y = 364d as Lamassu reads them; "0" is zero; an empty text is malformed. */
int clock_read_duration(const char *s, int64_t *us, struct err *e);
/* In d, h, m, s only: "90d", "1h30m", "0s". */
char *clock_write_duration(struct arena *a, int64_t us);

#endif
