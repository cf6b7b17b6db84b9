#include "store/store_answer.h"

#include <string.h>

#include "store/store_rows.h"

struct db *store_answer_open(const char *path, struct err *e)
{
	AUTO(db) *db = db_open(path, DB_CACHE, e);
	AUTO(db_stmt) *st = db ? db_stmt(db, STMT_ANSWER_CREATE) : NULL;

	if (!st || db_run(st, e) != 0)
		return NULL;
	return steal(&db);
}

static int64_t place_of(struct blob key, int64_t places)
{
	uint64_t n;

	memcpy(&n, key.data, sizeof(n));
	return (int64_t)(n % (uint64_t)places);
}

static void bind_key(struct db_stmt *st, int64_t places, const struct answer_row *r)
{
	db_bind_int(st, "place", place_of(r->key, places));
	db_bind_blob(st, "key", r->key);
	db_bind_blob(st, "epoch", r->epoch);
	db_bind_int(st, "ca_change", r->ca_change);
	db_bind_int(st, "change", r->change);
}

static void row_to_answer(struct db_stmt *st, struct arena *a, void *row)
{
	struct answer_row *r = row;

	r->made_at = db_get_int(st, "made_at");
	r->this_update = db_get_int(st, "this_update");
	r->next_update = db_get_int(st, "next_update");
	r->sha256 = db_get_blob(st, a, "sha256");
	r->der = db_get_blob(st, a, "der");
}

int store_answer_load(struct db *cache, struct arena *a, int64_t places, struct answer_row *r,
		      struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(cache, STMT_ANSWER_LOAD);

	bind_key(st, places, r);
	return rows_one(st, a, row_to_answer, r, e);
}

int store_answer_save(struct db *cache, int64_t places, const struct answer_row *r, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(cache, STMT_ANSWER_SAVE);

	bind_key(st, places, r);
	db_bind_int(st, "made_at", r->made_at);
	db_bind_int(st, "this_update", r->this_update);
	db_bind_int(st, "next_update", r->next_update);
	db_bind_blob(st, "sha256", r->sha256);
	db_bind_blob(st, "der", r->der);
	return db_run(st, e);
}
