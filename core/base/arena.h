/*
 * Memory with one lifetime: a request, a cache entry, or the process. What an arena gave is never
 * freed singly; arena_reset() cleanses and takes back all of it, after running the deferred
 * releases (newest first), so foreign handles (certificates, JSON values) can live in an arena too.
 *
 * Running out of memory ends the process: the process manager starts another.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

struct blob {
	const unsigned char *data;
	size_t len;
};

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);	/* NULL is fine */
void arena_reset(struct arena *a);
AUTO_TYPE(arena, struct arena, arena_free)

void *arena_alloc(struct arena *a, size_t size);	/* zeroed, aligned for any type */
/* Room for n elements of the size; ends the process on overflow. */
void *arena_array(struct arena *a, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s);	/* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct blob arena_blob(struct arena *a, const void *data, size_t len);	/* a copy */
/* Runs fn(p) when the arena is reset or freed. */
void arena_defer(struct arena *a, void (*fn)(void *), void *p);

bool blob_equal(struct blob a, struct blob b);
static inline struct blob blob_of(const void *data, size_t len)
{
	return (struct blob){ data, len };
}

#endif
