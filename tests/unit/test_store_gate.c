/* Many writers at once: all get their turn, one at a time, and in turn. */
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>

#include "store/store_event.h"
#include "tests/unit/store_test.h"

enum { WRITERS = 16, EACH = 40, WAITING = 8 };

static int start_line[2];

/* Reads the head and adds the next: two in the gate at once would write the same number. */
static int add_row(struct db *db, struct arena *a, const char *actor, struct err *e)
{
	static const unsigned char hash[32];
	struct event_row v = { 0 };

	if (store_event_load_head(db, a, &v, e) < 0)
		return -1;
	v = (struct event_row){ .seq = v.seq + 1,
				.at = 1,
				.type = "t",
				.subject = "s",
				.actor = actor,
				.data = "{}",
				.hash = blob_of(hash, 32) };
	return store_event_add(db, &v, e);
}

static int add_next(struct db *db, struct arena *a, const char *actor, struct err *e)
{
	AUTO(db_txn) *t = db_begin(db, DB_WRITE, e);

	if (!t || add_row(db, a, actor, e) != 0)
		return -1;
	return store_commit(&t, e);
}

static int writer(int number)
{
	AUTO(arena) *a = arena_new();
	AUTO(db) *db = test_open(DB_READ_WRITE);
	const char *actor = arena_printf(a, "%d", number);
	struct err e = { 0 };
	char go;

	close(start_line[1]);
	if (read(start_line[0], &go, 1) < 0)
		return 2;
	for (int i = 0; i < EACH; i++)
		if (add_next(db, a, actor, &e) != 0) {
			printf("# writer %d: %s\n", number, err_log_text(&e));
			return 1;
		}
	return 0;
}

static void test_writers(void)
{
	AUTO(arena) *a = arena_new();
	AUTO(db) *db = test_open(DB_CREATE);
	pid_t pids[WRITERS];
	struct event_row *v;
	struct err e = { 0 };
	int failed = 0;
	bool chain = true;
	size_t n;

	if (pipe(start_line) != 0)
		exit(1);
	for (int i = 0; i < WRITERS; i++)
		pids[i] = test_fork(writer, i);
	close(start_line[0]);
	close(start_line[1]);
	for (int i = 0; i < WRITERS; i++)
		failed += test_wait(pids[i]) != 0;
	ok(failed == 0, "%d writers at once, each with %d transactions, all succeed", WRITERS,
	   EACH);
	test_must(store_event_list(db, a, NULL, NULL, 0, 100000, &v, &n, &e) == 0, "list", &e);
	for (size_t i = 0; i < n; i++)
		chain = chain && v[i].seq == (int64_t)i + 1;
	ok(n == WRITERS * EACH && chain,
	   "each saw what the one before had written: no gap, no loss");
}

static int called[WAITING][2], coming[2];

/* Adds one row once it is called, and says when it goes to the gate. */
static int queued_writer(int number)
{
	AUTO(arena) *a = arena_new();
	AUTO(db) *db = NULL;
	struct err e = { 0 };
	char go;

	if (read(called[number][0], &go, 1) != 1)
		return 2;
	db = test_open(DB_READ_WRITE);
	if (write(coming[1], "", 1) != 1)
		return 2;
	return add_next(db, a, arena_printf(a, "waiting %d", number), &e) == 0 ? 0 : 1;
}

/* Does the process sleep? One that has nothing to read any more sleeps at the gate only. */
static bool sleeps(pid_t pid)
{
	char path[64], line[512] = "";
	const char *state;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (!f)
		return false;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	state = strrchr(line, ')');
	return state && state[1] == ' ' && state[2] == 'S';
}

/* Whether the next stands in the queue. */
static bool queue_up(int number, pid_t pid)
{
	char go;

	if (write(called[number][1], "", 1) != 1 || read(coming[0], &go, 1) != 1)
		return false;
	for (int i = 0; i < 5000; i++) {
		if (sleeps(pid))
			return true;
		usleep(1000);
	}
	return false;
}

