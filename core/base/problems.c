#include "base/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_PROBLEMS = 100 };	/* a document of nothing but mistakes gets this many named */

void problems_init(struct problems *p, struct arena *a)
{
	*p = (struct problems){ .arena = a };
}

static void grow(struct problems *p)
{
	size_t cap = p->cap ? 2 * p->cap : 8;
	struct problem *v = arena_array(p->arena, cap, sizeof(*v));

	if (p->n > 0)
		memcpy(v, p->v, p->n * sizeof(*v));
	p->v = v;
	p->cap = cap;
}

void problems_add(struct problems *p, const char *pointer, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (p->n == MAX_PROBLEMS)
		return;
	if (p->n == p->cap)
		grow(p);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p->v[p->n].pointer = arena_strdup(p->arena, pointer);
	p->v[p->n].text = arena_strdup(p->arena, text);
	p->n++;
}

int problems_check(const struct problems *p, struct err *e)
{
	const struct problem *first = p->v;

	if (p->n == 0)
		return 0;
	if (p->n == 1)
		err_set(e, ERR_REJECTED, "fields", "%s: %s",
			first->pointer[0] ? first->pointer : "document", first->text);
	else
		err_set(e, ERR_REJECTED, "fields", "%zu problems; the first: %s: %s", p->n,
			first->pointer[0] ? first->pointer : "document", first->text);
	e->problems = p;
	return -1;
}
