#include <string.h>

#include "store/db_change.h"
#include "store/store_cert.h"
#include "store/store_rows.h"

enum { REVOKED_PAGE = 1000 };

static void row_to_cert(struct db_stmt *st, struct arena *a, void *row)
{
	struct cert_row *c = row;

	c->issuer = db_get_blob(st, a, "issuer");
	c->serial = db_get_blob(st, a, "serial");
	c->subject = db_get_text(st, a, "subject");
	c->common_name = db_get_text(st, a, "common_name");
	c->not_before = db_get_int(st, "not_before");
	c->not_after = db_get_int(st, "not_after");
	c->status = (int)db_get_int(st, "status");
	c->reason = (int)db_get_int(st, "reason");
	c->revoked_at = db_get_int(st, "revoked_at");
	c->status_at = db_get_int(st, "status_at");
	c->change = db_get_int(st, "change");
	c->kind = db_get_text(st, a, "kind");
	c->dms = db_get_text(st, a, "dms");
	c->device = db_get_text(st, a, "device");
	c->version = db_get_int(st, "version");
	c->created_at = db_get_int(st, "created_at");
	c->sha256 = db_get_blob(st, a, "sha256");
	c->der = (struct blob){ 0 };
}

static void row_to_cert_with_der(struct db_stmt *st, struct arena *a, void *row)
{
	row_to_cert(st, a, row);
	((struct cert_row *)row)->der = db_get_blob(st, a, "der");
}

int store_cert_add(struct db *db, const struct cert_row *c, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CERT_ADD);

	db_bind_blob(st, "issuer", c->issuer);
	db_bind_blob(st, "serial", rows_not_null(c->serial));
	db_bind_text(st, "subject", c->subject);
	db_bind_text(st, "common_name", c->common_name);
	db_bind_int(st, "not_before", c->not_before);
	db_bind_int(st, "not_after", c->not_after);
	db_bind_int(st, "status", c->status);
	db_bind_int(st, "reason", c->reason);
	db_bind_int(st, "revoked_at", c->revoked_at);
	db_bind_int(st, "status_at", c->status_at);
	db_bind_text(st, "kind", c->kind);
	db_bind_text(st, "dms", c->dms);
	db_bind_text(st, "device", c->device);
	db_bind_int(st, "version", c->version);
	db_bind_int(st, "created_at", c->created_at);
	db_bind_blob(st, "sha256", c->sha256);
	db_bind_blob(st, "der", c->der);
	return db_run(st, e) == 0 ? 0 : err_in(e, "certificate of %s", c->subject);
}

static void bind_key(struct db_stmt *st, struct blob issuer, struct blob serial)
{
	db_bind_blob(st, "issuer", issuer);
	db_bind_blob(st, "serial", rows_not_null(serial));
}

int store_cert_load(struct db *db, struct arena *a, struct blob issuer, struct blob serial,
		    struct cert_row *c, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CERT_LOAD);

	bind_key(st, issuer, serial);
	return rows_one(st, a, row_to_cert_with_der, c, e);
}

int store_cert_load_by_sha256(struct db *db, struct arena *a, struct blob sha256,
			      struct cert_row *c, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CERT_LOAD_BY_SHA256);

	db_bind_blob(st, "sha256", sha256);
	return rows_one(st, a, row_to_cert_with_der, c, e);
}

int store_cert_list_by_serial(struct db *db, struct arena *a, struct blob serial, size_t limit,
			      struct cert_row **v, size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CERT_LIST_BY_SERIAL);

	db_bind_blob(st, "serial", rows_not_null(serial));
	db_bind_int(st, "limit", (int64_t)limit);
	return rows_all(st, a, row_to_cert_with_der, sizeof(**v), v, n, e);
}

enum {
	BIND_DEVICE = 1,
	BIND_DMS = 2,
	BIND_ISSUER = 4,
	BIND_ANY_ISSUER = 8,
	BIND_KIND = 16,
	BIND_STATUS = 32
};

