/* The file of signed answers: what is found, what is not, and that it does not grow. */
#include "store/store_answer.h"

#include "tests/unit/store_test.h"

enum { PLACES = 8 };

static struct arena *arena;
static struct db *cache;

static struct answer_row make(unsigned char n)
{
	unsigned char *key = arena_alloc(arena, 32);

	key[0] = n;
	return (struct answer_row){
		.key = blob_of(key, 32),
		.epoch = blob_of("0123456789abcdef", 16),
		.ca_change = 7,
		.change = 1,
		.made_at = 100,
		.this_update = 90,
		.next_update = 200,
		.sha256 = blob_of("digest", 6),
		.der = blob_of("answer", 6),
	};
}

static int load(struct answer_row *r)
{
	struct err e = { 0 };

	return store_answer_load(cache, arena, PLACES, r, &e);
}

static bool save(const struct answer_row *r)
{
	struct err e = { 0 };

	return store_answer_save(cache, PLACES, r, &e) == 0;
}

static void test_stamps(void)
{
	struct answer_row r = make(1), asked;

	ok(load(&r) == 0, "nothing is found in a new file");
	ok(save(&r), "an answer is saved");
	asked = r;
	asked.der = blob_of(NULL, 0);
	ok(load(&asked) == 1 && blob_equal(asked.der, r.der) && asked.next_update == 200,
	   "and found by its key and stamps");
	asked = r;
	asked.change = 2;
	ok(load(&asked) == 0, "not after a change of the row");
	asked = r;
	asked.ca_change = 8;
	ok(load(&asked) == 0, "not after a change above it");
	asked = r;
	asked.epoch = blob_of("0123456789abcdeF", 16);
	ok(load(&asked) == 0, "not in another database");
	asked = make(1 + PLACES);
	ok(load(&asked) == 0, "not by another key of the same place");
	ok(save(&asked) && load(&asked) == 1 && load(&r) == 0, "which takes the place");
}

static int64_t count(void)
{
	struct answer_row r;
	int64_t n = 0;

	for (int i = 0; i < 100; i++) {
		r = make((unsigned char)i);
		n += load(&r) == 1;
	}
	return n;
}

static void test_bound(void)
{
	struct answer_row r;

	for (int i = 0; i < 100; i++) {
		r = make((unsigned char)i);
		save(&r);
	}
	ok(count() == PLACES, "a hundred answers take no more than eight places");
}

static void test_again(void)
{
	struct err e = { 0 };
	struct answer_row r = make(99);

	db_close(cache);
	cache = store_answer_open(test_path("answers.db"), &e);
	ok(cache && load(&r) == 1, "they are there when the file is opened again");
}

int main(void)
{
	static const char *const names[] = { "answers.db", "answers.db-wal", "answers.db-shm" };
	struct err e = { 0 };

	arena = arena_new();
	test_begin();
	cache = store_answer_open(test_path("answers.db"), &e);
	test_must(cache, "open", &e);
	test_stamps();
	test_bound();
	test_again();
	db_close(cache);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unlink(test_path(names[i]));
	arena_free(arena);
	return done();
}
