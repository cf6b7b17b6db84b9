#include "store/store_dms.h"
#include "store/store_rows.h"

static void row_to_dms(struct db_stmt *st, struct arena *a, void *row)
{
	struct dms_row *d = row;

	d->id = db_get_text(st, a, "id");
	d->name = db_get_text(st, a, "name");
	d->settings = db_get_text(st, a, "settings");
	d->metadata = db_get_text(st, a, "metadata");
	d->enrollment_ca = db_get_text(st, a, "enrollment_ca");
	d->version = db_get_int(st, "version");
	d->created_at = db_get_int(st, "created_at");
	d->updated_at = db_get_int(st, "updated_at");
}

static void bind_dms(struct db_stmt *st, const struct dms_row *d)
{
	db_bind_text(st, "id", d->id);
	db_bind_text(st, "name", d->name);
	db_bind_text(st, "settings", d->settings);
	db_bind_text(st, "metadata", d->metadata);
	db_bind_text(st, "enrollment_ca", d->enrollment_ca);
	db_bind_int(st, "version", d->version);
	db_bind_int(st, "updated_at", d->updated_at);
}

int store_dms_add(struct db *db, const struct dms_row *d, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_DMS_ADD);

	bind_dms(st, d);
	db_bind_int(st, "created_at", d->created_at);
	return db_run(st, e) == 0 ? 0 : err_in(e, "DMS %s", d->id);
}

int store_dms_load(struct db *db, struct arena *a, const char *id, struct dms_row *d, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_DMS_LOAD);

	db_bind_text(st, "id", id);
	return rows_one(st, a, row_to_dms, d, e);
}

int store_dms_save(struct db *db, const struct dms_row *d, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_DMS_SAVE);

	bind_dms(st, d);
	if (db_run(st, e) != 0)
		return -1;
	if (db_changes(st) == 0)
		return err_set(e, ERR_CONFLICT, "version",
			       "DMS %s is no longer at version %lld: read it again", d->id,
			       (long long)d->version);
	return 0;
}

int store_dms_remove(struct db *db, const char *id, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_DMS_REMOVE);

	db_bind_text(st, "id", id);
	if (db_run(st, e) != 0)
		return -1;
	if (db_changes(st) == 0)
		return err_set(e, ERR_CONFLICT, "dms_in_use", "DMS %s owns devices", id);
	return 0;
}

int store_dms_list(struct db *db, struct arena *a, const char *after, size_t limit,
		   struct dms_row **v, size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_DMS_LIST);

	db_bind_text(st, "after", rows_any(after));
	db_bind_int(st, "limit", (int64_t)limit);
	return rows_all(st, a, row_to_dms, sizeof(**v), v, n, e);
}

int store_dms_list_by_ca(struct db *db, struct arena *a, const char *ca, struct dms_row **v,
			 size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_DMS_LIST_BY_CA);

	db_bind_text(st, "enrollment_ca", ca);
	return rows_all(st, a, row_to_dms, sizeof(**v), v, n, e);
}

int store_dms_uses_ca(struct db *db, const char *ca, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_DMS_USES_CA);

	db_bind_text(st, "enrollment_ca", ca);
	return db_step(st, e);
}

int store_dms_count(struct db *db, int64_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_DMS_COUNT);

	if (db_step(st, e) < 0)
		return -1;
	*n = db_get_int(st, "n");
	return 0;
}

static void row_to_profile(struct db_stmt *st, struct arena *a, void *row)
{
	struct profile_row *p = row;

	p->id = db_get_text(st, a, "id");
	p->name = db_get_text(st, a, "name");
	p->profile = db_get_text(st, a, "profile");
	p->created_at = db_get_int(st, "created_at");
}

int store_profile_add(struct db *db, const struct profile_row *p, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_PROFILE_ADD);

	db_bind_text(st, "id", p->id);
	db_bind_text(st, "name", p->name);
	db_bind_text(st, "profile", p->profile);
	db_bind_int(st, "created_at", p->created_at);
	return db_run(st, e) == 0 ? 0 : err_in(e, "profile %s", p->id);
}

int store_profile_load(struct db *db, struct arena *a, const char *id, struct profile_row *p,
		       struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_PROFILE_LOAD);

	db_bind_text(st, "id", id);
	return rows_one(st, a, row_to_profile, p, e);
}

int store_profile_list(struct db *db, struct arena *a, const char *after, size_t limit,
		       struct profile_row **v, size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_PROFILE_LIST);

	db_bind_text(st, "after", rows_any(after));
	db_bind_int(st, "limit", (int64_t)limit);
	return rows_all(st, a, row_to_profile, sizeof(**v), v, n, e);
}
