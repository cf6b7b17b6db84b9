#include "store/store_ca.h"
#include "store/store_rows.h"

static void row_to_cross(struct db_stmt *st, struct arena *a, void *row)
{
	struct cross_row *x = row;

	x->ca = db_get_text(st, a, "ca");
	x->subject = db_get_blob(st, a, "subject");
	x->issuer = db_get_blob(st, a, "issuer");
	x->serial = db_get_blob(st, a, "serial");
	x->not_before = db_get_int(st, "not_before");
	x->not_after = db_get_int(st, "not_after");
	x->status = (int)db_get_int(st, "status");
	x->der = db_get_blob(st, a, "der");
}

int store_cross_add(struct db *db, const struct cross_row *x, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CROSS_ADD);

	db_bind_text(st, "ca", x->ca);
	db_bind_blob(st, "subject", x->subject);
	db_bind_blob(st, "issuer", x->issuer);
	db_bind_blob(st, "serial", rows_not_null(x->serial));
	return db_run(st, e) == 0 ? 0 : err_in(e, "cross certificate of CA %s", x->ca);
}

int store_cross_list_by_ca(struct db *db, struct arena *a, const char *ca, struct cross_row **v,
			   size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CROSS_LIST_BY_CA);

	db_bind_text(st, "ca", ca);
	return rows_all(st, a, row_to_cross, sizeof(**v), v, n, e);
}
