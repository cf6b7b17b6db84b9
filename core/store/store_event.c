#include "store/store_event.h"
#include "store/store_rows.h"

static void row_to_event(struct db_stmt *st, struct arena *a, void *row)
{
	struct event_row *v = row;

	v->seq = db_get_int(st, "seq");
	v->at = db_get_int(st, "at");
	v->type = db_get_text(st, a, "type");
	v->subject = db_get_text(st, a, "subject");
	v->dms = db_get_text(st, a, "dms");
	v->device = db_get_text(st, a, "device");
	v->actor = db_get_text(st, a, "actor");
	v->data = db_get_text(st, a, "data");
	v->previous = db_get_blob(st, a, "previous");
	v->hash = db_get_blob(st, a, "hash");
}

int store_event_add(struct db *db, const struct event_row *v, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_EVENT_ADD);

	db_bind_int(st, "seq", v->seq);
	db_bind_int(st, "at", v->at);
	db_bind_text(st, "type", v->type);
	db_bind_text(st, "subject", v->subject);
	db_bind_text(st, "dms", v->dms);
	db_bind_text(st, "device", v->device);
	db_bind_text(st, "actor", v->actor);
	db_bind_text(st, "data", v->data);
	db_bind_blob(st, "previous", rows_not_null(v->previous));
	db_bind_blob(st, "hash", v->hash);
	return db_run(st, e);
}

static void row_to_head(struct db_stmt *st, struct arena *a, void *row)
{
	struct event_row *v = row;

	*v = (struct event_row){
		.seq = db_get_int(st, "seq"),
		.at = db_get_int(st, "at"),
		.hash = db_get_blob(st, a, "hash"),
	};
}

int store_event_load_head(struct db *db, struct arena *a, struct event_row *v, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_EVENT_LOAD_HEAD);

	return rows_one(st, a, row_to_head, v, e);
}

int store_event_list(struct db *db, struct arena *a, const char *device, const char *dms,
		     int64_t after, size_t limit, struct event_row **v, size_t *n, struct err *e)
{
	const enum stmt_id id = device ? STMT_EVENT_LIST_BY_DEVICE
				: dms  ? STMT_EVENT_LIST_BY_DMS
				       : STMT_EVENT_LIST;
	AUTO(db_stmt) *st = db_stmt(db, id);

	if (device)
		db_bind_text(st, "device", device);
	if (device || dms)
		db_bind_text(st, "dms", rows_any(dms));
	db_bind_int(st, "after", after);
	db_bind_int(st, "limit", (int64_t)limit);
	return rows_all(st, a, row_to_event, sizeof(**v), v, n, e);
}

int store_event_list_refusals(struct db *db, struct arena *a, const char *dms, const char *device,
			      int64_t before, size_t limit, struct event_row **v, size_t *n,
			      struct err *e)
{
	AUTO(db_stmt) *st =
		db_stmt(db, device ? STMT_EVENT_LIST_REFUSALS_OF_DEVICE : STMT_EVENT_LIST_REFUSALS);

	if (device)
		db_bind_text(st, "device", device);
	db_bind_text(st, "dms", dms);
	db_bind_int(st, "before", before);
	db_bind_int(st, "limit", (int64_t)limit);
	return rows_all(st, a, row_to_event, sizeof(**v), v, n, e);
}
