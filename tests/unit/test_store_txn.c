/* Transactions, statements and their errors. */
#include <sqlite3.h>

#include "store/store_dms.h"
#include "store/store_meta.h"
#include "tests/unit/store_test.h"

static struct db *db;
static struct arena *arena;

static const struct dms_row a_dms = {
	.id = "d1", .name = "n", .settings = "{}", .metadata = "{}", .version = 1
};

static int64_t count(struct db *of)
{
	struct err e = { 0 };
	int64_t n = -1;

	test_must(store_dms_count(of, &n, &e) == 0, "count", &e);
	return n;
}

static void test_rollback(void)
{
	struct err e = { 0 };
	{
		AUTO(db_txn) *t = db_begin(db, DB_WRITE, &e);

		ok(t && store_dms_add(db, &a_dms, &e) == 0 && count(db) == 1,
		   "written, seen inside");
	}
	ok(count(db) == 0, "a scope that ends without commit leaves nothing");
}

/* Of another process: how many it sees. */
static int count_elsewhere(int unused)
{
	AUTO(db) *other = test_open(DB_READ_ONLY);

	(void)unused;
	return (int)count(other);
}

static void test_commit(void)
{
	AUTO(db) *reader = test_open(DB_READ_ONLY);
	AUTO(db_txn) *snapshot = NULL;
	struct err e = { 0 };
	struct db_txn *t = db_begin(db, DB_WRITE, &e);

	test_must(t, "begin", &e);
	test_must(store_dms_add(db, &a_dms, &e) == 0, "add", &e);
	ok(test_wait(test_fork(count_elsewhere, 0)) == 0 && count(reader) == 0,
	   "before the commit nobody else sees it");
	snapshot = db_begin(reader, DB_READ, &e);
	ok(snapshot && count(reader) == 0, "a reader opens its snapshot");
	ok(store_commit(&t, &e) == 0 && !t, "commit");
	ok(count(reader) == 0, "the snapshot stays as it was");
	db_rollback(steal(&snapshot));
	ok(count(reader) == 1, "after it the reader sees the commit");
	ok(test_wait(test_fork(count_elsewhere, 0)) == 1, "and so does another process");
}

static void test_misuse(void)
{
	AUTO(db) *reader = test_open(DB_READ_ONLY);
	struct err e = { 0 };

	ok(store_meta_bump_trust(db, &e) != 0 && e.kind == ERR_INTERNAL &&
		   strstr(e.detail, "outside of a write transaction"),
	   "writing needs a transaction");
	err_clear(&e);
	{
		AUTO(db_txn) *t = db_begin(db, DB_READ, &e);

		ok(t && store_meta_bump_trust(db, &e) != 0, "one for writing");
		err_clear(&e);
		ok(!db_begin(db, DB_WRITE, &e) && e.kind == ERR_INTERNAL, "and only one at a time");
	}
	err_clear(&e);
	ok(!db_begin(reader, DB_WRITE, &e) && e.kind == ERR_INTERNAL,
	   "a reader cannot begin to write");
	err_clear(&e);
	{
		AUTO(db_stmt) *st = db_stmt(db, STMT_DMS_LOAD);

		ok(db_step(st, &e) == -1 && strstr(e.detail, "not bound"),
		   "a parameter that was forgotten is a fault, not a null");
	}
}

static void test_conflicts(void)
{
	struct err e = { 0 };
	AUTO(db_txn) *t = db_begin(db, DB_WRITE, &e);
	struct dms_row d;

	ok(store_dms_add(db, &a_dms, &e) != 0 && e.kind == ERR_CONFLICT &&
		   strcmp(e.code, "exists") == 0 && strstr(e.text, "d1"),
	   "what exists already is a conflict that names it");
	err_clear(&e);
	ok(t && store_dms_load(db, arena, "d1", &d, &e) == 1, "the transaction goes on");
	ok(store_dms_save(db, &d, &e) == 0, "saved at the version read");
	ok(store_dms_save(db, &d, &e) != 0 && e.kind == ERR_CONFLICT &&
		   strcmp(e.code, "version") == 0,
	   "a second time is a conflict: the version went on");
	err_clear(&e);
	ok(store_dms_load(db, arena, "d1", &d, &e) == 1 && d.version == 2, "by one");
}

/* A statement in use is not disturbed when its text is wanted again. */
static void test_nested_statement(void)
{
	struct err e = { 0 };
	AUTO(db_stmt) *outer = db_stmt(db, STMT_DMS_LOAD);
	struct dms_row d;

	db_bind_text(outer, "id", "d1");
	ok(db_step(outer, &e) == 1, "a row");
	ok(store_dms_load(db, arena, "none", &d, &e) == 0 &&
		   store_dms_load(db, arena, "d1", &d, &e) == 1,
	   "the same statement runs inside");
	ok(strcmp(db_get_text(outer, arena, "id"), "d1") == 0,
	   "and the row outside is still there");
}

/* Tools that know no gate: sqlite3(1) in a transaction, say. */
static void test_foreign_lock(void)
{
	struct err e = { 0 };
	sqlite3 *raw = NULL;

	if (sqlite3_open(test_db, &raw) != SQLITE_OK ||
	    sqlite3_exec(raw, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		exit(1);
	ok(!db_begin(db, DB_WRITE, &e) && e.kind == ERR_BUSY && strcmp(e.code, "busy") == 0 &&
		   e.retry_after > 0,
	   "a writer outside of the gate is waited for, but not for ever");
	sqlite3_exec(raw, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(raw);
	err_clear(&e);
	{
		AUTO(db_txn) *t = db_begin(db, DB_WRITE, &e);

		ok(t, "then it goes on");
	}
}

int main(void)
{
	test_begin();
	arena = arena_new();
	db = test_open(DB_CREATE);
	test_rollback();
	test_commit();
	test_misuse();
	test_conflicts();
	test_nested_statement();
	test_foreign_lock();
	db_close(db);
	arena_free(arena);
	return done();
}
