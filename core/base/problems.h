/* All that is wrong with a document at once, each with the JSON pointer (RFC 6901) of the member. */
#ifndef BASE_PROBLEMS_H
#define BASE_PROBLEMS_H

#include "base/arena.h"
#include "base/err.h"

struct problem {
	const char *pointer;	/* "/settings/enrollment_settings/enrollment_ca" */
	const char *text;	/* what was expected and what came */
};

struct problems {
	struct arena *arena;
	struct problem *v;
	size_t n, cap;
};

void problems_init(struct problems *p, struct arena *a);
void problems_add(struct problems *p, const char *pointer, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* 0 when there are none; else -1, and *e is ERR_REJECTED "fields" that points to them (p must live
 * as long as e) and names the first. */
int problems_check(const struct problems *p, struct err *e);

#endif