/* The rows that follow the holder's first are of the waiting, in the order in which they came. */
static bool in_turn(const struct event_row *v, size_t n, struct arena *a)
{
	if (n != WAITING + 2 || strcmp(v[0].actor, "holder") != 0)
		return false;
	/* Who comes out may find the turn free, once the first of the waiting has gone in. */
	if (strcmp(v[1].actor, "waiting 0") != 0)
		return false;
	for (size_t i = 2, next = 1; i < n; i++) {
		if (strcmp(v[i].actor, "holder") == 0)
			continue;
		if (strcmp(v[i].actor, arena_printf(a, "waiting %zu", next++)) != 0)
			return false;
	}
	return true;
}

static void test_queue(void)
{
	AUTO(arena) *a = arena_new();
	AUTO(db) *db = NULL;
	pid_t pids[WAITING];
	struct event_row *v;
	struct err e = { 0 };
	int failed = 0, queued = 0;
	size_t n;

	db_close(test_open(DB_CREATE));
	if (pipe(coming) != 0)
		exit(1);
	/* Before the database is open here: SQLite does not survive a fork. */
	for (int i = 0; i < WAITING; i++) {
		if (pipe(called[i]) != 0)
			exit(1);
		pids[i] = test_fork(queued_writer, i);
	}
	db = test_open(DB_READ_WRITE);
	{
		AUTO(db_txn) *t = db_begin(db, DB_WRITE, &e);

		test_must(t && add_row(db, a, "holder", &e) == 0, "hold the gate", &e);
		for (int i = 0; i < WAITING; i++)
			queued += queue_up(i, pids[i]);
		ok(queued == WAITING, "%d writers stand at a closed gate", WAITING);
		test_must(store_commit(&t, &e) == 0, "commit", &e);
	}
	test_must(add_next(db, a, "holder", &e) == 0, "the holder again", &e);
	for (int i = 0; i < WAITING; i++)
		failed += test_wait(pids[i]) != 0;
	test_must(store_event_list(db, a, NULL, NULL, 0, 100, &v, &n, &e) == 0, "list", &e);
	ok(failed == 0 && in_turn(v, n, a),
	   "they pass it in the order in which they came, and who comes out overtakes not the first");
}

static void on_old_alarm(int sig)
{
	(void)sig;
}

/* Somebody else, flock(1) say, keeps the gate closed for longer than anybody waits. */
static void test_closed(void)
{
	AUTO(db) *db = test_open(DB_READ_WRITE);
	char path[PATH_MAX + 32];
	struct sigaction old = { .sa_handler = on_old_alarm }, now;
	struct err e = { 0 };
	sigset_t alarm_only;
	int fd;

	snprintf(path, sizeof(path), "%s.writer", test_db);
	fd = open(path, O_RDWR | O_CLOEXEC);
	sigaction(SIGALRM, &old, NULL);
	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	sigprocmask(SIG_BLOCK, &alarm_only, NULL);
	ok(fd >= 0 && flock(fd, LOCK_EX) == 0, "the gate can be closed from outside");
	ok(!db_begin(db, DB_WRITE, &e) && e.kind == ERR_BUSY && strcmp(e.code, "busy") == 0 &&
		   e.retry_after > 0,
	   "a gate that stays closed is a fault that passes, even where SIGALRM is blocked");
	sigaction(SIGALRM, NULL, &now);
	ok(now.sa_handler == on_old_alarm, "the program's own handler is back");
	{
		AUTO(db_txn) *t = db_begin(db, DB_READ, &e);

		ok(t, "readers do not care");
	}
	close(fd);
	err_clear(&e);
	{
		AUTO(db_txn) *t = db_begin(db, DB_WRITE, &e);

		ok(t, "it opens when whoever held it is gone");
	}
}

static mode_t gate_mode(void)
{
	char path[PATH_MAX + 32];
	struct stat st = { 0 };

	snprintf(path, sizeof(path), "%s.writer", test_db);
	stat(path, &st);
	return st.st_mode & 0777;
}

static void test_mode(void)
{
	ok(gate_mode() == 0600, "the gate of a private database is private");
	chmod(test_db, 0640);
	db_close(test_open(DB_READ_WRITE));
	ok(gate_mode() == 0600, "a group that only reads cannot close it");
	chmod(test_db, 0660);
	db_close(test_open(DB_READ_WRITE));
	ok(gate_mode() == 0660, "a group that writes can pass it");
}

int main(void)
{
	test_begin();
	test_writers();
	test_begin();
	test_queue();
	test_mode();
	test_closed();
	return done();
}
