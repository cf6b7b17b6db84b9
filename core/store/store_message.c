#include "store/store_message.h"

#include "store/store_rows.h"

enum { PURGE_ROWS = 1000 };

static void row_to_message(struct db_stmt *st, struct arena *a, void *row)
{
	struct message_row *m = row;

	m->digest = db_get_blob(st, a, "digest");
	m->part = db_get_int(st, "part");
	m->dms = db_get_text(st, a, "dms");
	m->outcome = db_get_text(st, a, "outcome");
	m->issuer = db_get_blob(st, a, "issuer");
	m->serial = db_get_blob(st, a, "serial");
	m->at = db_get_int(st, "at");
	m->keep_until = db_get_int(st, "keep_until");
}

int store_message_save(struct db *db, const struct message_row *m, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_MESSAGE_SAVE);

	db_bind_blob(st, "digest", m->digest);
	db_bind_int(st, "part", m->part);
	db_bind_text(st, "dms", m->dms);
	db_bind_text(st, "outcome", m->outcome);
	db_bind_blob(st, "issuer", m->issuer);
	db_bind_blob(st, "serial", m->serial);
	db_bind_int(st, "at", m->at);
	db_bind_int(st, "keep_until", m->keep_until);
	return db_run(st, e);
}

int store_message_load(struct db *db, struct arena *a, struct blob digest, int64_t part,
		       struct message_row *m, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_MESSAGE_LOAD);

	db_bind_blob(st, "digest", digest);
	db_bind_int(st, "part", part);
	return rows_one(st, a, row_to_message, m, e);
}

int store_message_purge(struct db *db, int64_t before, int64_t *purged, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_MESSAGE_PURGE);

	db_bind_int(st, "before", before);
	db_bind_int(st, "limit", PURGE_ROWS);
	if (db_run(st, e) != 0)
		return -1;
	*purged = db_changes(st);
	return 0;
}
