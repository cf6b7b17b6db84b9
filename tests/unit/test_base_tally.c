/* Counters in a file that processes share. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/tally.h"

#include "tap.h"

enum { PROCESSES = 4, ROUNDS = 20000 };

static char path[] = "/tmp/shedu-tally.XXXXXX";

static void test_counting(void)
{
	struct err e = { 0 };
	AUTO(tally) *t = tally_open(path, &e), *other = tally_open(path, &e);

	ok(t && other, "the file opens twice");
	ok(tally_take(t, "demo") == 0, "what nobody counted is 0");
	tally_add(t, "demo", 1);
	tally_add(other, "demo", 2);
	tally_add(other, "else", 5);
	ok(tally_take(t, "demo") == 3, "both count the same thing");
	ok(tally_take(other, "demo") == 0, "what was taken is gone");
	ok(tally_take(t, "else") == 5, "keys are told apart");
}

static int count(void)
{
	struct err e = { 0 };
	AUTO(tally) *t = tally_open(path, &e);
	char key[20];

	for (int i = 0; t && i < ROUNDS; i++) {
		snprintf(key, sizeof(key), "key %d", i % 50);
		tally_add(t, key, 1);
	}
	return t ? 0 : 1;
}

static void test_processes(void)
{
	struct err e = { 0 };
	int failed = 0, status;
	uint64_t sum = 0;
	char key[20];

	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0)
			_exit(count());
	for (int i = 0; i < PROCESSES; i++)
		failed += wait(&status) < 0 || status != 0;

	AUTO(tally) *t = tally_open(path, &e);
	for (int i = 0; t && i < 50; i++) {
		snprintf(key, sizeof(key), "key %d", i);
		sum += tally_take(t, key);
	}
	ok(failed == 0 && sum == PROCESSES * ROUNDS, "processes at once lose no count");
}

static void test_full(void)
{
	struct err e = { 0 };
	AUTO(tally) *t = tally_open(path, &e);
	uint64_t sum = 0;
	char key[20];

	for (int i = 0; t && i < 6000; i++) {
		snprintf(key, sizeof(key), "%d", i);
		tally_add(t, key, 1);
	}
	for (int i = 0; t && i < 6000; i++) {
		snprintf(key, sizeof(key), "%d", i);
		sum += tally_take(t, key) == 1;
	}
	ok(sum > 3000 && sum <= 4096, "a full one counts what it has room for: %d", (int)sum);
}

static void test_file(void)
{
	struct err e = { 0 };
	struct stat st;

	unlink(path);
	AUTO(tally) *t = tally_open(path, &e);
	ok(t && stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "a new file is the owner's");
	unlink(path);
	ok(symlink("/nowhere", path) == 0 && !tally_open(path, &e) && e.kind == ERR_BUSY,
	   "no link is followed");
	unlink(path);
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	umask(0);
	test_counting();
	test_processes();
	test_full();
	test_file();
	return done();
}
