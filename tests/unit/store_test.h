/* A fresh database in a folder of its own, which goes when the test ends. */
#ifndef TESTS_STORE_TEST_H
#define TESTS_STORE_TEST_H

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/db.h"
#include "tests/unit/tap.h"

static char test_folder[PATH_MAX], test_db[PATH_MAX + 16];
static pid_t test_owner;

static inline void test_remove(void)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", ".writer" };
	char path[PATH_MAX + 32];

	if (getpid() != test_owner)
		return;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		snprintf(path, sizeof(path), "%s%s", test_db, suffixes[i]);
		unlink(path);
	}
	rmdir(test_folder);
}

/* Forgets the database that was there. The folder can be entered by other users. */
static inline void test_begin(void)
{
	const char *tmp = getenv("TMPDIR");

	if (test_owner)
		test_remove();
	else
		atexit(test_remove);
	test_owner = getpid();
	snprintf(test_folder, sizeof(test_folder), "%s/shedu-store.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(test_folder) || chmod(test_folder, 0755) != 0) {
		printf("Bail out! %s\n", test_folder);
		exit(1);
	}
	snprintf(test_db, sizeof(test_db), "%s/db", test_folder);
}

/* A second file beside the database; the caller's to remove. */
static inline const char *test_path(const char *name)
{
	static char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", test_folder, name);
	return path;
}

static inline void test_must(bool good, const char *what, const struct err *e)
{
	if (good)
		return;
	printf("Bail out! %s: %s\n", what, err_log_text(e));
	fflush(stdout);
	exit(1);
}

static inline struct db *test_open(enum db_mode mode)
{
	struct err e = { 0 };
	struct db *db = db_open(test_db, mode, &e);

	test_must(db, "open", &e);
	if (mode == DB_CREATE)
		test_must(db_migrate(db, &e) == 0, "migrate", &e);
	db_set_guard(db, &(struct db_guard){ .before = NULL });
	return db;
}

/* Runs fn in another process, which ends with what fn returns. */
static inline pid_t test_fork(int (*fn)(int), int arg)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(fn(arg));
	return pid;
}

/* The exit status, or 256 + the signal. */
static inline int test_wait(pid_t pid)
{
	int status = 0;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

#endif