static const unsigned list_binds[STMT_COUNT] = {
	[STMT_CERT_LIST] = BIND_KIND | BIND_STATUS,
	[STMT_CERT_LIST_BY_DEVICE] =
		BIND_DEVICE | BIND_DMS | BIND_ISSUER | BIND_ANY_ISSUER | BIND_KIND | BIND_STATUS,
	[STMT_CERT_LIST_BY_DMS] =
		BIND_DMS | BIND_ISSUER | BIND_ANY_ISSUER | BIND_KIND | BIND_STATUS,
	[STMT_CERT_LIST_BY_ISSUER] = BIND_ISSUER | BIND_KIND | BIND_STATUS,
	[STMT_CERT_LIST_BY_KIND] = BIND_KIND | BIND_STATUS,
	[STMT_CERT_LIST_REVOKED] = BIND_KIND,
};

/* The index that leads, from the one that leaves the fewest rows. */
static enum stmt_id list_stmt(const struct cert_filter *f)
{
	if (f->device)
		return STMT_CERT_LIST_BY_DEVICE;
	if (f->dms)
		return STMT_CERT_LIST_BY_DMS;
	if (f->issuer.len)
		return STMT_CERT_LIST_BY_ISSUER;
	if (f->kind && strcmp(f->kind, "device") != 0)
		return STMT_CERT_LIST_BY_KIND;
	return f->status == CERT_REVOKED ? STMT_CERT_LIST_REVOKED : STMT_CERT_LIST;
}

static void bind_filter(struct db_stmt *st, const struct cert_filter *f, unsigned binds)
{
	if (binds & BIND_DEVICE)
		db_bind_text(st, "device", f->device);
	if (binds & BIND_DMS)
		db_bind_text(st, "dms", rows_any(f->dms));
	if (binds & BIND_ISSUER)
		db_bind_blob(st, "issuer", rows_not_null(f->issuer));
	if (binds & BIND_ANY_ISSUER)
		db_bind_int(st, "any_issuer", f->issuer.len == 0);
	if (binds & BIND_KIND)
		db_bind_text(st, "kind", rows_any(f->kind));
	if (binds & BIND_STATUS)
		db_bind_int(st, "status", f->status);
}

int store_cert_list(struct db *db, struct arena *a, const struct cert_filter *f,
		    const struct cert_key *after, size_t limit, struct cert_row **v, size_t *n,
		    struct err *e)
{
	const enum stmt_id id = list_stmt(f);
	AUTO(db_stmt) *st = db_stmt(db, id);

	bind_filter(st, f, list_binds[id]);
	db_bind_int(st, "after_at", after ? after->created_at : INT64_MAX);
	db_bind_blob(st, "after_sha256", after ? after->sha256 : blob_of("", 0));
	db_bind_int(st, "limit", (int64_t)limit);
	return rows_all(st, a, row_to_cert, sizeof(**v), v, n, e);
}

static void row_to_place(struct db_stmt *st, struct arena *a, void *row)
{
	struct cert_place *p = row;

	p->issuer = db_get_blob(st, a, "issuer");
	p->serial = db_get_blob(st, a, "serial");
	p->status = (int)db_get_int(st, "status");
	p->reason = (int)db_get_int(st, "reason");
	p->revoked_at = db_get_int(st, "revoked_at");
	p->status_at = db_get_int(st, "status_at");
}

int store_cert_list_by_key(struct db *db, struct arena *a, const struct cert_place *after,
			   size_t limit, struct cert_place **v, size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CERT_LIST_BY_KEY);

	db_bind_blob(st, "after_serial", rows_not_null(after->serial));
	db_bind_blob(st, "after_issuer", rows_not_null(after->issuer));
	db_bind_int(st, "limit", (int64_t)limit);
	return rows_all(st, a, row_to_place, sizeof(**v), v, n, e);
}

