/* What a crash, a failing disk and another user's reading do to committed rows: nothing. */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/rand.h"
#include "store/store_event.h"
#include "store/store_meta.h"
#include "tests/unit/store_test.h"

enum { NOBODY = 65534, ROUNDS = 8, BEFORE_KILL = 30 };

static bool sync_fails;

/* In place of libc's, for SQLite too: the disk that fails on demand. */
int fdatasync(int fd);
int fsync(int fd);

int fdatasync(int fd)
{
	(void)fd;
	if (!sync_fails)
		return 0;
	errno = EIO;
	return -1;
}

int fsync(int fd)
{
	return fdatasync(fd);
}

static int64_t head(struct db *db)
{
	AUTO(arena) *a = arena_new();
	struct event_row v = { 0 };
	struct err e = { 0 };

	test_must(store_event_load_head(db, a, &v, &e) >= 0, "head", &e);
	return v.seq;
}

/* An event whose data has this size. */
static int add_event(struct db *db, size_t size, struct err *e)
{
	static const unsigned char hash[32];
	AUTO(arena) *a = arena_new();
	AUTO(db_txn) *t = db_begin(db, DB_WRITE, e);
	char *data = arena_alloc(a, size + 1);
	struct event_row v = { .at = 1,
			       .type = "t",
			       .subject = "s",
			       .actor = "a",
			       .data = data,
			       .hash = blob_of(hash, 32) };

	memset(data, 'x', size);
	if (!t)
		return -1;
	v.seq = head(db) + 1;
	if (store_event_add(db, &v, e) != 0)
		return -1;
	return store_commit(&t, e);
}

static int killed_out;

/* Tells each commit, for ever. */
static int write_until_killed(int unused)
{
	struct db *db = test_open(DB_READ_WRITE);
	struct err e = { 0 };

	(void)unused;
	for (;;) {
		int64_t seq;

		if (add_event(db, 3000, &e) != 0)
			return 1;
		seq = head(db);
		if (write(killed_out, &seq, sizeof(seq)) != sizeof(seq))
			return 2;
	}
}

/* One round: the last sequence number that the writer told before it was killed. */
static int64_t kill_a_writer(void)
{
	int64_t seq, last = 0;
	unsigned char more;
	int pipes[2];
	pid_t pid;

	if (pipe(pipes) != 0)
		exit(1);
	killed_out = pipes[1];
	pid = test_fork(write_until_killed, 0);
	close(pipes[1]);
	rand_fill(&more, 1);
	for (int i = 0; i < BEFORE_KILL + more % 50; i++)
		if (read(pipes[0], &seq, sizeof(seq)) == sizeof(seq))
			last = seq;
	kill(pid, SIGKILL);
	if (test_wait(pid) != 256 + SIGKILL)
		last = 0;
	while (read(pipes[0], &seq, sizeof(seq)) == sizeof(seq))
		last = seq;
	close(pipes[0]);
	return last;
}

static void test_kill(void)
{
	struct err e = { 0 };
	bool good = true;

	db_close(test_open(DB_CREATE));
	for (int i = 0; i < ROUNDS; i++) {
		const int64_t told = kill_a_writer();
		AUTO(db) *db = test_open(DB_READ_WRITE);
		const int64_t have = head(db);

		/* the one more was durable, and not yet told */
		good = good && told > 0 && (have == told || have == told + 1);
		good = good && (i % 2 || db_checkpoint(db, &e) == 0);
		good = good && add_event(db, 1, &e) == 0;
	}
	ok(good, "%d times kill -9 while writing: what was committed is there, and writing goes on",
	   ROUNDS);
}

static void remove_wal(void)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s-wal", test_db);
	unlink(path);
	snprintf(path, sizeof(path), "%s-shm", test_db);
	unlink(path);
}

static void test_checkpoint(void)
{
	struct db *db = test_open(DB_READ_WRITE);
	const int64_t before = head(db);
	char wal[PATH_MAX + 32];
	struct stat st;
	struct err e = { 0 };

	snprintf(wal, sizeof(wal), "%s-wal", test_db);
	ok(stat(wal, &st) == 0 && st.st_size > 0, "the WAL outlives who wrote it");
	ok(db_checkpoint(db, &e) == 0, "checkpoint");
	db_close(db);
	remove_wal();
	db = test_open(DB_READ_WRITE);
	ok(head(db) == before && before > ROUNDS, "after it the database alone has all");
	db_close(db);
}

