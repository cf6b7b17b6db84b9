#include "store/store_approval.h"
#include "store/store_rows.h"

enum { PURGE_ROWS = 1000 };

static void row_to_listed(struct db_stmt *st, struct arena *a, void *row)
{
	struct approval_row *r = row;

	r->id = db_get_text(st, a, "id");
	r->csr_sha256 = db_get_blob(st, a, "csr_sha256");
	r->credential = db_get_blob(st, a, "credential");
	r->dms = db_get_text(st, a, "dms");
	r->operation = db_get_text(st, a, "operation");
	r->device = db_get_text(st, a, "device");
	r->requester = db_get_text(st, a, "requester");
	r->csr = (struct blob){ NULL, 0 };
	r->state = (int)db_get_int(st, "state");
	r->created_at = db_get_int(st, "created_at");
	r->expires_at = db_get_int(st, "expires_at");
	r->decided_at = db_get_int(st, "decided_at");
	r->decided_by = db_get_text(st, a, "decided_by");
	r->reason = db_get_text(st, a, "reason");
}

static void row_to_approval(struct db_stmt *st, struct arena *a, void *row)
{
	struct approval_row *r = row;

	row_to_listed(st, a, row);
	r->csr = db_get_blob(st, a, "csr");
}

static void bind_request(struct db_stmt *st, const struct approval_row *r)
{
	db_bind_blob(st, "csr_sha256", r->csr_sha256);
	db_bind_blob(st, "credential", rows_not_null(r->credential));
	db_bind_text(st, "dms", r->dms);
	db_bind_text(st, "operation", r->operation);
}

int store_approval_add(struct db *db, const struct approval_row *r, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_APPROVAL_SAVE_NEW);

	bind_request(st, r);
	db_bind_text(st, "id", r->id);
	db_bind_text(st, "device", r->device);
	db_bind_text(st, "requester", r->requester);
	db_bind_blob(st, "csr", r->csr);
	db_bind_int(st, "created_at", r->created_at);
	db_bind_int(st, "expires_at", r->expires_at);
	return db_run(st, e) < 0 ? -1 : db_changes(st) == 1;
}

int store_approval_load(struct db *db, struct arena *a, const char *id, struct approval_row *r,
			struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_APPROVAL_LOAD);

	db_bind_text(st, "id", id);
	return rows_one(st, a, row_to_approval, r, e);
}

int store_approval_load_open(struct db *db, struct arena *a, const struct approval_row *request,
			     int64_t now, struct approval_row *r, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_APPROVAL_LOAD_OPEN);

	bind_request(st, request);
	db_bind_int(st, "now", now);
	return rows_one(st, a, row_to_approval, r, e);
}

int store_approval_save(struct db *db, const struct approval_row *r, int from, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_APPROVAL_SET_STATE);

	db_bind_text(st, "id", r->id);
	db_bind_int(st, "from", from);
	db_bind_int(st, "state", r->state);
	db_bind_int(st, "expires_at", r->expires_at);
	db_bind_int(st, "decided_at", r->decided_at);
	db_bind_text(st, "decided_by", r->decided_by);
	db_bind_text(st, "reason", r->reason);
	return db_run(st, e) < 0 ? -1 : db_changes(st) == 1;
}

int store_approval_list(struct db *db, struct arena *a, const char *dms, int state,
			int64_t after_at, const char *after_id, size_t limit,
			struct approval_row **v, size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, dms ? STMT_APPROVAL_LIST_BY_DMS : STMT_APPROVAL_LIST);

	if (dms)
		db_bind_text(st, "dms", dms);
	db_bind_int(st, "state", state);
	db_bind_int(st, "after_at", after_at);
	db_bind_text(st, "after_id", rows_any(after_id));
	db_bind_int(st, "limit", (int64_t)limit);
	return rows_all(st, a, row_to_listed, sizeof(**v), v, n, e);
}

int store_approval_count_pending(struct db *db, const char *dms, const char *device, int64_t now,
				 int64_t *n, int64_t *of_device, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_APPROVAL_COUNT_PENDING);

	db_bind_text(st, "dms", dms);
	db_bind_text(st, "device", device);
	db_bind_int(st, "now", now);
	if (db_step(st, e) < 0)
		return -1;
	*n = db_get_int(st, "n");
	*of_device = db_get_int(st, "of_device");
	return 0;
}

int store_approval_remove_by_dms(struct db *db, const char *dms, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_APPROVAL_REMOVE_BY_DMS);

	db_bind_text(st, "dms", dms);
	return db_run(st, e);
}

int store_approval_purge(struct db *db, int64_t now, int64_t *purged, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_APPROVAL_PURGE);

	db_bind_int(st, "now", now);
	db_bind_int(st, "limit", PURGE_ROWS);
	if (db_run(st, e) < 0)
		return -1;
	*purged = db_changes(st);
	return 0;
}
