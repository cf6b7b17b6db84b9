#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/* Under AddressSanitizer what was not handed out, and a gap behind each piece, cannot be touched. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define hide(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define reveal(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
enum { GAP = 16 };
#else
#define hide(p, n) ((void)(p), (void)(n))
#define reveal(p, n) ((void)(p), (void)(n))
enum { GAP = 0 };
#endif

enum {
	CHUNK_SIZE = 32 * 1024,		/* payload of an ordinary chunk: most requests need one */
	CHUNK_ALIGN = alignof(max_align_t),
	KEEP_CHUNKS = 4,		/* ordinary chunks kept over a reset */
};

/* Octets above used are zero: chunks are born zero, and what was used is cleansed. */
struct chunk {
	struct chunk *next;
	size_t cap, used;
	alignas(max_align_t) unsigned char data[];
};

struct deferred {
	struct deferred *next;
	void (*fn)(void *);
	void *p;
};

struct arena {
	struct chunk *chunks;	/* the first is the one that small pieces come from */
	struct chunk *spare;
	struct deferred *deferred;
};

static struct chunk *chunk_new(size_t cap)
{
	struct chunk *c = calloc(1, sizeof(*c) + cap);

	if (!c)
		err_die("out of memory: %zu octets", cap);
	c->cap = cap;
	hide(c->data, cap);
	return c;
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		err_die("out of memory: arena");
	return a;
}

/* A release may use the arena, and even defer more. */
static void run_deferred(struct arena *a)
{
	while (a->deferred) {
		struct deferred *d = a->deferred;

		a->deferred = d->next;
		d->fn(d->p);
	}
}

void arena_reset(struct arena *a)
{
	struct chunk *c, *next;
	int kept = 0;

	run_deferred(a);
	for (c = a->spare; c; c = c->next)
		kept++;
	for (c = a->chunks; c; c = next) {
		next = c->next;
		reveal(c->data, c->used);
		explicit_bzero(c->data, c->used);
		hide(c->data, c->used);
		if (c->cap != CHUNK_SIZE || kept == KEEP_CHUNKS) {
			free(c);
			continue;
		}
		c->used = 0;
		c->next = a->spare;
		a->spare = c;
		kept++;
	}
	a->chunks = NULL;
}

void arena_free(struct arena *a)
{
	struct chunk *c, *next;

	if (!a)
		return;
	arena_reset(a);
	for (c = a->spare; c; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

/* A large piece gets a chunk of its own behind the first, which goes on serving small ones. */
static struct chunk *chunk_push_large(struct arena *a, size_t size)
{
	struct chunk *c = chunk_new(size);

	if (a->chunks) {
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		a->chunks = c;
	}
	return c;
}

static struct chunk *chunk_push(struct arena *a)
{
	struct chunk *c = a->spare;

	if (c)
		a->spare = c->next;
	else
		c = chunk_new(CHUNK_SIZE);
	c->next = a->chunks;
	a->chunks = c;
	return c;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct chunk *c = a->chunks;
	size_t room;
	void *p;

	if (size > PTRDIFF_MAX / 2)
		err_die("out of memory: %zu octets", size);
	room = (size + GAP + CHUNK_ALIGN - 1) / CHUNK_ALIGN * CHUNK_ALIGN;
	if (!c || c->cap - c->used < room)
		c = room > CHUNK_SIZE / 4 ? chunk_push_large(a, room) : chunk_push(a);
	p = c->data + c->used;
	c->used += room;
	reveal(p, size);
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		err_die("out of memory: %zu elements of %zu octets", n, size);
	return arena_alloc(a, total);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	const char *end;
	char *p;

	if (!s)
		return NULL;
	end = memchr(s, '\0', n);
	if (end)
		n = (size_t)(end - s);
	p = arena_alloc(a, n + 1);
	memcpy(p, s, n);
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		err_die("arena_printf: %s", fmt);
	p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

struct blob arena_blob(struct arena *a, const void *data, size_t len)
{
	unsigned char *p = arena_alloc(a, len + 1);

	if (len > 0)
		memcpy(p, data, len);
	return blob_of(p, len);
}

void arena_defer(struct arena *a, void (*fn)(void *), void *p)
{
	struct deferred *d = arena_alloc(a, sizeof(*d));

	d->fn = fn;
	d->p = p;
	d->next = a->deferred;
	a->deferred = d;
}

bool blob_equal(struct blob a, struct blob b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}
