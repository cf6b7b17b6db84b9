/* The versions of a device's identity slot, and the enrollments that made them. */
#include "store/store_device.h"
#include "store/store_rows.h"

enum { PURGE_ROWS = 1000 };

static void row_to_slot(struct db_stmt *st, struct arena *a, void *row)
{
	struct slot_row *s = row;

	s->device = db_get_text(st, a, "device");
	s->version = db_get_int(st, "version");
	s->issuer = db_get_blob(st, a, "issuer");
	s->serial = db_get_blob(st, a, "serial");
	s->not_after = db_get_int(st, "not_after");
	s->event = db_get_text(st, a, "event");
	s->at = db_get_int(st, "at");
}

int store_slot_add(struct db *db, const struct slot_row *s, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SLOT_ADD);

	db_bind_text(st, "device", s->device);
	db_bind_int(st, "version", s->version);
	db_bind_blob(st, "issuer", s->issuer);
	db_bind_blob(st, "serial", rows_not_null(s->serial));
	db_bind_int(st, "not_after", s->not_after);
	db_bind_text(st, "event", s->event);
	db_bind_int(st, "at", s->at);
	return db_run(st, e) == 0 ? 0 : err_in(e, "slot of device %s", s->device);
}

int store_slot_load(struct db *db, struct arena *a, const char *device, int64_t version,
		    struct slot_row *s, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SLOT_LOAD);

	db_bind_text(st, "device", device);
	db_bind_int(st, "version", version);
	return rows_one(st, a, row_to_slot, s, e);
}

int store_slot_list(struct db *db, struct arena *a, const char *device, struct slot_row **v,
		    size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SLOT_LIST);

	db_bind_text(st, "device", device);
	return rows_all(st, a, row_to_slot, sizeof(**v), v, n, e);
}

static void row_to_enrollment(struct db_stmt *st, struct arena *a, void *row)
{
	struct enrollment_row *r = row;

	r->csr_sha256 = db_get_blob(st, a, "csr_sha256");
	r->credential = db_get_blob(st, a, "credential");
	r->dms = db_get_text(st, a, "dms");
	r->operation = db_get_text(st, a, "operation");
	r->device = db_get_text(st, a, "device");
	r->issuer = db_get_blob(st, a, "issuer");
	r->serial = db_get_blob(st, a, "serial");
	r->superseded_issuer = db_get_blob(st, a, "superseded_issuer");
	r->superseded_serial = db_get_blob(st, a, "superseded_serial");
	r->at = db_get_int(st, "at");
}

int store_enrollment_add(struct db *db, const struct enrollment_row *r, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_ENROLLMENT_ADD);

	db_bind_text(st, "dms", r->dms);
	db_bind_text(st, "operation", r->operation);
	db_bind_blob(st, "csr_sha256", r->csr_sha256);
	db_bind_blob(st, "credential", rows_not_null(r->credential));
	db_bind_text(st, "device", r->device);
	db_bind_blob(st, "issuer", r->issuer);
	db_bind_blob(st, "serial", rows_not_null(r->serial));
	db_bind_blob(st, "superseded_issuer", r->superseded_issuer);
	db_bind_blob(st, "superseded_serial", r->superseded_serial);
	db_bind_int(st, "at", r->at);
	return db_run(st, e);
}

int store_enrollment_load(struct db *db, struct arena *a, const char *dms, const char *operation,
			  struct blob csr_sha256, struct blob credential, int64_t since,
			  struct enrollment_row *r, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_ENROLLMENT_LOAD);

	db_bind_text(st, "dms", dms);
	db_bind_text(st, "operation", operation);
	db_bind_blob(st, "csr_sha256", csr_sha256);
	db_bind_blob(st, "credential", rows_not_null(credential));
	db_bind_int(st, "since", since);
	return rows_one(st, a, row_to_enrollment, r, e);
}

int store_enrollment_purge(struct db *db, int64_t before, int64_t *purged, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_ENROLLMENT_PURGE);

	db_bind_int(st, "before", before);
	db_bind_int(st, "limit", PURGE_ROWS);
	if (db_run(st, e) != 0)
		return -1;
	*purged = db_changes(st);
	return 0;
}
