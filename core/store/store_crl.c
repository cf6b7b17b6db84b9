#include "store/store_crl.h"

#include "store/store_rows.h"

static void row_to_crl(struct db_stmt *st, struct arena *a, void *row)
{
	struct crl_row *c = row;

	c->issuer = db_get_blob(st, a, "issuer");
	c->scope = db_get_text(st, a, "scope");
	c->number = db_get_int(st, "number");
	c->this_update = db_get_int(st, "this_update");
	c->next_update = db_get_int(st, "next_update");
	c->entries = db_get_blob(st, a, "entries");
	c->urls = db_get_text(st, a, "urls");
	c->der = (struct blob){ 0 };
}

static void row_to_whole_crl(struct db_stmt *st, struct arena *a, void *row)
{
	struct crl_row *c = row;

	row_to_crl(st, a, c);
	c->der = db_get_blob(st, a, "der");
}

int store_crl_load(struct db *db, struct arena *a, struct blob issuer, const char *scope,
		   struct crl_row *c, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CRL_LOAD);

	db_bind_blob(st, "issuer", issuer);
	db_bind_text(st, "scope", scope);
	return rows_one(st, a, row_to_whole_crl, c, e);
}

static void row_to_urls(struct db_stmt *st, struct arena *a, void *row)
{
	const char **urls = row;

	*urls = db_get_text(st, a, "urls");
}

int store_crl_load_urls(struct db *db, struct arena *a, struct blob issuer, const char *scope,
			const char **urls, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CRL_LOAD_URLS);

	db_bind_blob(st, "issuer", issuer);
	db_bind_text(st, "scope", scope);
	return rows_one(st, a, row_to_urls, urls, e);
}

int store_crl_list(struct db *db, struct arena *a, struct blob issuer, struct crl_row **v,
		   size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CRL_LIST);

	db_bind_blob(st, "issuer", issuer);
	return rows_all(st, a, row_to_crl, sizeof(**v), v, n, e);
}

int store_crl_save(struct db *db, const struct crl_row *c, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CRL_SAVE);

	db_bind_blob(st, "issuer", c->issuer);
	db_bind_text(st, "scope", c->scope);
	db_bind_int(st, "number", c->number);
	db_bind_int(st, "this_update", c->this_update);
	db_bind_int(st, "next_update", c->next_update);
	db_bind_blob(st, "entries", c->entries.len ? c->entries : (struct blob){ 0 });
	db_bind_text(st, "urls", c->urls);
	db_bind_blob(st, "der", c->der);
	if (db_run(st, e) != 0)
		return -1;
	if (db_changes(st) == 0)
		return err_set(e, ERR_CONFLICT, "crl_number",
			       "CRL number %lld is not above the last one", (long long)c->number);
	return 0;
}

int store_crl_delete(struct db *db, struct blob issuer, const char *scope, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CRL_DELETE);

	db_bind_blob(st, "issuer", issuer);
	db_bind_text(st, "scope", scope);
	return db_run(st, e);
}

int store_crl_load_series(struct db *db, struct blob issuer, struct crl_series *s, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CRL_SERIES_LOAD);
	int r;

	db_bind_blob(st, "ski", issuer);
	r = db_step(st, e);
	if (r != 1)
		return r;
	s->dirty = db_get_int(st, "crl_dirty") != 0;
	s->number = db_get_int(st, "crl_number");
	s->made_at = db_get_int(st, "crl_made_at");
	s->pause = db_get_int(st, "crl_pause");
	s->change = db_get_int(st, "crl_change");
	return 1;
}

int store_crl_load_highest(struct db *db, struct blob issuer, int64_t *number, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CRL_SERIES_HIGHEST);
	int r;

	db_bind_blob(st, "ski", issuer);
	r = db_step(st, e);
	if (r == 1)
		*number = db_get_int(st, "number");
	return r;
}

int store_crl_save_series(struct db *db, struct blob issuer, const struct crl_series *s,
			  int64_t previous, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CRL_SERIES_SAVE);

	db_bind_blob(st, "ski", issuer);
	db_bind_int(st, "number", s->number);
	db_bind_int(st, "made_at", s->made_at);
	db_bind_int(st, "pause", s->pause);
	db_bind_int(st, "change", s->change);
	db_bind_int(st, "previous", previous);
	return db_run(st, e) != 0 ? -1 : db_changes(st) > 0;
}

int store_crl_mark(struct db *db, struct blob issuer, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CRL_MARK);

	db_bind_blob(st, "ski", issuer);
	return db_run(st, e);
}

int store_crl_jump(struct db *db, struct blob issuer, int64_t number, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CRL_SERIES_JUMP);

	db_bind_blob(st, "ski", issuer);
	db_bind_int(st, "number", number);
	return db_run(st, e);
}
