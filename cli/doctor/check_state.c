/* The database, the clock, the tick, the chain of events. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/doctor/doctor.h"
#include "cli/tick/tick.h"
#include "fcgi/dms/api.h"
#include "fleet/event.h"
#include "store/store_meta.h"

/* Before this, commits can get lost when a checkpoint meets the reset of a WAL. */
static const int sqlite_fixed[3] = { 3, 51, 3 };

static bool is_older(const char *version)
{
	int v[3] = { 0 };

	if (sscanf(version, "SQLite %d.%d.%d", &v[0], &v[1], &v[2]) < 2)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		if (v[i] != sqlite_fixed[i])
			return v[i] < sqlite_fixed[i];
	return false;
}

int check_database(struct doctor *d, struct err *e)
{
	int64_t have;

	if (cli_open(d->cli, e))
		return -1;
	d->env.db = d->cli->db;
	if (db_schema_version(d->env.db, &have, e))
		return -1;
	if (have != db_schema_wanted())
		doctor_found(d, LEVEL_FAIL, "%s has schema %lld, expected %lld",
			     d->cli->conf->database, (long long)have,
			     (long long)db_schema_wanted());
	else
		doctor_found(d, LEVEL_OK, "%s has schema %lld", d->cli->conf->database,
			     (long long)have);
	if (is_older(db_backend_version()))
		doctor_advise(
			d, LEVEL_WARN,
			"nothing to do while only shedu opens the database: the tick alone makes "
			"checkpoints, holding the write gate. Keep other programs away from the file",
			"%s can lose commits in a checkpoint, before 3.51.3", db_backend_version());
	else
		doctor_found(d, LEVEL_OK, "%s", db_backend_version());
	return 0;
}

int check_clock(struct doctor *d, struct err *e)
{
	const int64_t built = INT64_C(1767225600) * CLOCK_SECOND;	/* 2026-01-01 */
	const int64_t far = INT64_C(4102444800) * CLOCK_SECOND;		/* 2100-01-01 */
	const char *now = clock_write(d->env.arena, d->env.now);
	struct event_row head;
	int found = store_event_load_head(d->env.db, d->env.arena, &head, e);

	if (found < 0)
		return -1;
	if (d->env.now < built || d->env.now > far)
		doctor_found(d, LEVEL_FAIL, "it is %s, says the clock", now);
	else if (found && head.at > d->env.now + 5 * CLOCK_SECOND)
		doctor_found(d, LEVEL_FAIL, "the clock says %s, but the newest event is of %s", now,
			     clock_write(d->env.arena, head.at));
	else
		doctor_found(d, LEVEL_OK, "it is %s", now);
	return 0;
}

int check_tick(struct doctor *d, struct err *e)
{
	int64_t newest = 0;

	for (size_t i = 0; i < njobs; i++) {
		struct job_row row = { 0 };
		int found = store_job_load(d->env.db, d->env.arena, jobs[i].name, &row, e);

		if (found < 0)
			return -1;
		if (row.last_at > newest)
			newest = row.last_at;
		if (found && row.last_error)
			doctor_advise(d, LEVEL_FAIL, "see the log", "the job %s fails: %s",
				      jobs[i].name, row.last_error);
	}
	long long age = (d->env.now - newest) / CLOCK_SECOND;
	if (!newest)
		doctor_found(d, LEVEL_FAIL,
			     "it never ran: no CRL, no OCSP responder, no trust bundle");
	else if (age > 60)
		doctor_found(d, LEVEL_FAIL,
			     "it last ran %lld s ago: revocations do not reach the CRL", age);
	else
		doctor_found(d, LEVEL_OK, "it last ran %lld s ago", age);
	return 0;
}

/* The newest events are chained as they should be; the head that was signed is still among all. */
static int check_chain(struct doctor *d, int64_t from, struct err *e)
{
	enum { NEWEST = 1000 };
	struct event_row *v;
	size_t n;
	int64_t after = from > NEWEST ? from - NEWEST : 0;

	if (store_event_list(d->env.db, d->env.arena, NULL, NULL, after, NEWEST, &v, &n, e))
		return -1;
	for (size_t i = 0; i < n; i++) {
		bool linked = !i || (v[i].seq == v[i - 1].seq + 1 &&
				     blob_equal(v[i].previous, v[i - 1].hash));

		if (!linked || !blob_equal(v[i].hash, event_hash(d->env.arena, &v[i])))
			return err_fault(e, ERR_INTERNAL, "event_chain",
					 "event %lld was altered, or one "
					 "before it was removed",
					 (long long)v[i].seq);
	}
	return 0;
}

static int check_signed_head(struct doctor *d, const struct audit_head *head, struct err *e)
{
	struct blob signature;
	struct event_row *v;
	size_t n;

	if (audit_sign(d->cli->conf, d->env.arena, head->seq, head->hash, &signature, e))
		return -1;
	if (!blob_equal(signature, head->signature))
		return err_fault(e, ERR_INTERNAL, "audit_head",
				 "audit.head is not signed by audit.key");
	if (store_event_list(d->env.db, d->env.arena, NULL, NULL, head->seq - 1, 1, &v, &n, e))
		return -1;
	if (!n || v[0].seq != head->seq || !blob_equal(v[0].hash, head->hash))
		return err_fault(
			e, ERR_INTERNAL, "audit_rollback",
			"event %lld, whose hash was signed, is not in the database any more: "
			"events were removed or altered, or an old database was put back",
			(long long)head->seq);
	return 0;
}

int check_audit(struct doctor *d, struct err *e)
{
	struct event_row last;
	struct audit_head head;
	int found = store_event_load_head(d->env.db, d->env.arena, &last, e);

	if (found < 0 || audit_load(d->cli->conf, d->env.arena, &head, e))
		return -1;
	if (head.seq && check_signed_head(d, &head, e))
		return -1;
	if (found && check_chain(d, last.seq, e))
		return -1;
	if (!head.seq && found)
		doctor_advise(d, LEVEL_WARN, "run shedu tick",
			      "the chain of events was never signed");
	else
		doctor_found(d, LEVEL_OK, "%lld events, signed up to %lld",
			     found ? (long long)last.seq : 0, (long long)head.seq);
	return 0;
}
