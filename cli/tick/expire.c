/* Forgets enrollments that are too old to be repeated, signed messages that can do no harm, and
 * approvals whose time is over. */
#include "base/clock.h"
#include "cli/tick/tick.h"
#include "store/store_approval.h"
#include "store/store_device.h"
#include "store/store_message.h"

/* Replay reads rows that are as old as the window; a day more for clocks that are set. */
static int64_t horizon(const struct tick *t)
{
	return t->env.now - t->env.conf->est.replay_window - CLOCK_DAY;
}

static int purge_enrollments(struct tick *t, int64_t *purged, struct err *e)
{
	return store_enrollment_purge(t->env.db, horizon(t), purged, e);
}

static int purge_messages(struct tick *t, int64_t *purged, struct err *e)
{
	return store_message_purge(t->env.db, t->env.now - CLOCK_DAY, purged, e);
}

static int purge_approvals(struct tick *t, int64_t *purged, struct err *e)
{
	return store_approval_purge(t->env.db, t->env.now, purged, e);
}

typedef int purger(struct tick *t, int64_t *purged, struct err *e);

static int purge(struct tick *t, purger *some, int64_t *purged, struct err *e)
{
	AUTO(db_txn) *txn = db_begin(t->env.db, DB_WRITE, e);

	if (!txn || some(t, purged, e))
		return -1;
	return store_commit(&txn, e);
}

int tick_expire(struct tick *t, struct err *e)
{
	enum { BATCHES = 20 };	/* the rest an hour later: no round lasts long */
	static purger *const purgers[] = { purge_enrollments, purge_messages, purge_approvals };

	for (size_t j = 0; j < ARRAY_LEN(purgers); j++) {
		int64_t purged = 1;

		for (int i = 0; i < BATCHES && purged > 0; i++)
			if (purge(t, purgers[j], &purged, e))
				return -1;
	}
	return 0;
}
