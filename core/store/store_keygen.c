#include "store/store_keygen.h"

#include "store/store_rows.h"

int store_keygen_save(struct db *db, const struct keygen_row *k, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_KEYGEN_SAVE);

	db_bind_text(st, "device", k->device);
	db_bind_blob(st, "issuer", k->issuer);
	db_bind_blob(st, "serial", k->serial);
	db_bind_blob(st, "credential", rows_not_null(k->credential));
	db_bind_blob(st, "csr_sha256", k->csr_sha256);
	db_bind_int(st, "at", k->at);
	return db_run(st, e);
}

static void row_to_keygen(struct db_stmt *st, struct arena *a, void *row)
{
	struct keygen_row *k = row;

	k->device = db_get_text(st, a, "device");
	k->issuer = db_get_blob(st, a, "issuer");
	k->serial = db_get_blob(st, a, "serial");
	k->credential = db_get_blob(st, a, "credential");
	k->csr_sha256 = db_get_blob(st, a, "csr_sha256");
	k->at = db_get_int(st, "at");
}

int store_keygen_load(struct db *db, struct arena *a, const char *device, struct keygen_row *k,
		      struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_KEYGEN_LOAD);

	db_bind_text(st, "device", device);
	return rows_one(st, a, row_to_keygen, k, e);
}

int store_superseded_add(struct db *db, const struct superseded_row *s, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SUPERSEDED_ADD);

	db_bind_blob(st, "issuer", s->issuer);
	db_bind_blob(st, "serial", s->serial);
	db_bind_text(st, "device", s->device);
	db_bind_int(st, "at", s->at);
	return db_run(st, e);
}

static void row_to_superseded(struct db_stmt *st, struct arena *a, void *row)
{
	struct superseded_row *s = row;

	s->issuer = db_get_blob(st, a, "issuer");
	s->serial = db_get_blob(st, a, "serial");
	s->device = db_get_text(st, a, "device");
	s->at = db_get_int(st, "at");
}

int store_superseded_load(struct db *db, struct arena *a, struct blob issuer, struct blob serial,
			  struct superseded_row *s, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SUPERSEDED_LOAD);

	db_bind_blob(st, "issuer", issuer);
	db_bind_blob(st, "serial", serial);
	return rows_one(st, a, row_to_superseded, s, e);
}

int store_superseded_list(struct db *db, struct arena *a, const char *device,
			  struct superseded_row **v, size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SUPERSEDED_LIST);

	db_bind_text(st, "device", device);
	return rows_all(st, a, row_to_superseded, sizeof(**v), v, n, e);
}

int store_superseded_remove(struct db *db, const char *device, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SUPERSEDED_REMOVE);

	db_bind_text(st, "device", device);
	return db_run(st, e);
}

int store_escrow_add(struct db *db, const struct escrow_row *r, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_ESCROW_ADD);

	db_bind_blob(st, "issuer", r->issuer);
	db_bind_blob(st, "serial", r->serial);
	db_bind_text(st, "dms", r->dms);
	db_bind_text(st, "device", r->device);
	db_bind_blob(st, "der", r->der);
	db_bind_int(st, "at", r->at);
	return db_run(st, e);
}

static void row_to_escrow(struct db_stmt *st, struct arena *a, void *row)
{
	struct escrow_row *r = row;

	r->issuer = db_get_blob(st, a, "issuer");
	r->serial = db_get_blob(st, a, "serial");
	r->dms = db_get_text(st, a, "dms");
	r->device = db_get_text(st, a, "device");
	r->der = db_get_blob(st, a, "der");
	r->at = db_get_int(st, "at");
}

int store_escrow_load(struct db *db, struct arena *a, struct blob issuer, struct blob serial,
		      struct escrow_row *r, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_ESCROW_LOAD);

	db_bind_blob(st, "issuer", issuer);
	db_bind_blob(st, "serial", serial);
	return rows_one(st, a, row_to_escrow, r, e);
}
