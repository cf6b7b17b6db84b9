#include "store/store_operator.h"
#include "store/store_rows.h"

static void row_to_operator(struct db_stmt *st, struct arena *a, void *row)
{
	struct operator_row *o = row;

	o->sha256 = db_get_blob(st, a, "sha256");
	o->name = db_get_text(st, a, "name");
	o->role = db_get_text(st, a, "role");
	o->dms = db_get_text(st, a, "dms");
	o->created_at = db_get_int(st, "created_at");
	o->removed_at = db_get_int(st, "removed_at");
}

int store_operator_add(struct db *db, const struct operator_row *o, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_OPERATOR_ADD);

	db_bind_blob(st, "sha256", o->sha256);
	db_bind_text(st, "name", o->name);
	db_bind_text(st, "role", o->role);
	db_bind_text(st, "dms", o->dms);
	db_bind_int(st, "created_at", o->created_at);
	db_bind_int(st, "removed_at", o->removed_at);
	return db_run(st, e);
}

int store_operator_load(struct db *db, struct arena *a, struct blob sha256, struct operator_row *o,
			struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_OPERATOR_LOAD);

	db_bind_blob(st, "sha256", sha256);
	return rows_one(st, a, row_to_operator, o, e);
}

int store_operator_remove(struct db *db, struct blob sha256, int64_t at, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_OPERATOR_REMOVE);

	db_bind_blob(st, "sha256", sha256);
	db_bind_int(st, "removed_at", at);
	return db_run(st, e);
}

int store_operator_list(struct db *db, struct arena *a, struct operator_row **v, size_t *n,
			struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_OPERATOR_LIST);

	return rows_all(st, a, row_to_operator, sizeof(**v), v, n, e);
}
