#include "store/store_meta.h"
#include "store/store_rows.h"

static void row_to_meta(struct db_stmt *st, struct arena *a, void *row)
{
	struct meta_row *m = row;

	m->epoch = db_get_blob(st, a, "epoch");
	m->trust_generation = db_get_int(st, "trust_generation");
	m->ca_change = db_get_int(st, "ca_change");
}

int store_meta_load(struct db *db, struct arena *a, struct meta_row *m, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_META_LOAD);

	return rows_one(st, a, row_to_meta, m, e);
}

int store_meta_restore(struct db *db, struct blob epoch, int64_t trust_generation,
		       int64_t ca_change, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_META_RESTORE);

	db_bind_blob(st, "epoch", epoch);
	db_bind_int(st, "trust_generation", trust_generation);
	db_bind_int(st, "ca_change", ca_change);
	return db_run(st, e);
}

int store_meta_bump_trust(struct db *db, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_META_BUMP_TRUST);

	return db_run(st, e);
}

static void row_to_published(struct db_stmt *st, struct arena *a, void *row)
{
	struct published_row *p = row;

	p->dir = db_get_text(st, a, "dir");
	p->boot = db_get_text(st, a, "boot");
	p->tree = db_get_blob(st, a, "tree");
}

int store_published_load(struct db *db, struct arena *a, struct published_row *p, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_PUBLISHED_LOAD);

	return rows_one(st, a, row_to_published, p, e);
}

int store_published_save(struct db *db, const struct published_row *p, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_PUBLISHED_SAVE);

	db_bind_text(st, "dir", p->dir);
	db_bind_text(st, "boot", p->boot);
	db_bind_blob(st, "tree", p->tree);
	return db_run(st, e);
}

int store_published_remove(struct db *db, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_PUBLISHED_REMOVE);

	return db_run(st, e);
}

static void row_to_job(struct db_stmt *st, struct arena *a, void *row)
{
	struct job_row *j = row;

	j->name = db_get_text(st, a, "name");
	j->last_at = db_get_int(st, "last_at");
	j->last_error = db_get_text(st, a, "last_error");
}

int store_job_load(struct db *db, struct arena *a, const char *name, struct job_row *j,
		   struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_JOB_LOAD);

	db_bind_text(st, "name", name);
	return rows_one(st, a, row_to_job, j, e);
}

int store_job_save(struct db *db, const struct job_row *j, struct err *e)
{
	AUTO(db_stmt) *st = db_stmt(db, STMT_JOB_SAVE);

	db_bind_text(st, "name", j->name);
	db_bind_int(st, "last_at", j->last_at);
	db_bind_text(st, "last_error", j->last_error);
	return db_run(st, e);
}
