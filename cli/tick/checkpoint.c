/* Moves what is in the write-ahead log into the database. Nobody else does (DESIGN section 4). */
#include <sys/stat.h>

#include "base/clock.h"
#include "cli/tick/tick.h"

enum { WAL_LIMIT = 4 << 20 };

struct wal {
	int64_t size, changed_at;
};

static struct wal look(const struct tick *t)
{
	struct stat st;

	if (stat(arena_printf(t->env.arena, "%s-wal", t->env.conf->database), &st))
		return (struct wal){ 0 };
	return (struct wal){ st.st_size, (int64_t)st.st_mtim.tv_sec * CLOCK_SECOND +
						 st.st_mtim.tv_nsec / 1000 };
}

static bool is_due(const struct tick *t, struct wal w)
{
	int64_t since = clock_monotonic() - t->checkpoint.done_at;

	if (!w.size)
		return false;
	if (!t->checkpoint.done_at)
		return true;
	if (w.size == t->checkpoint.size && w.changed_at == t->checkpoint.changed_at)
		return false;
	/* A log that is written anew from its start costs half of one that grows: each sync of a
	 * grown file writes the file system's own journal too. */
	return w.size >= WAL_LIMIT || since >= 5 * CLOCK_MINUTE;
}

int tick_checkpoint(struct tick *t, struct err *e)
{
	if (!is_due(t, look(t)))
		return 0;
	if (db_checkpoint(t->env.db, e))
		return -1;
	struct wal after = look(t);
	t->checkpoint.done_at = clock_monotonic();
	t->checkpoint.size = after.size;
	t->checkpoint.changed_at = after.changed_at;
	return 0;
}
