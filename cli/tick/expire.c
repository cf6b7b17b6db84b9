/* Forgets enrollments that are too old to be repeated, and signed messages that can do no harm. */
#include "base/clock.h"
#include "cli/tick/tick.h"
#include "store/store_device.h"
#include "store/store_message.h"

/* Replay reads rows that are as old as the window; a day more for clocks that are set. */
static int64_t horizon(const struct tick *t)
{
	return t->env.now - t->env.conf->est.replay_window - CLOCK_DAY;
}

static int purge(struct tick *t, int64_t *purged, struct err *e)
{
	AUTO(db_txn) *txn = db_begin(t->env.db, DB_WRITE, e);
	int64_t messages = 0;

	if (!txn || store_enrollment_purge(t->env.db, horizon(t), purged, e) ||
	    store_message_purge(t->env.db, t->env.now - CLOCK_DAY, &messages, e))
		return -1;
	*purged += messages;
	return store_commit(&txn, e);
}

int tick_expire(struct tick *t, struct err *e)
{
	enum { BATCHES = 20 };	/* the rest an hour later: no round lasts long */
	int64_t purged = 1;

	for (int i = 0; i < BATCHES && purged > 0; i++)
		if (purge(t, &purged, e))
			return -1;
	return 0;
}
