/* Warns, once a day, of enrollment CAs that end too soon for the devices of a DMS to renew. */
#include "base/clock.h"
#include "base/log.h"
#include "cli/tick/tick.h"
#include "fleet/dms.h"
#include "fleet/issuer.h"
#include "store/store_meta.h"

enum { PAGE = 100 };

/* On top of the time in which devices renew: for a new CA to be made and rolled out. */
#define NOTICE (30 * CLOCK_DAY)

/* Its last_at is when it was told last, also by another tick. */
static const char told[] = "ca_end/told";

static void warn(const struct tick *t, const struct dms_row *dms, const struct issuer_row *ca)
{
	struct log_line l;

	log_begin(&l, LOG_WARN, "an enrollment CA ends: give it a new key, shedu ca rekey");
	log_str(&l, "ca", ca->ca);
	log_str(&l, "end", clock_write(t->env.arena, ca->not_after));
	log_str(&l, "dms", dms->id);
	log_end(&l);
}

static int look_at(const struct tick *t, const struct dms_row *row, bool *warned, struct err *e)
{
	struct issuer ca;
	struct dms dms;
	int found;

	if (!row->enrollment_ca || !*row->enrollment_ca)
		return 0;
	found = issuer_load(t->env.db, t->env.arena, row->enrollment_ca, &ca, e);
	if (found <= 0)
		return found;
	if (!ca.row.key_uri || ca.row.revoked_at)
		return 0;
	if (dms_read(t->env.arena, row, &dms, e))
		return -1;
	int64_t delta = dms.settings.reenrollment_settings.preventive_delta;
	if (ca.row.not_after - t->env.now >= delta + NOTICE)
		return 0;
	warn(t, row, &ca.row);
	*warned = true;
	return 0;
}

static int look_at_all(const struct tick *t, bool *warned, struct err *e)
{
	const char *after = NULL;
	struct dms_row *v;
	size_t n;

	do {
		if (store_dms_list(t->env.db, t->env.arena, after, PAGE, &v, &n, e))
			return -1;
		for (size_t i = 0; i < n; i++)
			if (look_at(t, &v[i], warned, e))
				return err_in(e, "DMS %s", v[i].id);
		after = n ? v[n - 1].id : NULL;
	} while (n == PAGE);
	return 0;
}

static int note_told(const struct tick *t, struct err *e)
{
	const struct job_row row = { .name = told, .last_at = t->env.now };
	AUTO(db_txn) *txn = db_begin(t->env.db, DB_WRITE, e);

	if (!txn || store_job_save(t->env.db, &row, e))
		return -1;
	return store_commit(&txn, e);
}

int tick_ca_end(struct tick *t, struct err *e)
{
	struct job_row last = { 0 };
	bool warned = false;

	if (store_job_load(t->env.db, t->env.arena, told, &last, e) < 0)
		return -1;
	/* A clock that was set back does not keep it quiet. */
	if (last.last_at <= t->env.now && t->env.now < last.last_at + CLOCK_DAY)
		return 0;
	if (look_at_all(t, &warned, e))
		return -1;
	return warned ? note_told(t, e) : 0;
}
