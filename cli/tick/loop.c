#include "cli/tick/loop.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/store_meta.h"

/* Rows are written that often at most, and when an error changes: a tick that has nothing to do
 * does not write each second. The same error is logged again that often. */
#define SAVE_PAUSE (10 * CLOCK_SECOND)
#define LOG_PAUSE CLOCK_MINUTE

const struct job jobs[] = {
	{ "crl", tick_crl, 0 },
	{ "responder", tick_responder, 0 },
	{ "trust", tick_trust, 0 },
	{ "transitions", tick_transitions, 10 * CLOCK_SECOND },
	{ "expire", tick_expire, CLOCK_HOUR },
	{ "audit", tick_audit, CLOCK_MINUTE },
	{ "checkpoint", tick_checkpoint, 0 },
};
const size_t njobs = ARRAY_LEN(jobs);

static struct progress {
	int64_t ended;		/* monotonic; 0: not yet */
	int64_t logged;
	char error[160];	/* "": it went well */
	bool changed;		/* since it was saved */
	bool again;		/* it left something: no pause */
} progress[ARRAY_LEN(jobs)];
static int64_t saved;

static void note_result(const struct job *job, struct progress *p, const struct err *e)
{
	char error[sizeof(p->error)] = "";
	struct log_line l;

	if (e)
		snprintf(error, sizeof(error), "%s", err_log_text(e));
	bool changed = strcmp(error, p->error) != 0;
	if (e && (changed || p->ended - p->logged >= LOG_PAUSE)) {
		log_begin(&l, LOG_ERROR, "job failed");
		log_str(&l, "job", job->name);
		log_str(&l, "code", e->code);
		log_str(&l, "error", err_log_text(e));
		log_end(&l);
		p->logged = p->ended;
	}
	if (changed && !e)
		log_msg(LOG_INFO, "job %s goes well again", job->name);
	memcpy(p->error, error, sizeof(error));
	p->changed = p->changed || changed;
}

static bool is_due(const struct job *job, const struct progress *p)
{
	return !p->ended || p->again || clock_monotonic() - p->ended >= job->every;
}

static int save_rows(struct tick *t, struct err *e)
{
	AUTO(db_txn) *txn = db_begin(t->env.db, DB_WRITE, e);

	if (!txn)
		return -1;
	for (size_t i = 0; i < njobs; i++) {
		const struct job_row row = { .name = jobs[i].name,
					     .last_at = t->env.now,
					     .last_error = *progress[i].error ? progress[i].error
									      : NULL };

		if (store_job_save(t->env.db, &row, e))
			return -1;
	}
	return store_commit(&txn, e);
}

/* All rows at once: that the loop goes round is what they tell. */
static void save(struct tick *t)
{
	int64_t now = clock_monotonic();
	bool due = !saved || now - saved >= SAVE_PAUSE;
	struct err e = { 0 };

	for (size_t i = 0; i < njobs; i++)
		due = due || progress[i].changed;
	if (!due)
		return;
	if (save_rows(t, &e)) {
		log_msg(LOG_ERROR, "the state of the jobs is not saved: %s", err_log_text(&e));
		return;
	}
	saved = now;
	for (size_t i = 0; i < njobs; i++)
		progress[i].changed = false;
}

static int run_job(struct tick *t, size_t i)
{
	struct progress *p = &progress[i];
	struct err e = { 0 };

	t->env.now = clock_now();
	t->again = false;
	int rc = jobs[i].run(t, &e);
	p->ended = clock_monotonic();
	p->again = t->again;
	note_result(&jobs[i], p, rc ? &e : NULL);
	return rc;
}

int loop_round(struct tick *t)
{
	int failed = 0;

	for (size_t i = 0; i < njobs; i++)
		if (is_due(&jobs[i], &progress[i]))
			failed += run_job(t, i) != 0;
	save(t);
	arena_reset(t->env.arena);
	return failed;
}

static bool something_left(void)
{
	for (size_t i = 0; i < njobs; i++)
		if (progress[i].again)
			return true;
	return false;
}

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

/* A job in hand comes to its end: the handler only sets the flag. Commands that a job runs get the
 * usual signals, so nothing stays blocked meanwhile. */
static void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = stop, .sa_flags = SA_RESTART };

	sigemptyset(&sa.sa_mask);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
}

/* The signals are blocked between the look at the flag and the wait, so that none is missed. */
static void wait_for(int64_t us)
{
	const struct timespec ts = { us / CLOCK_SECOND, us % CLOCK_SECOND * 1000 };
	sigset_t both, before;

	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGINT);
	sigprocmask(SIG_BLOCK, &both, &before);
	if (!stopped)
		pselect(0, NULL, NULL, NULL, &ts, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void loop_run(struct tick *t, int64_t every)
{
	catch_signals();
	while (!stopped) {
		int64_t began = clock_monotonic();

		loop_round(t);
		int64_t rest = began + every - clock_monotonic();
		if (rest > 0 && !something_left())
			wait_for(rest);
	}
}
