/* What the files of the SQLite backend share. Nobody else includes this. */
#ifndef STORE_DB_SQLITE_H
#define STORE_DB_SQLITE_H

#include <sqlite3.h>

#include "store/db.h"
#include "store/db_gate.h"

struct db_stmt {
	struct db *db;
	enum stmt_id id;
	sqlite3_stmt *handle;
	bool in_use;
	bool spare;		/* not the cached one, which was in use; freed when done */
	int failed;		/* the first failed call's result code; 0: none */
	char why[200];
	uint64_t bound;		/* bit i: parameter i + 1 */
	int column;		/* where the last lookup of a column ended */
	int64_t changes;
};

struct db_txn {
	struct db *db;
	enum db_txn_kind kind;
	bool open;
	/* db_change.c */
	struct arena *changes;
	struct db_change change;
	size_t change_room;
	int64_t ca_change;	/* at the begin */
	void *held;		/* the guard's */
	bool doubtful;		/* the commit was begun, and did not end well */
};

enum { BUSY_MILLISECONDS = 5000 };	/* for tools that do not know the write gate */

enum { TXN_BEGIN_READ, TXN_BEGIN_WRITE, TXN_COMMIT, TXN_ROLLBACK, TXN_VERBS };

struct db {
	sqlite3 *handle;
	char *path;
	enum db_mode mode;
	struct db_gate gate;
	bool sync_failed;	/* what the kernel holds of the file is not to be trusted any more */
	struct db_guard guard;
	bool guarded;		/* there is one */
	int restore_lock;	/* of the copy that is to be restored */
	bool migrating;		/* tables and their columns come to be */
	struct db_txn txn;
	sqlite3_stmt *verbs[TXN_VERBS];
	struct db_stmt stmts[STMT_COUNT];
};

/* The fault that the result code means; what: the statement or the step. Returns -1. */
int db_fault(struct db *db, int rc, const char *what, struct err *e);

int db_stmt_prepare_verbs(struct db *db, struct err *e);
void db_stmt_finalize_all(struct db *db);

#endif
