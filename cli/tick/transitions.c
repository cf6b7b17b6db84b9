/*
 * Tells when time alone changes a device's status. The status itself is never stored (fleet/
 * device.h): what has passed into a status since the last run is the range of active_not_after
 * that has the status now less the range that had it, or a later one, then.
 *
 * How far a DMS and status have been told is the row "transitions/STATUS/DMS" of the job table,
 * written in the transaction of the events: each change is told once, whoever is killed and however
 * many ticks run.
 */
#include <string.h>

#include "base/clock.h"
#include "cli/tick/tick.h"
#include "fleet/device.h"
#include "fleet/dms.h"
#include "fleet/event.h"
#include "store/store_meta.h"

/* BATCHES in a row, then the other jobs have their turn: a CRL waits for nobody. */
enum { BATCH = 500, BATCHES = 4, PAGE = 100 };

/* Where nothing happened, the row is moved up that often, so that a range stays short. */
#define MOVE_UP CLOCK_HOUR

static const enum device_status told[] = {
	STATUS_RENEWAL_PENDING,
	STATUS_EXPIRING_SOON,
	STATUS_EXPIRED,
};

struct passage {
	struct env env;		/* with an arena for each batch */
	struct dms *dms;
	enum device_status status;
	const char *row;	/* of the job table */
	int64_t since;
	struct device_range range;
};

/* Reads how far it was told, and the range that is left; 0 or -1. Starts at the DMS's beginning. */
static int load_range(struct passage *p, struct err *e)
{
	const struct dms_settings *s = &p->dms->settings;
	struct device_range then = { 0 };
	struct job_row job;
	int found = store_job_load(p->env.db, p->env.arena, p->row, &job, e);

	if (found < 0)
		return -1;
	p->since = found ? job.last_at : p->dms->row.created_at;
	p->range = (struct device_range){ .dms = p->dms->row.id };
	device_status_range(p->status, s, p->env.now, &p->range);
	device_status_range(p->status, s, p->since, &then);
	if (then.hi > p->range.lo)
		p->range.lo = then.hi;
	return 0;
}

static int save_since(struct passage *p, int64_t since, struct err *e)
{
	const struct job_row job = { .name = p->row, .last_at = since };

	return store_job_save(p->env.db, &job, e);
}

static int tell(struct passage *p, const struct device_row *d, struct err *e)
{
	struct arena *a = p->env.arena;
	struct doc *data = doc_object(a);
	const struct event v = {
		.type = EVENT_DEVICE_STATUS,
		.subject = arena_printf(a, "device/%s", d->id),
		.dms = d->dms,
		.device = d->id,
		.data = data,
	};
	enum device_status before = device_status(d, &p->dms->settings, p->since);

	doc_set_text(data, "previous", token_name(device_statuses, (int)before));
	doc_set_text(data, "updated", token_name(device_statuses, (int)p->status));
	doc_set_time(data, "expiration_date", d->active_not_after);
	return event_add(p->env.db, a, p->env.actor, p->env.now, &v, e);
}

static int list(struct passage *p, size_t limit, struct device_row **v, size_t *n, struct err *e)
{
	return store_device_list_range(p->env.db, p->env.arena, &p->range, limit, v, n, e);
}

/* Devices of one and the same end are told of together, because the row remembers an instant: cuts
 * the list behind the last end that it has whole. */
static int list_whole(struct passage *p, struct device_row **v, size_t *n, bool *more,
		      struct err *e)
{
	size_t limit = BATCH;

	for (;; limit *= 2) {
		if (list(p, limit, v, n, e))
			return -1;
		*more = *n == limit;
		if (!*more || (*v)[0].active_not_after != (*v)[*n - 1].active_not_after)
			break;
	}
	if (!*more)
		return 0;
	for (int64_t end = (*v)[*n - 1].active_not_after; (*v)[*n - 1].active_not_after == end;)
		*n -= 1;
	return 0;
}

/* One transaction; *more: there is another batch. */
static int pass_batch(struct passage *p, bool *more, struct err *e)
{
	AUTO(arena) *batch = arena_new();

	p->env.arena = batch;
	struct device_row *v;
	size_t n;
	AUTO(db_txn) *txn = db_begin(p->env.db, DB_WRITE, e);

	/* Again, under the gate: another tick may have been here. */
	if (!txn || load_range(p, e) || list_whole(p, &v, &n, more, e))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (tell(p, &v[i], e))
			return -1;
	int64_t since = p->env.now;
	if (*more)	/* as if now were the moment after the last one's passing */
		since -= p->range.hi - v[n - 1].active_not_after - 1;
	if (save_since(p, since, e))
		return -1;
	return store_commit(&txn, e);
}

static int pass(struct tick *t, struct dms *dms, enum device_status status, struct err *e)
{
	struct passage p = { .env = t->env, .dms = dms, .status = status };
	struct device_row *v;
	size_t n = 0;
	bool more = true;

	p.row = arena_printf(t->env.arena, "transitions/%s/%s",
			     token_name(device_statuses, (int)status), dms->row.id);
	if (load_range(&p, e))
		return -1;
	if (p.range.lo < p.range.hi && list(&p, 1, &v, &n, e))
		return -1;
	if (!n && t->env.now < p.since + MOVE_UP)
		return 0;
	for (int i = 0; more && i < BATCHES; i++)
		if (pass_batch(&p, &more, e))
			return -1;
	t->again = t->again || more;
	return 0;
}

static int pass_dms(struct tick *t, const struct dms_row *row, struct err *e)
{
	struct dms dms;

	if (dms_read(t->env.arena, row, &dms, e))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		if (pass(t, &dms, told[i], e))
			return err_in(e, "DMS %s", row->id);
	return 0;
}

int tick_transitions(struct tick *t, struct err *e)
{
	const char *after = NULL;
	struct dms_row *v;
	size_t n;

	do {
		if (store_dms_list(t->env.db, t->env.arena, after, PAGE, &v, &n, e))
			return -1;
		for (size_t i = 0; i < n; i++)
			if (pass_dms(t, &v[i], e))
				return -1;
		after = n ? v[n - 1].id : NULL;
	} while (n == PAGE);
	return 0;
}
