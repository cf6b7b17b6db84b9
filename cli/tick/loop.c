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
	{ "responder", tick_responder, 0 },
	{ "signer", tick_signer, 0 },
	{ "publish", tick_publish, 0 },
	{ "crl", tick_crl, 0 },
	{ "trust", tick_trust, 0 },
	{ "transitions", tick_transitions, 10 * CLOCK_SECOND },
	{ "expire", tick_expire, CLOCK_HOUR },
	{ "ca_end", tick_ca_end, CLOCK_HOUR },
	{ "audit", tick_audit, CLOCK_MINUTE },
	{ "checkpoint", tick_checkpoint, 0 },
};
const size_t njobs = ARRAY_LEN(jobs);

struct progress {
	int64_t ended;		/* monotonic; 0: not yet */
	int64_t logged;
	char error[160];	/* "": it went well */
	bool changed;		/* since it was saved */
	bool again;		/* it left something: no pause */
};

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

/* What an opened database does not get over: it was replaced, or a sync failed. */
static bool is_broken(const struct err *e)
{
	static const char *const codes[] = { "database", "database_moved", "sync", "schema" };

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (!strcmp(e->code, codes[i]))
			return true;
	return false;
}

static int save_rows(struct loop *l, struct err *e)
{
	AUTO(db_txn) *txn = db_begin(l->tick.env.db, DB_WRITE, e);

	if (!txn)
		return -1;
	for (size_t i = 0; i < njobs; i++) {
		const char *error = l->progress[i].error;
		const struct job_row row = {
			.name = jobs[i].name,
			.last_at = l->tick.env.now,
			.last_error = *error ? error : NULL,
		};

		if (store_job_save(l->tick.env.db, &row, e))
			return -1;
	}
	return store_commit(&txn, e);
}

/* All rows at once: that the loop goes round is what they tell. */
static void save(struct loop *l)
{
	int64_t now = clock_monotonic();
	bool due = !l->saved || now - l->saved >= SAVE_PAUSE;
	struct err e = { 0 };

	for (size_t i = 0; i < njobs; i++)
		due = due || l->progress[i].changed;
	if (!due)
		return;
	if (save_rows(l, &e)) {
		log_msg(LOG_ERROR, "the state of the jobs is not saved: %s", err_log_text(&e));
		l->broken = l->broken || is_broken(&e);
		return;
	}
	l->saved = now;
	for (size_t i = 0; i < njobs; i++)
		l->progress[i].changed = false;
}

static int run_job(struct loop *l, size_t i)
{
	struct progress *p = &l->progress[i];
	struct err e = { 0 };

	l->tick.env.now = clock_now();
	l->tick.again = false;
	int rc = jobs[i].run(&l->tick, &e);
	p->ended = clock_monotonic();
	p->again = l->tick.again;
	l->broken = l->broken || (rc && is_broken(&e));
	note_result(&jobs[i], p, rc ? &e : NULL);
	return rc;
}

/* Of the present database: another one has other issuers and another chain of events. */
static void forget(struct loop *l)
{
	struct env env = cli_env(l->cli);

	env.actor = "tick";
	env.arena = l->tick.env.arena;
	l->tick = (struct tick){ .env = env, .once = l->once };
}

static int reopen(struct loop *l)
{
	struct err e = { 0 };

	cli_close(l->cli);
	if (cli_open(l->cli, &e)) {
		if (!l->complained || clock_monotonic() - l->complained >= LOG_PAUSE) {
			log_msg(LOG_ERROR, "the database does not open: %s", err_log_text(&e));
			l->complained = clock_monotonic();
		}
		return -1;
	}
	l->complained = 0;
	forget(l);
	l->broken = false;
	return 0;
}

void loop_init(struct loop *l, struct cli *c, struct arena *rounds, bool once)
{
	*l = (struct loop){ .cli = c, .tick.env.arena = rounds, .once = once };
	l->progress = arena_array(c->arena, njobs, sizeof(*l->progress));
	forget(l);
}

int loop_round(struct loop *l)
{
	int failed = 0;

	if (l->broken && reopen(l))
		return (int)njobs;
	for (size_t i = 0; i < njobs; i++)
		if (is_due(&jobs[i], &l->progress[i]))
			failed += run_job(l, i) != 0;
	save(l);
	arena_reset(l->tick.env.arena);
	return failed;
}

static bool something_left(const struct loop *l)
{
	for (size_t i = 0; i < njobs; i++)
		if (l->progress[i].again)
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

void loop_run(struct loop *l, int64_t every)
{
	catch_signals();
	while (!stopped) {
		int64_t began = clock_monotonic();

		loop_round(l);
		int64_t rest = began + every - clock_monotonic();
		if (rest > 0 && !something_left(l))
			wait_for(rest);
	}
}
