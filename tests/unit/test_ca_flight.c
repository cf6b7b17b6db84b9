/* Signing among processes: another one has the locks. */
#define _GNU_SOURCE	/* RTLD_NEXT, F_OFD_SETLK, F_OFD_GETLK */

#include "ca/flight.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/octets.h"
#include "ca_fixture.h"

static const struct answer_key key = { "0123456789abcdef0123456789abcde" };

static bool no_locks;	/* the file system has none: NFS without its lock daemon */

/* In the place of the C library's. */
int fcntl(int fd, int cmd, ...)
{
	static int (*real)(int, int, ...);
	va_list ap;
	void *arg, *found;

	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (no_locks && cmd == F_OFD_SETLK) {
		errno = ENOLCK;
		return -1;
	}
	if (!real) {
		found = dlsym(RTLD_NEXT, "fcntl");
		memcpy(&real, &found, sizeof(real));
	}
	return real(fd, cmd, arg);
}

static const char *lock_file(void)
{
	return arena_printf(env.arena, "%s/ocsp/signing.locks", fixture_dir);
}

/* A process that holds octets from first on, n of them (0: all that follow), until let_go(). */
static pid_t hold(off_t first, off_t n)
{
	struct flock lock = { .l_type = F_WRLCK, .l_start = first, .l_len = n };
	int said[2];
	char c = 0;
	pid_t pid;
	int fd;

	if (pipe(said) < 0 || (pid = fork()) < 0)
		fixture_die("fork");
	if (pid == 0) {
		fd = octets_open(lock_file());
		c = fcntl(fd, F_SETLK, &lock) == 0 ? 'y' : 'n';
		if (write(said[1], &c, 1) == 1)
			alarm(60);
		for (;;)
			pause();
	}
	if (read(said[0], &c, 1) != 1 || c != 'y')
		fixture_die("hold");
	close(said[0]);
	close(said[1]);
	return pid;
}

static void let_go(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Whether a key's octet is this process's: to another open file, all of them are locked. */
static bool is_held(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_start = 1 };
	int fd = octets_open(lock_file());

	if (fd < 0 || fcntl(fd, F_OFD_GETLK, &lock) < 0)
		fixture_die("is_held");
	close(fd);
	return lock.l_type != F_UNLCK;
}

static void test_same_answer(void)
{
	int64_t began;
	pid_t other;

	ok(flight_begin(&env, &key) && is_held(),
	   "nobody signs this answer: it is this one's turn");
	flight_end();
	ok(!is_held(), "its turn ends");
	other = hold(1, 0);
	began = clock_monotonic();
	ok(flight_begin(&env, &key) && clock_monotonic() - began >= CLOCK_SECOND / 20,
	   "somebody does: it is waited for");
	flight_end();
	let_go(other);
	ok(flight_begin(&env, &key) && is_held(), "who was killed is in nobody's way");
	flight_end();
}

/* What another process kept whose request began so much later. */
static bool is_used(int64_t later)
{
	const struct answer_stamp stamp = { .change = 1 };
	struct kept_answer k = { .der = blob_of("answer", 6),
				 .made_at = env.now + later,
				 .next_update = env.now + CLOCK_DAY };

	answers_keep(&env, &key, &stamp, &k);
	return answers_find_shared(&env, &key, &stamp, &k);
}

static void test_overlap(void)
{
	ok(is_used(0) && is_used(CLOCK_SECOND / 10),
	   "whoever waited takes what is there, also when its maker began later");
	ok(!is_used(CLOCK_MINUTE), "but nothing that a clock set back makes one of the future");
}

static void test_slots(void)
{
	pid_t other = hold(0, 2);

	fixture_conf.ocsp.max_signing = 2;
	ok(failed(flight_sign(&env, &err), ERR_BUSY, "signing_busy"), "both slots are taken: busy");
	fixture_conf.ocsp.max_signing = 3;
	ok(good(flight_sign(&env, &err)), "a third is free");
	flight_end();
	fixture_conf.ocsp.max_signing = 0;
	ok(good(flight_sign(&env, &err)), "without a bound there is no waiting");
	flight_end();
	let_go(other);
	fixture_conf.ocsp.max_signing = 2;
	ok(good(flight_sign(&env, &err)), "who was killed holds no slot");
	flight_end();
}

static void test_not_shared(void)
{
	int64_t entries = fixture_conf.ocsp.cache_entries;
	pid_t other = hold(1, 0);

	fixture_conf.ocsp.cache_entries = 0;
	ok(!flight_begin(&env, &key), "where no answers are kept there is none to wait for");
	flight_end();
	fixture_conf.ocsp.cache_entries = entries;
	let_go(other);
}

static void test_no_locks(void)
{
	flight_close();
	no_locks = true;
	fixture_conf.ocsp.max_signing = 1;
	ok(!flight_begin(&env, &key) && good(flight_sign(&env, &err)),
	   "where the file system has no locks, everybody signs");
	flight_end();
	flight_close();
	ok(good(flight_sign(&env, &err)) && !flight_begin(&env, &key), "the bound first, too");
	flight_end();
	no_locks = false;
}

static void test_no_folder(void)
{
	flight_close();
	fixture_conf.ocsp.cache_dir = "/proc/none/ocsp";
	fixture_conf.ocsp.max_signing = 1;
	ok(!flight_begin(&env, &key) && good(flight_sign(&env, &err)),
	   "where the locks cannot be, everybody signs");
	flight_end();
}

int main(void)
{
	fixture_begin();
	if (!answers_dir(&env))
		fixture_die("the folder");
	test_same_answer();
	test_overlap();
	test_slots();
	test_not_shared();
	test_no_locks();
	test_no_folder();
	flight_close();
	answers_close();
	fixture_end();
	return done();
}
