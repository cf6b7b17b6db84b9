#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/db_sqlite.h"

enum { PARAMETERS_MAX = 64, NAME_MAX_LEN = 60 };

static const char *const verb_texts[TXN_VERBS] = {
	[TXN_BEGIN_READ] = "BEGIN",
	[TXN_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[TXN_COMMIT] = "COMMIT",
	[TXN_ROLLBACK] = "ROLLBACK",
};

static int prepare(struct db *db, const char *sql, sqlite3_stmt **st)
{
	return sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, st, NULL);
}

int db_stmt_prepare_verbs(struct db *db, struct err *e)
{
	for (int i = 0; i < TXN_VERBS; i++) {
		int rc = prepare(db, verb_texts[i], &db->verbs[i]);

		if (rc != SQLITE_OK)
			return db_fault(db, rc, verb_texts[i], e);
	}
	return 0;
}

void db_stmt_finalize_all(struct db *db)
{
	for (int i = 0; i < TXN_VERBS; i++)
		sqlite3_finalize(db->verbs[i]);
	for (int i = 0; i < STMT_COUNT; i++)
		sqlite3_finalize(db->stmts[i].handle);
}

static void stick(struct db_stmt *st, int rc, const char *what)
{
	if (rc == SQLITE_OK || st->failed)
		return;
	st->failed = rc;
	snprintf(st->why, sizeof(st->why), "%s %s: %s", stmt_texts[st->id].name, what,
		 sqlite3_errmsg(st->db->handle));
}

struct db_stmt *db_stmt(struct db *db, enum stmt_id id)
{
	struct db_stmt *st = &db->stmts[id];

	if (st->in_use) {
		st = calloc(1, sizeof(*st));
		if (!st)
			abort();
		st->spare = true;
	}
	st->db = db;
	st->id = id;
	st->in_use = true;
	if (!st->handle)
		stick(st, prepare(db, stmt_texts[id].sql, &st->handle), "prepare");
	return st;
}

void db_stmt_done(struct db_stmt *st)
{
	if (!st)
		return;
	if (st->spare) {
		sqlite3_finalize(st->handle);
		free(st);
		return;
	}
	/* What was bound belongs to the scope that ends here. */
	sqlite3_reset(st->handle);
	sqlite3_clear_bindings(st->handle);
	st->in_use = false;
	st->failed = 0;
	st->bound = 0;
	st->column = 0;
}

/* The program and schema/queries.sql do not agree: no request can make that good. */
static void wrong_name(const struct db_stmt *st, const char *what, const char *name)
{
	log_msg(LOG_ERROR, "%s has no %s \"%s\"", stmt_texts[st->id].name, what, name);
	abort();
}

static int parameter(struct db_stmt *st, const char *name)
{
	char dollar[NAME_MAX_LEN + 2] = "$";
	const size_t len = strlen(name);
	int i;

	if (len > NAME_MAX_LEN)
		wrong_name(st, "parameter", name);
	memcpy(dollar + 1, name, len + 1);
	i = sqlite3_bind_parameter_index(st->handle, dollar);
	if (i < 1 || i > PARAMETERS_MAX)
		wrong_name(st, "parameter", name);
	st->bound |= UINT64_C(1) << (i - 1);
	return i;
}

void db_bind_int(struct db_stmt *st, const char *name, int64_t v)
{
	if (!st->failed)
		stick(st, sqlite3_bind_int64(st->handle, parameter(st, name), v), name);
}

void db_bind_text(struct db_stmt *st, const char *name, const char *v)
{
	if (!st->failed)
		stick(st, sqlite3_bind_text(st->handle, parameter(st, name), v, -1, SQLITE_STATIC),
		      name);
}

void db_bind_blob(struct db_stmt *st, const char *name, struct blob v)
{
	if (!st->failed)
		stick(st,
		      sqlite3_bind_blob64(st->handle, parameter(st, name), v.data, v.len,
					  SQLITE_STATIC),
		      name);
}

/* Each of these would go wrong silently in SQLite. */
static int check(const struct db_stmt *st, struct err *e)
{
	const int n = sqlite3_bind_parameter_count(st->handle);
	const uint64_t all = n >= PARAMETERS_MAX ? UINT64_MAX : (UINT64_C(1) << n) - 1;
	const char *name = stmt_texts[st->id].name;

	if (st->bound != all)
		return err_fault(e, ERR_INTERNAL, "database", "%s: a parameter is not bound", name);
	/* Where nothing must last, each statement may be its own transaction. */
	if (sqlite3_stmt_readonly(st->handle) || st->db->mode == DB_CACHE)
		return 0;
	if (!st->db->txn.open || st->db->txn.kind != DB_WRITE)
		return err_fault(e, ERR_INTERNAL, "database", "%s outside of a write transaction",
				 name);
	if (sqlite3_get_autocommit(st->db->handle))
		return err_fault(e, ERR_INTERNAL, "database",
				 "%s: the transaction was rolled back before", name);
	return 0;
}

int db_step(struct db_stmt *st, struct err *e)
{
	int rc;

	if (st->failed)
		return err_fault(e, ERR_INTERNAL, "database", "%s", st->why);
	if (!sqlite3_stmt_busy(st->handle) && check(st, e) != 0)
		return -1;
	rc = sqlite3_step(st->handle);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE) {
		db_fault(st->db, rc, stmt_texts[st->id].name, e);
		sqlite3_reset(st->handle);
		return -1;
	}
	st->changes = sqlite3_stmt_readonly(st->handle) ? 0 : sqlite3_changes64(st->db->handle);
	return 0;
}

int db_run(struct db_stmt *st, struct err *e)
{
	int r;

	do
		r = db_step(st, e);
	while (r == 1);
	return r;
}

int64_t db_changes(struct db_stmt *st)
{
	return st->changes;
}

/* Rows are read in the order of their columns, nearly always: the next one is looked at first. */
static int column(struct db_stmt *st, const char *name)
{
	const int n = sqlite3_column_count(st->handle);

	for (int tried = 0; tried < n; tried++) {
		if (st->column >= n)
			st->column = 0;
		if (strcmp(sqlite3_column_name(st->handle, st->column++), name) == 0)
			return st->column - 1;
	}
	wrong_name(st, "column", name);
	return -1;
}

int64_t db_get_int(struct db_stmt *st, const char *name)
{
	return sqlite3_column_int64(st->handle, column(st, name));
}

char *db_get_text(struct db_stmt *st, struct arena *a, const char *name)
{
	const int i = column(st, name);
	const char *s = (const char *)sqlite3_column_text(st->handle, i);

	return s ? arena_strndup(a, s, (size_t)sqlite3_column_bytes(st->handle, i)) : NULL;
}

struct blob db_get_blob(struct db_stmt *st, struct arena *a, const char *name)
{
	const int i = column(st, name);
	const void *data = sqlite3_column_blob(st->handle, i);

	return data ? arena_blob(a, data, (size_t)sqlite3_column_bytes(st->handle, i))
		    : (struct blob){ 0 };
}
