#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/db_change.h"
#include "store/db_sqlite.h"

void db_set_guard(struct db *db, const struct db_guard *g)
{
	db->guard = *g;
	db->guarded = true;
}

static int read_ca_change(struct db *db, int64_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_META_CA_CHANGE);
	int r = db_step(st, e);

	*n = r > 0 ? db_get_int(st, "ca_change") : 0;
	return r < 0 ? -1 : 0;
}

int db_change_begin(struct db *db, struct err *e)
{
	db->txn.changes = arena_new();
	return db->migrating ? 0 : read_ca_change(db, &db->txn.ca_change, e);
}

void db_change_note(struct db *db, struct blob issuer, struct blob serial)
{
	struct db_txn *t = &db->txn;
	struct db_changed *more;

	if (!t->open || !t->changes)
		return;
	if (t->change.n == t->change_room) {
		t->change_room = t->change_room ? t->change_room * 2 : 4;
		more = arena_array(t->changes, t->change_room, sizeof(*more));
		for (size_t i = 0; i < t->change.n; i++)
			more[i] = t->change.v[i];
		t->change.v = more;
	}
	t->change.v[t->change.n++] =
		(struct db_changed){ arena_blob(t->changes, issuer.data, issuer.len),
				     arena_blob(t->changes, serial.data, serial.len) };
}

int db_change_guard(struct db *db, struct err *e)
{
	struct db_txn *t = &db->txn;
	int64_t now;

	if (db->migrating)
		return 0;
	if (read_ca_change(db, &now, e) != 0)
		return -1;
	t->change.all = now != t->ca_change;
	if (!t->change.all && t->change.n == 0)
		return 0;
	if (!db->guarded)
		return err_fault(e, ERR_INTERNAL, "database",
				 "a status changes on a connection that has no guard");
	return db->guard.before ? db->guard.before(db, db->guard.p, &t->change, &t->held, e) : 0;
}

void db_change_end(struct db *db)
{
	struct db_txn *t = &db->txn;

	if (t->held)
		db->guard.after(steal(&t->held), !t->doubtful);
	arena_free(steal(&t->changes));
}