/* Past the limit of the file size the kernel refuses to write: a disk that is full. */
static void test_full(void)
{
	struct rlimit old, tight;
	struct err e = { 0 };
	int64_t before;

	test_begin();
	{
		AUTO(db) *db = test_open(DB_CREATE);

		test_must(add_event(db, 1000, &e) == 0, "add", &e);
		before = head(db);
		signal(SIGXFSZ, SIG_IGN);
		getrlimit(RLIMIT_FSIZE, &old);
		tight = (struct rlimit){ .rlim_cur = 300000, .rlim_max = old.rlim_max };
		setrlimit(RLIMIT_FSIZE, &tight);
		ok(add_event(db, 1000000, &e) != 0 && e.kind == ERR_BUSY && e.retry_after > 0,
		   "no room: a fault that passes");
		printf("# %s\n", err_log_text(&e));
		ok(head(db) == before, "nothing of it stays");
		setrlimit(RLIMIT_FSIZE, &old);
		err_clear(&e);
		ok(add_event(db, 1000000, &e) == 0 && head(db) == before + 1,
		   "with room again it goes on");
	}
}

static void test_sync(void)
{
	AUTO(db) *reopened = NULL;
	AUTO(db) *db = NULL;
	struct err e = { 0 };
	int64_t before;

	test_begin();
	db = test_open(DB_CREATE);
	test_must(add_event(db, 10, &e) == 0, "add", &e);
	before = head(db);
	sync_fails = true;
	ok(add_event(db, 10, &e) != 0 && e.kind == ERR_BUSY && strcmp(e.code, "sync") == 0,
	   "a sync that fails is no commit");
	sync_fails = false;
	err_clear(&e);
	ok(head(db) == before, "the row is not there");
	ok(!db_begin(db, DB_WRITE, &e) && strcmp(e.code, "sync") == 0 && e.retry_after > 0,
	   "no more writes by this connection, though the disk says it is well again");
	err_clear(&e);
	ok(db_checkpoint(db, &e) != 0 && strcmp(e.code, "sync") == 0, "and no checkpoint");
	err_clear(&e);
	reopened = test_open(DB_READ_WRITE);
	ok(add_event(reopened, 10, &e) == 0 && head(reopened) == before + 1,
	   "opened again it writes");
}

static int read_as_nobody(int expected)
{
	struct err e = { 0 };
	struct db *db;

	if (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
		return 100;
	db = db_open(test_db, DB_READ_ONLY, &e);
	if (!db) {
		printf("# %s\n", err_log_text(&e));
		return 101;
	}
	if (head(db) != expected)
		return 102;
	db_close(db);
	return 0;
}

static void chmod_all(mode_t mode)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char path[PATH_MAX + 32];

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		snprintf(path, sizeof(path), "%s%s", test_db, suffixes[i]);
		chmod(path, mode);
	}
}

static void test_reader(void)
{
	struct err e = { 0 };
	struct db *db;

	test_begin();
	db = test_open(DB_CREATE);
	test_must(add_event(db, 10, &e) == 0, "add", &e);
	if (geteuid() != 0) {
		ok(true, "another user who may only read # SKIP needs root to become another user");
		db_close(db);
		return;
	}
	ok(test_wait(test_fork(read_as_nobody, 1)) == 101,
	   "another user cannot read a private database");
	chmod_all(0644);
	ok(test_wait(test_fork(read_as_nobody, 1)) == 0, "who may only read does, beside a writer");
	test_must(add_event(db, 10, &e) == 0, "add", &e);
	db_close(db);
	ok(test_wait(test_fork(read_as_nobody, 2)) == 0, "and when no writer is there any more");
	db = test_open(DB_READ_WRITE);
	test_must(db_checkpoint(db, &e) == 0, "checkpoint", &e);
	db_close(db);
	ok(test_wait(test_fork(read_as_nobody, 2)) == 0, "and after a checkpoint");
}

int main(void)
{
	test_begin();
	test_kill();
	test_checkpoint();
	test_full();
	test_sync();
	test_reader();
	return done();
}
