#include "store/store_device.h"
#include "store/store_rows.h"

static void row_to_device(struct db_stmt *st, struct arena *a, void *row)
{
	struct device_row *d = row;

	d->id = db_get_text(st, a, "id");
	d->dms = db_get_text(st, a, "dms");
	d->state = (int)db_get_int(st, "state");
	d->active_version = db_get_int(st, "active_version");
	d->active_not_after = db_get_int(st, "active_not_after");
	d->tags = db_get_text(st, a, "tags");
	d->metadata = db_get_text(st, a, "metadata");
	d->icon = db_get_text(st, a, "icon");
	d->icon_color = db_get_text(st, a, "icon_color");
	d->created_at = db_get_int(st, "created_at");
	d->updated_at = db_get_int(st, "updated_at");
}

static void bind_device(struct db_stmt *st, const struct device_row *d)
{
	db_bind_text(st, "id", d->id);
	db_bind_text(st, "dms", d->dms);
	db_bind_int(st, "state", d->state);
	db_bind_int(st, "active_version", d->active_version);
	db_bind_int(st, "active_not_after", d->active_not_after);
	db_bind_text(st, "tags", d->tags);
	db_bind_text(st, "metadata", d->metadata);
	db_bind_text(st, "icon", d->icon);
	db_bind_text(st, "icon_color", d->icon_color);
	db_bind_int(st, "created_at", d->created_at);
	db_bind_int(st, "updated_at", d->updated_at);
}

int store_device_add(struct db *db, const struct device_row *d, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_DEVICE_ADD);

	bind_device(st, d);
	return db_run(st, e) == 0 ? 0 : err_in(e, "device %s", d->id);
}

int store_device_load(struct db *db, struct arena *a, const char *id, struct device_row *d,
		      struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_DEVICE_LOAD);

	db_bind_text(st, "id", id);
	return rows_one(st, a, row_to_device, d, e);
}

int store_device_save(struct db *db, const struct device_row *d, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_DEVICE_SAVE);

	bind_device(st, d);
	if (db_run(st, e) != 0)
		return -1;
	if (db_changes(st) != 1)
		return err_fault(e, ERR_INTERNAL, "database", "device %s is not there", d->id);
	return 0;
}

int store_device_list(struct db *db, struct arena *a, const char *dms, const char *after,
		      size_t limit, struct device_row **v, size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, dms ? STMT_DEVICE_LIST_BY_DMS : STMT_DEVICE_LIST);

	if (dms)
		db_bind_text(st, "dms", dms);
	db_bind_text(st, "after", rows_any(after));
	db_bind_int(st, "limit", (int64_t)limit);
	return rows_all(st, a, row_to_device, sizeof(**v), v, n, e);
}

/* A key below lo means the same as the range's start, which no id precedes. */
int store_device_list_range(struct db *db, struct arena *a, const struct device_range *r,
			    size_t limit, struct device_row **v, size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_DEVICE_LIST_RANGE);
	const bool from_start = !r->after_id || r->after_not_after < r->lo;

	db_bind_text(st, "dms", r->dms);
	db_bind_int(st, "state", r->state);
	db_bind_int(st, "hi", r->hi);
	db_bind_int(st, "after_not_after", from_start ? r->lo : r->after_not_after);
	db_bind_text(st, "after_id", from_start ? "" : r->after_id);
	db_bind_int(st, "limit", (int64_t)limit);
	return rows_all(st, a, row_to_device, sizeof(**v), v, n, e);
}

int store_device_count(struct db *db, const char *dms, int64_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, dms ? STMT_DEVICE_COUNT_BY_DMS : STMT_DEVICE_COUNT);

	if (dms)
		db_bind_text(st, "dms", dms);
	if (db_step(st, e) < 0)
		return -1;
	*n = db_get_int(st, "n");
	return 0;
}
