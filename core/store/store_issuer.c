/* Issuers, and what hangs on one: its OCSP responder and its EST signer. */
#include "store/store_ca.h"
#include "store/store_rows.h"

enum { SHA1_BYTES = 20, SHA256_BYTES = 32 };

static void row_to_issuer(struct db_stmt *st, struct arena *a, void *row)
{
	struct issuer_row *i = row;

	i->ski = db_get_blob(st, a, "ski");
	i->ca = db_get_text(st, a, "ca");
	i->parent = db_get_blob(st, a, "parent");
	i->serial = db_get_blob(st, a, "serial");
	i->sha256 = db_get_blob(st, a, "sha256");
	i->key_uri = db_get_text(st, a, "key_uri");
	i->name_sha1 = db_get_blob(st, a, "name_sha1");
	i->name_sha256 = db_get_blob(st, a, "name_sha256");
	i->key_sha1 = db_get_blob(st, a, "key_sha1");
	i->key_sha256 = db_get_blob(st, a, "key_sha256");
	i->not_before = db_get_int(st, "not_before");
	i->not_after = db_get_int(st, "not_after");
	i->revoked_at = db_get_int(st, "revoked_at");
	i->reason = (int)db_get_int(st, "reason");
	i->crl_dirty = db_get_int(st, "crl_dirty") != 0;
	i->created_at = db_get_int(st, "created_at");
	i->der = db_get_blob(st, a, "der");
}

int store_issuer_add(struct db *db, const struct issuer_row *i, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_ISSUER_ADD);

	db_bind_blob(st, "ski", i->ski);
	db_bind_text(st, "ca", i->ca);
	db_bind_blob(st, "parent", i->parent.len ? i->parent : (struct blob){ 0 });
	db_bind_blob(st, "serial", rows_not_null(i->serial));
	db_bind_blob(st, "sha256", i->sha256);
	db_bind_text(st, "key_uri", i->key_uri);
	db_bind_blob(st, "name_sha1", i->name_sha1);
	db_bind_blob(st, "name_sha256", i->name_sha256);
	db_bind_blob(st, "key_sha1", i->key_sha1);
	db_bind_blob(st, "key_sha256", i->key_sha256);
	db_bind_int(st, "not_before", i->not_before);
	db_bind_int(st, "not_after", i->not_after);
	db_bind_int(st, "revoked_at", i->revoked_at);
	db_bind_int(st, "reason", i->reason);
	db_bind_int(st, "crl_dirty", i->crl_dirty);
	db_bind_int(st, "created_at", i->created_at);
	db_bind_blob(st, "der", i->der);
	return db_run(st, e) == 0 ? 0 : err_in(e, "the key or certificate of CA %s", i->ca);
}

int store_issuer_load(struct db *db, struct arena *a, struct blob ski, struct issuer_row *i,
		      struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_ISSUER_LOAD);

	db_bind_blob(st, "ski", ski);
	return rows_one(st, a, row_to_issuer, i, e);
}

int store_issuer_load_by_hash(struct db *db, struct arena *a, struct blob name_hash,
			      struct blob key_hash, struct issuer_row *i, struct err *e)
{
	AUTO(db_stmt) *st = NULL;

	if (name_hash.len != key_hash.len ||
	    (name_hash.len != SHA1_BYTES && name_hash.len != SHA256_BYTES))
		return 0;
	st = db_stmt(db, name_hash.len == SHA1_BYTES ? STMT_ISSUER_LOAD_BY_SHA1
						     : STMT_ISSUER_LOAD_BY_SHA256);
	db_bind_blob(st, "name_hash", name_hash);
	db_bind_blob(st, "key_hash", key_hash);
	return rows_one(st, a, row_to_issuer, i, e);
}

int store_issuer_list(struct db *db, struct arena *a, struct issuer_row **v, size_t *n,
		      struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_ISSUER_LIST);

	return rows_all(st, a, row_to_issuer, sizeof(**v), v, n, e);
}

int store_issuer_load_by_cert(struct db *db, struct arena *a, struct blob sha256,
			      struct issuer_row *i, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_ISSUER_LOAD_BY_CERT);

	db_bind_blob(st, "sha256", sha256);
	return rows_one(st, a, row_to_issuer, i, e);
}

int store_issuer_list_by_ca(struct db *db, struct arena *a, const char *ca, struct issuer_row **v,
			    size_t *n, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_ISSUER_LIST_BY_CA);

	db_bind_text(st, "ca", ca);
	return rows_all(st, a, row_to_issuer, sizeof(**v), v, n, e);
}

int store_issuer_set_parent(struct db *db, struct blob ski, struct blob parent, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_ISSUER_SET_PARENT);

	db_bind_blob(st, "ski", ski);
	db_bind_blob(st, "parent", parent);
	return db_run(st, e);
}

int store_issuer_set_revoked(struct db *db, struct blob ski, int64_t at, int reason, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_ISSUER_SET_REVOKED);

	db_bind_blob(st, "ski", ski);
	db_bind_int(st, "revoked_at", at);
	db_bind_int(st, "reason", reason);
	return db_run(st, e);
}

static void row_to_responder(struct db_stmt *st, struct arena *a, void *row)
{
	struct responder_row *r = row;

	r->issuer = db_get_blob(st, a, "issuer");
	r->der = db_get_blob(st, a, "der");
	r->key_uri = db_get_text(st, a, "key_uri");
	r->not_before = db_get_int(st, "not_before");
	r->not_after = db_get_int(st, "not_after");
}

static int load_responder(struct db_stmt *st, struct arena *a, struct blob issuer,
			  struct responder_row *r, struct err *e)
{
	db_bind_blob(st, "issuer", issuer);
	return rows_one(st, a, row_to_responder, r, e);
}

static int save_responder(struct db_stmt *st, const struct responder_row *r, struct err *e)
{
	db_bind_blob(st, "issuer", r->issuer);
	db_bind_blob(st, "der", r->der);
	db_bind_text(st, "key_uri", r->key_uri);
	db_bind_int(st, "not_before", r->not_before);
	db_bind_int(st, "not_after", r->not_after);
	return db_run(st, e);
}

int store_responder_load(struct db *db, struct arena *a, struct blob issuer,
			 struct responder_row *r, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_RESPONDER_LOAD);

	return load_responder(st, a, issuer, r, e);
}

int store_responder_save(struct db *db, const struct responder_row *r, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_RESPONDER_SAVE);

	return save_responder(st, r, e);
}

int store_signer_load(struct db *db, struct arena *a, struct blob issuer, struct responder_row *r,
		      struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SIGNER_LOAD);

	return load_responder(st, a, issuer, r, e);
}

int store_signer_save(struct db *db, const struct responder_row *r, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_SIGNER_SAVE);

	return save_responder(st, r, e);
}
