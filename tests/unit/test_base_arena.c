#include "base/arena.h"

#include <string.h>

#include "tap.h"

static char order[8];
static size_t calls;

static void note(void *p)
{
	order[calls++] = *(char *)p;
}

static bool is_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i])
			return false;
	}
	return true;
}

static void test_alloc(struct arena *a)
{
	char *one = arena_alloc(a, 3), *two = arena_alloc(a, 3);
	unsigned char *big = arena_alloc(a, 300000);

	ok((size_t)two % 16 == 0 && two > one, "pieces are aligned");
	ok(is_zero(big, 300000), "a large piece is zero");
	memset(big, 7, 300000);
	ok((char *)arena_alloc(a, 3) - two < 64, "a large piece leaves the small ones together");
	ok(strcmp(arena_strndup(a, "shedu", 3), "she") == 0, "strndup cuts");
	ok(arena_strdup(a, NULL) == NULL, "strdup of NULL is NULL");
	ok(strcmp(arena_printf(a, "%s-%d", "a", 42), "a-42") == 0, "printf");
}

static void test_reset(struct arena *a)
{
	unsigned char *p;

	for (int i = 0; i < 100; i++)
		memset(arena_alloc(a, 5000), 0xff, 5000);
	arena_reset(a);
	p = arena_alloc(a, 5000);
	ok(is_zero(p, 5000), "what was used is zero after a reset");
	memset(p, 1, 5000);
	arena_reset(a);
	ok(arena_alloc(a, 5000) == (void *)p, "a reset arena serves from the same memory");
}

static void test_defer(struct arena *a)
{
	static char names[] = "abc";

	for (int i = 0; i < 3; i++)
		arena_defer(a, note, &names[i]);
	ok(calls == 0, "nothing is released before the reset");
	arena_reset(a);
	ok(calls == 3 && memcmp(order, "cba", 3) == 0, "releases run newest first");
	arena_reset(a);
	ok(calls == 3, "and once");
	arena_defer(a, note, &names[0]);
}

static void test_blob(struct arena *a)
{
	char src[] = "abc";
	struct blob b = arena_blob(a, src, 3);

	src[0] = 'x';
	ok(blob_equal(b, blob_of("abc", 3)), "a blob is a copy");
	ok(!blob_equal(b, blob_of("abd", 3)) && !blob_equal(b, blob_of("ab", 2)), "others differ");
	ok(blob_equal(blob_of(NULL, 0), blob_of("", 0)), "empty blobs are equal");
}

int main(void)
{
	struct arena *a = arena_new();

	test_alloc(a);
	test_reset(a);
	test_blob(a);
	test_defer(a);
	arena_free(a);
	ok(calls == 4, "freeing runs the releases too");
	arena_free(NULL);
	return done();
}
