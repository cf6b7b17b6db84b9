#include "store/store_ca.h"
#include "store/store_rows.h"

static void row_to_ca(struct db_stmt *st, struct arena *a, void *row)
{
	struct ca_row *ca = row;

	ca->id = db_get_text(st, a, "id");
	ca->name = db_get_text(st, a, "name");
	ca->issuer = db_get_blob(st, a, "issuer");
	ca->profile = db_get_text(st, a, "profile");
	ca->metadata = db_get_text(st, a, "metadata");
	ca->created_at = db_get_int(st, "created_at");
}

int store_ca_add(struct db *db, const struct ca_row *ca, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CA_ADD);

	db_bind_text(st, "id", ca->id);
	db_bind_text(st, "name", ca->name);
	db_bind_blob(st, "issuer", ca->issuer);
	db_bind_text(st, "profile", ca->profile);
	db_bind_text(st, "metadata", ca->metadata);
	db_bind_int(st, "created_at", ca->created_at);
	return db_run(st, e) == 0 ? 0 : err_in(e, "CA %s", ca->id);
}

int store_ca_set_profile(struct db *db, const char *id, const char *profile, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CA_SET_PROFILE);

	db_bind_text(st, "id", id);
	db_bind_text(st, "profile", profile);
	return db_run(st, e);
}

static void row_to_validation(struct db_stmt *st, struct arena *a, void *row)
{
	const char **json = row;

	*json = db_get_text(st, a, "validation");
}

int store_ca_load_validation(struct db *db, struct arena *a, const char *id, const char **json,
			     struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CA_LOAD_VALIDATION);

	db_bind_text(st, "id", id);
	return rows_one(st, a, row_to_validation, json, e);
}

int store_ca_set_validation(struct db *db, const char *id, const char *json, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CA_SET_VALIDATION);

	db_bind_text(st, "id", id);
	db_bind_text(st, "validation", json);
	return db_run(st, e);
}

int store_ca_load(struct db *db, struct arena *a, const char *id, struct ca_row *ca, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CA_LOAD);

	db_bind_text(st, "id", id);
	return rows_one(st, a, row_to_ca, ca, e);
}

int store_ca_find(struct db *db, struct arena *a, const char *id_or_name, struct ca_row *ca,
		  struct err *e)
{
	AUTO(db_stmt) *st = NULL;
	struct ca_row *v;
	size_t n;
	const int r = store_ca_load(db, a, id_or_name, ca, e);

	if (r != 0)
		return r;
	st = db_stmt(db, STMT_CA_LIST_BY_NAME);
	db_bind_text(st, "name", id_or_name);
	if (rows_all(st, a, row_to_ca, sizeof(*v), &v, &n, e) != 0)
		return -1;
	if (n == 0)
		return 0;
	if (n > 1)
		return err_set(e, ERR_MALFORMED, "ambiguous",
			       "more than one CA is named \"%s\" (%s, %s): use the id", id_or_name,
			       v[0].id, v[1].id);
	*ca = v[0];
	return 1;
}

int store_ca_list(struct db *db, struct arena *a, const char *after, size_t limit,
		  struct ca_row **v, size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CA_LIST);

	db_bind_text(st, "after", rows_any(after));
	db_bind_int(st, "limit", (int64_t)limit);
	return rows_all(st, a, row_to_ca, sizeof(**v), v, n, e);
}

int store_ca_set_issuer(struct db *db, const char *id, struct blob previous, struct blob issuer,
			struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CA_SET_ISSUER);

	db_bind_text(st, "id", id);
	db_bind_blob(st, "previous", previous);
	db_bind_blob(st, "issuer", issuer);
	if (db_run(st, e) != 0)
		return -1;
	if (db_changes(st) == 0)
		return err_set(e, ERR_CONFLICT, "ca_changed", "CA %s got another key meanwhile",
			       id);
	return 0;
}
