#include "store/store_jwks.h"
#include "store/store_rows.h"

static void row_to_jwks(struct db_stmt *st, struct arena *a, void *row)
{
	struct jwks_row *r = row;

	r->url = db_get_text(st, a, "url");
	r->keys = db_get_text(st, a, "keys");
	r->fetched_at = db_get_int(st, "fetched_at");
	r->tried_at = db_get_int(st, "tried_at");
}

int store_jwks_load(struct db *db, struct arena *a, const char *url, struct jwks_row *r,
		    struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_JWKS_LOAD);

	db_bind_text(st, "url", url);
	return rows_one(st, a, row_to_jwks, r, e);
}

int store_jwks_save(struct db *db, const struct jwks_row *r, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_JWKS_SAVE);

	db_bind_text(st, "url", r->url);
	db_bind_text(st, "keys", r->keys);
	db_bind_int(st, "fetched_at", r->fetched_at);
	return db_run(st, e);
}

int store_jwks_try(struct db *db, const char *url, int64_t now, int64_t before, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_JWKS_TRY);

	db_bind_text(st, "url", url);
	db_bind_int(st, "now", now);
	db_bind_int(st, "before", before);
	return db_run(st, e) < 0 ? -1 : db_changes(st) > 0;
}
