#define _GNU_SOURCE	/* F_OFD_SETLKW */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "store/db_gate.h"

enum { WAIT_SECONDS = 10, RETRY_SECONDS = 2 };

static volatile sig_atomic_t wait_over;

static void on_alarm(int sig)
{
	(void)sig;
	wait_over = 1;
}

/* What the waiting changed in the process, to be put back. */
struct alarm_state {
	struct sigaction action;
	struct itimerval timer;
	sigset_t mask;
};

/* The alarm comes without SA_RESTART, so that it ends flock(), and again every 10 ms, in case the
 * first came just before the call. */
static void alarm_start(struct alarm_state *old)
{
	struct sigaction action = { .sa_handler = on_alarm };
	const struct itimerval timer = { .it_value.tv_sec = WAIT_SECONDS,
					 .it_interval.tv_usec = 10000 };
	sigset_t alarm_only;

	wait_over = 0;
	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, &old->action);
	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &alarm_only, &old->mask);
	setitimer(ITIMER_REAL, &timer, &old->timer);
}

static void alarm_stop(const struct alarm_state *old)
{
	const struct itimerval none = { 0 };

	setitimer(ITIMER_REAL, &none, NULL);
	sigprocmask(SIG_SETMASK, &old->mask, NULL);
	sigaction(SIGALRM, &old->action, NULL);
	setitimer(ITIMER_REAL, &old->timer, NULL);
}

/* The turn: a lock on the first byte of the same file. */
static int turn(const struct db_gate *g, int command, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1 };

	return fcntl(g->fd, command, &lock);
}

static int wait_turn(struct db_gate *g)
{
	while (turn(g, F_OFD_SETLKW, F_WRLCK) != 0)
		if (errno != EINTR || wait_over)
			return -1;
	return 0;
}

static int wait_gate(struct db_gate *g)
{
	while (flock(g->fd, LOCK_EX) != 0)
		if (errno != EINTR || wait_over)
			return -1;
	return 0;
}

/* The bits of those who may write the database, reading included. */
static mode_t gate_mode(mode_t db)
{
	return (db & 0222) | (db & 0222) << 1;
}

int gate_open(struct db_gate *g, const char *db_path, struct err *e)
{
	char path[PATH_MAX];
	struct stat db, gate;

	if (snprintf(path, sizeof(path), "%s.writer", db_path) >= (int)sizeof(path))
		return err_fault(e, ERR_INTERNAL, "database", "path too long: %s", db_path);
	if (stat(db_path, &db) != 0)
		return err_fault(e, ERR_BUSY, "database", "%s: %s", db_path, strerror(errno));
	g->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, gate_mode(db.st_mode));
	if (g->fd < 0 || fstat(g->fd, &gate) != 0)
		return err_fault(e, ERR_BUSY, "database", "write gate %s: %s", path,
				 strerror(errno));
	/* Past the umask, and after a chmod of the database. Only the owner can, and one is enough. */
	if ((gate.st_mode & 0777) != gate_mode(db.st_mode) && gate.st_uid == geteuid() &&
	    fchmod(g->fd, gate_mode(db.st_mode)) != 0)
		return err_fault(e, ERR_BUSY, "database", "mode of %s: %s", path, strerror(errno));
	return 0;
}

void gate_close(struct db_gate *g)
{
	if (g->fd >= 0)
		close(g->fd);
	g->fd = -1;
}

static int enter_slowly(struct db_gate *g, bool have_turn)
{
	struct alarm_state old;
	int r, error;

	alarm_start(&old);
	r = have_turn ? 0 : wait_turn(g);
	have_turn = r == 0;
	if (r == 0)
		r = wait_gate(g);
	error = errno;
	alarm_stop(&old);
	if (have_turn)
		turn(g, F_OFD_SETLK, F_UNLCK);
	errno = error;
	return r;
}

/*
 * The kernel wakes who waits for a lock, and meanwhile whoever released it can take it again: alone,
 * flock(2) lets a busy writer overtake the others for long. So the gate is waited for by one
 * process only, that which has the turn, and it gives the turn away once it is in. Who comes out
 * finds the turn taken, and queues.
 */
int gate_enter(struct db_gate *g, struct err *e)
{
	const bool have_turn = turn(g, F_OFD_SETLK, F_WRLCK) == 0;

	if (have_turn && flock(g->fd, LOCK_EX | LOCK_NB) == 0) {
		turn(g, F_OFD_SETLK, F_UNLCK);
		return 0;
	}
	if (enter_slowly(g, have_turn) == 0)
		return 0;
	if (errno != EINTR)
		return err_fault(e, ERR_BUSY, "database", "write gate: %s", strerror(errno));
	err_fault(e, ERR_BUSY, "busy", "the write gate stayed closed for %d s", WAIT_SECONDS);
	e->retry_after = RETRY_SECONDS;
	return -1;
}

void gate_leave(struct db_gate *g)
{
	flock(g->fd, LOCK_UN);
}
