#include "store/store_secret.h"
#include "store/store_rows.h"

static void row_to_secret(struct db_stmt *st, struct arena *a, void *row)
{
	struct secret_row *s = row;

	s->id = db_get_text(st, a, "id");
	s->dms = db_get_text(st, a, "dms");
	s->device = db_get_text(st, a, "device");
	s->mac = db_get_blob(st, a, "mac");
	s->uses_max = db_get_int(st, "uses_max");
	s->used = db_get_int(st, "used");
	s->created_at = db_get_int(st, "created_at");
	s->created_by = db_get_text(st, a, "created_by");
	s->expires_at = db_get_int(st, "expires_at");
	s->revoked_at = db_get_int(st, "revoked_at");
}

int store_secret_add(struct db *db, const struct secret_row *s, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SECRET_ADD);

	db_bind_text(st, "id", s->id);
	db_bind_text(st, "dms", s->dms);
	db_bind_text(st, "device", s->device);
	db_bind_blob(st, "mac", s->mac);
	db_bind_int(st, "uses_max", s->uses_max);
	db_bind_int(st, "used", s->used);
	db_bind_int(st, "created_at", s->created_at);
	db_bind_text(st, "created_by", s->created_by);
	db_bind_int(st, "expires_at", s->expires_at);
	db_bind_int(st, "revoked_at", s->revoked_at);
	return db_run(st, e) == 0 ? 0 : err_in(e, "secret %s", s->id);
}

int store_secret_load(struct db *db, struct arena *a, const char *id, struct secret_row *s,
		      struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SECRET_LOAD);

	db_bind_text(st, "id", id);
	return rows_one(st, a, row_to_secret, s, e);
}

int store_secret_use(struct db *db, const char *id, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SECRET_USE);

	db_bind_text(st, "id", id);
	if (db_run(st, e) != 0)
		return -1;
	if (db_changes(st) == 0)
		return err_set(e, ERR_CONFLICT, "secret_used", "secret %s has no use left", id);
	return 0;
}

int store_secret_revoke(struct db *db, const char *id, int64_t at, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SECRET_REVOKE);

	db_bind_text(st, "id", id);
	db_bind_int(st, "revoked_at", at);
	return db_run(st, e);
}

int store_secret_remove_by_dms(struct db *db, const char *dms, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SECRET_REMOVE_BY_DMS);

	db_bind_text(st, "dms", dms);
	return db_run(st, e);
}

int store_secret_list(struct db *db, struct arena *a, const char *dms, const char *after,
		      size_t limit, struct secret_row **v, size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, dms ? STMT_SECRET_LIST_BY_DMS : STMT_SECRET_LIST);

	if (dms)
		db_bind_text(st, "dms", dms);
	db_bind_text(st, "after", rows_any(after));
	db_bind_int(st, "limit", (int64_t)limit);
	return rows_all(st, a, row_to_secret, sizeof(**v), v, n, e);
}

int store_secret_find_usable(struct db *db, struct arena *a, const char *dms, int64_t now,
			     struct secret_row *s, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SECRET_FIND_USABLE);

	db_bind_text(st, "dms", dms);
	db_bind_int(st, "now", now);
	return rows_one(st, a, row_to_secret, s, e);
}
