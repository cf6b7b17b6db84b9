/* Token buckets that processes share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bucket.h"
#include "base/clock.h"

#include "tap.h"

#define T0 (INT64_C(1800000000) * CLOCK_SECOND)

static char folder[] = "/tmp/shedu-bucket-XXXXXX";

static struct blob key(const char *s)
{
	return blob_of(s, strlen(s));
}

static struct buckets *must_open(const char *path)
{
	struct err e = { 0 };
	struct buckets *b = buckets_open(path, &e);

	if (!b) {
		ok(false, "%s opens: %s", path, err_log_text(&e));
		exit(done());
	}
	return b;
}

static unsigned take_all(struct buckets *b, const char *k, unsigned capacity, int64_t now)
{
	unsigned n = 0;

	while (n < 1000 && bucket_take(b, key(k), capacity, CLOCK_MINUTE, now, NULL))
		n++;
	return n;
}

static void test_rate(void)
{
	AUTO(buckets) *b = must_open("rate");
	int64_t wait = -1;

	ok(bucket_has(b, key("a"), 5, CLOCK_MINUTE, T0, NULL), "a new bucket has tokens");
	ok(take_all(b, "a", 5, T0) == 5, "its capacity of them");
	ok(!bucket_has(b, key("a"), 5, CLOCK_MINUTE, T0, NULL), "then it is empty");
	ok(!bucket_take(b, key("a"), 5, CLOCK_MINUTE, T0, &wait) && wait > 59 * CLOCK_SECOND &&
		   wait <= 61 * CLOCK_SECOND,
	   "and says when the next token is there");
	ok(take_all(b, "b", 5, T0) == 5, "another key has its own");
	ok(!bucket_take(b, key("a"), 5, CLOCK_MINUTE, T0 + wait - 2 * CLOCK_SECOND, NULL),
	   "not earlier");
	ok(bucket_take(b, key("a"), 5, CLOCK_MINUTE, T0 + wait, NULL), "it is there then");
	ok(take_all(b, "a", 5, T0 + wait) == 0, "and only one");
	ok(take_all(b, "a", 5, T0 + CLOCK_DAY) == 5, "it never holds more than its capacity");
	ok(!bucket_take(b, key("none"), 0, CLOCK_MINUTE, T0, &wait), "a capacity of 0 is none");
}

static void test_clock(void)
{
	AUTO(buckets) *b = must_open("clock");
	int64_t back = T0 - 10 * CLOCK_DAY;

	take_all(b, "a", 3, T0);
	ok(!bucket_has(b, key("a"), 3, CLOCK_MINUTE, back, NULL), "clock set back: empty at worst");
	ok(take_all(b, "a", 3, back + 2 * CLOCK_MINUTE + CLOCK_SECOND) == 2,
	   "and the tokens come back at the usual rate");
	take_all(b, "b", 3, T0);
	ok(take_all(b, "b", 3, T0 - 400 * CLOCK_DAY) == 3, "set back by a year: full");
	ok(take_all(b, "c", 3, -CLOCK_DAY) == 3, "before 1970");
}

/* Many more keys than there is room for, each of which takes all it gets. */
static void test_eviction(void)
{
	enum { KEYS = 1000000, CAPACITY = 10 };
	AUTO(buckets) *b = must_open("eviction");
	unsigned long taken = 0;
	char k[32];

	for (int i = 0; i < KEYS; i++) {
		snprintf(k, sizeof(k), "%d", i);
		taken += take_all(b, k, CAPACITY, T0);
	}
	ok(taken < KEYS + 65536UL * CAPACITY, "a crowd of keys gets few tokens each (%lu)", taken);
	ok(taken >= KEYS, "but each one of them one");
	ok(bucket_has(b, key("a stranger"), CAPACITY, CLOCK_MINUTE, T0, NULL),
	   "and a newcomer as well");
	ok(take_all(b, "a stranger", CAPACITY, T0 + CLOCK_HOUR) == CAPACITY,
	   "all of them when the crowd's buckets have filled up");
}

static void test_keeps_the_emptiest(void)
{
	AUTO(buckets) *b = must_open("emptiest");
	char k[32];

	take_all(b, "guesser", 10, T0);
	for (int i = 0; i < 300000; i++) {
		snprintf(k, sizeof(k), "%d", i);
		bucket_take(b, key(k), 10, CLOCK_MINUTE, T0, NULL);
	}
	ok(take_all(b, "guesser", 10, T0) == 0, "others never drive out an empty bucket");
}

static void test_file(void)
{
	struct err e = { 0 };
	struct stat st;
	FILE *f;

	{
		AUTO(buckets) *one = must_open("file");
		AUTO(buckets) *two = must_open("file");

		take_all(one, "a", 5, T0);
		ok(take_all(two, "a", 5, T0) == 0, "who maps the same file sees the same buckets");
		ok(stat("file", &st) == 0 && (st.st_mode & 07777) == 0600,
		   "only its owner reads it");
	}
	{
		AUTO(buckets) *again = must_open("file");

		ok(take_all(again, "a", 5, T0) == 0, "they stay when nobody maps it");
		ok(truncate("file", st.st_size + 1) == 0, "the file is longer than it should be");
		AUTO(buckets) *anew = must_open("file");
		ok(take_all(anew, "a", 5, T0) == 5, "so it is made anew");
		ok(take_all(again, "a", 5, T0) == 0, "for those who have mapped it as well");
	}
	f = fopen("file", "r+");
	fputs("something else", f);
	fclose(f);
	{
		AUTO(buckets) *anew = must_open("file");

		ok(take_all(anew, "a", 5, T0) == 5, "and when it is of another kind");
	}
	f = fopen("short", "w");
	fclose(f);
	{
		AUTO(buckets) *anew = must_open("short");

		ok(take_all(anew, "a", 5, T0) == 5 && stat("short", &st) == 0 && st.st_size > 65536,
		   "and when it is empty");
	}
	ok(symlink("elsewhere", "link") == 0 && !buckets_open("link", &e) && e.kind == ERR_BUSY,
	   "a symbolic link is not followed");
	err_clear(&e);
	ok(!buckets_open("missing/file", &e) && e.kind == ERR_BUSY, "no folder: busy");
}

/* Ten processes: each token is taken once. */
static void test_processes(void)
{
	int sum = 0, status;
	pid_t children[10];

	for (size_t i = 0; i < ARRAY_LEN(children); i++) {
		children[i] = fork();
		if (children[i] == 0) {
			struct buckets *b = must_open("shared");

			_exit((int)take_all(b, "a", 200, T0));
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(children); i++) {
		waitpid(children[i], &status, 0);
		sum += WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
	}
	ok(sum == 200, "ten processes share 200 tokens (%d)", sum);
}

int main(void)
{
	static const char *const files[] = { "rate", "clock", "eviction", "emptiest",
					     "file", "short", "link",	  "shared" };

	if (!mkdtemp(folder) || chdir(folder) != 0)
		return 1;
	test_rate();
	test_clock();
	test_eviction();
	test_keeps_the_emptiest();
	test_file();
	test_processes();
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		unlink(files[i]);
	rmdir(folder);
	return done();
}
