/*
 * The database, neutral: open a URI, statements by name, bind and read by name, transactions,
 * migration. All SQL stands in schema/queries.sql as blocks "-- STMT_NAME".
 *
 * Errors stick to the statement: binding to a failed one does nothing, db_step() reports. A row
 * function of the store returns 1 (found), 0 (there is none) or -1 (fault, *e set).
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/arena.h"
#include "base/err.h"
#include "store/stmts.h"	/* generated from schema/queries.sql: enum stmt_id */

struct db;
struct db_stmt;
struct db_txn;

enum db_mode {
	DB_READ_ONLY,	/* the OCSP responder: another user may own the file */
	DB_READ_WRITE,
	DB_CREATE,	/* makes the file, 0600; the schema comes by db_migrate() */
	/* A file of its own that may be lost, made when absent, 0600: no schema version, no write
	 * gate, nothing synced, and whoever would have to wait fails with ERR_BUSY. */
	DB_CACHE,
};

/* Opens and sets up the connection. The schema is checked unless DB_CREATE: another version is
 * ERR_BUSY "schema" with the hint (run shedu migrate). After fork only. */
struct db *db_open(const char *path, enum db_mode mode, struct err *e);
void db_close(struct db *db);	/* NULL is fine */
AUTO_TYPE(db, struct db, db_close)

/* Applies what schema/NNNN-*.sql has and the database lacks, each file in its own transaction;
 * two at once do no harm. */
int db_migrate(struct db *db, struct err *e);
int db_schema_version(struct db *db, int64_t *have, struct err *e);
int64_t db_schema_wanted(void);
const char *db_backend_version(void);	/* "SQLite 3.40.1", for doctor */

/* Moves the WAL into the database; the tick only. Holds the write gate. */
int db_checkpoint(struct db *db, struct err *e);

/* A copy as of one moment in a new file at path, 0600, while others go on. ERR_REJECTED when there is a
 * file already. */
int db_backup(struct db *db, const char *path, struct err *e);

/*
 * From a backup: db_restore_begin() checks it and opens a copy of it beside the database.
 * db_restore_commit() lets prepare() change in the copy what must be another in the restored one (the
 * epoch), and then puts the copy in the place of all that the database has, in one transaction, all
 * behind the write gate: what prepare() reads of the database is its last, and others see the one or the
 * other. db_restore_end() removes the copy, whatever became of it. Another restore at the same time is
 * refused.
 */
struct db *db_restore_begin(struct db *db, struct arena *a, const char *path, struct err *e);
int db_restore_commit(struct db *db, struct db *copied,
		      int (*prepare)(void *p, struct db *copied, struct err *e), void *p,
		      struct err *e);
void db_restore_end(struct db *copied);
AUTO_TYPE(db_restore, struct db, db_restore_end)

/* The statement, prepared once per connection; back to its place when its scope ends:
 *	AUTO(db_stmt) *st = db_stmt(db, STMT_CERT_BY_SERIAL);
 */
struct db_stmt *db_stmt(struct db *db, enum stmt_id id);
void db_stmt_done(struct db_stmt *st);
AUTO_TYPE(db_stmt, struct db_stmt, db_stmt_done)

void db_bind_int(struct db_stmt *st, const char *name, int64_t v);	/* name without "$" */
void db_bind_text(struct db_stmt *st, const char *name, const char *v);	/* NULL: null. Not copied: */
void db_bind_blob(struct db_stmt *st, const char *name, struct blob v);	/* must live until the scope ends */

int db_step(struct db_stmt *st, struct err *e);	/* 1: a row, 0: done, -1: fault */
int db_run(struct db_stmt *st, struct err *e);	/* steps to the end: 0 or -1 */
int64_t db_changes(struct db_stmt *st);		/* rows that the last db_run() changed */

/* Columns of the present row, by name; an unknown name is a programming error and ends the
 * process. */
int64_t db_get_int(struct db_stmt *st, const char *column);	/* null: 0 */
char *db_get_text(struct db_stmt *st, struct arena *a, const char *column);	/* null: NULL */
struct blob db_get_blob(struct db_stmt *st, struct arena *a, const char *column);	/* null: empty */

enum db_txn_kind {
	DB_READ,	/* one snapshot; never longer than one page */
	DB_WRITE,	/* takes the FIFO write gate first, then BEGIN IMMEDIATE */
};

/* One at a time. Rolled back when its scope ends, unless committed. ERR_BUSY "busy" when the gate
 * stays closed for 10 s; ERR_BUSY "database_moved" when the path leads to another file now: then
 * close, and open again. */
struct db_txn *db_begin(struct db *db, enum db_txn_kind kind, struct err *e);
void db_rollback(struct db_txn *t);
/* A single statement is its own snapshot, and needs no transaction: what db_begin() looks at besides.
 * 0, or ERR_BUSY "database_moved". */
int db_check_in_place(struct db *db, struct err *e);
AUTO_TYPE(db_txn, struct db_txn, db_rollback)

/*
 * What is published of certificates must be gone before a change of their status is committed: who
 * was told of a revocation may ask at once. So a commit that changes a status, or what stands above
 * certificates, first calls the guard, within the transaction and behind the write gate; after it,
 * committed or not, the guard is told that it is over. A connection without a guard refuses such a
 * commit. The store does not know what is published, nor where.
 */
struct db_changed {
	struct blob issuer, serial;
};
struct db_change {
	struct db_changed *v;	/* whose status changes */
	size_t n;
	bool all;		/* what stands above them: of any certificate (meta.ca_change) */
};
struct db_guard {
	/* -1: nothing is committed. *held, when it is set, is what after() gets. */
	int (*before)(struct db *db, const void *p, const struct db_change *c, void **held,
		      struct err *e);	/* NULL: nothing is published */
	/* certain: what a reader sees from now on is what he will always see. Not so when the commit
	 * failed half way: it may still come to be when the log is read again after a crash. */
	void (*after)(void *held, bool certain);
	const void *p;
};
void db_set_guard(struct db *db, const struct db_guard *g);

/* The one point of durability: after it returned 0 the change survives power loss. A sync that
 * failed is ERR_BUSY, and the connection refuses to write until it is opened again. *t is NULL
 * afterwards in any case. */
int store_commit(struct db_txn **t, struct err *e);

#endif