int store_cert_set_status(struct db *db, struct blob issuer, struct blob serial, int status,
			  int reason, int64_t revoked_at, int64_t status_at, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CERT_SET_STATUS);

	bind_key(st, issuer, serial);
	db_bind_int(st, "status", status);
	db_bind_int(st, "reason", reason);
	db_bind_int(st, "revoked_at", revoked_at);
	db_bind_int(st, "status_at", status_at);
	if (db_run(st, e) != 0)
		return -1;
	if (db_changes(st) != 1)
		return err_fault(e, ERR_INTERNAL, "database",
				 "status of a certificate that is not there");
	db_change_note(db, issuer, serial);
	return 0;
}

int store_cert_set_issuer(struct db *db, struct blob issuer, struct blob serial, struct blob to,
			  int64_t status_at, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CERT_SET_ISSUER);

	bind_key(st, issuer, serial);
	db_bind_blob(st, "to", to);
	db_bind_int(st, "status_at", status_at);
	if (db_run(st, e) != 0)
		return -1;
	if (db_changes(st) != 1)
		return err_fault(e, ERR_INTERNAL, "database",
				 "issuer of a certificate that is not there");
	return 0;
}

static void get_status(struct db_stmt *st, struct cert_status_row *s)
{
	s->status = (int)db_get_int(st, "status");
	s->reason = (int)db_get_int(st, "reason");
	s->revoked_at = db_get_int(st, "revoked_at");
	s->status_at = db_get_int(st, "status_at");
	s->not_before = db_get_int(st, "not_before");
	s->not_after = db_get_int(st, "not_after");
	s->change = db_get_int(st, "change");
}

int store_cert_load_status(struct db *db, struct blob issuer, struct blob serial,
			   struct cert_status_row *s, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CERT_LOAD_STATUS);
	int r;

	bind_key(st, issuer, serial);
	r = db_step(st, e);
	if (r == 1)
		get_status(st, s);
	return r;
}

int store_cert_load_stamped(struct db *db, struct arena *a, struct blob issuer, struct blob serial,
			    struct cert_stamp *stamp, struct cert_status_row *s, struct err *e)
{
	AUTO(db_stmt) *st = NULL;
	int r;

	if (db_check_in_place(db, e) != 0)
		return -1;
	st = db_stmt(db, STMT_CERT_LOAD_STATUS_STAMPED);
	bind_key(st, issuer, serial);
	r = db_step(st, e);
	if (r < 0)
		return -1;
	if (r == 0)
		return err_fault(e, ERR_INTERNAL, "database", "the table meta is empty");
	stamp->epoch = db_get_blob(st, a, "epoch");
	stamp->ca_change = db_get_int(st, "ca_change");
	if (!db_get_int(st, "issued"))
		return 0;
	get_status(st, s);
	return 1;
}

struct revoked {
	struct blob serial;
	int64_t revoked_at;
	int reason;
};

static void row_to_revoked(struct db_stmt *st, struct arena *a, void *row)
{
	struct revoked *r = row;

	r->serial = db_get_blob(st, a, "serial");
	r->revoked_at = db_get_int(st, "revoked_at");
	r->reason = (int)db_get_int(st, "reason");
}

static int revoked_page(struct db *db, struct arena *a, struct blob issuer, int64_t since,
			struct blob after, struct revoked **v, size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_CERT_LIST_REVOKED_OF_ISSUER);

	db_bind_blob(st, "issuer", issuer);
	db_bind_int(st, "since", since);
	db_bind_blob(st, "after", after);
	db_bind_int(st, "limit", REVOKED_PAGE);
	return rows_all(st, a, row_to_revoked, sizeof(**v), v, n, e);
}

int store_cert_each_revoked(struct db *db, struct arena *a, struct blob issuer, int64_t since,
			    int (*fn)(void *p, struct blob serial, int64_t revoked_at, int reason),
			    void *p, struct err *e)
{
	struct blob after = blob_of("", 0);
	struct revoked *v;
	size_t n;

	do {
		if (revoked_page(db, a, issuer, since, after, &v, &n, e) != 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (fn(p, v[i].serial, v[i].revoked_at, v[i].reason) != 0)
				return -1;
			after = v[i].serial;
		}
	} while (n == REVOKED_PAGE);
	return 0;
}
