#include "store/db_change.h"
#include "store/db_sqlite.h"

/* Beyond this the WAL file is cut back, when no reader is in the way; below, it is written anew from
 * its start, which is faster than growing again. */
enum { WAL_PAGES_KEPT = 16384, RETRY_SECONDS = 2 };

static int verb(struct db *db, int which)
{
	int rc = sqlite3_step(db->verbs[which]);

	sqlite3_reset(db->verbs[which]);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* The kernel reports a failed write-back once: the next sync would wrongly succeed. */
static bool is_sync(int rc)
{
	return rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC;
}

static int fault_sync(struct db *db, const char *what, struct err *e)
{
	err_fault(e, ERR_BUSY, "sync", "%s: %s: %s; no more writes until it is opened again",
		  db->path, what, sqlite3_errmsg(db->handle));
	e->retry_after = RETRY_SECONDS;
	db->sync_failed = true;
	return -1;
}

static int gate_pass(struct db *db, struct err *e)
{
	if (db->mode == DB_READ_ONLY)
		return err_fault(e, ERR_INTERNAL, "database", "%s was opened for reading",
				 db->path);
	if (db->sync_failed) {
		err_fault(e, ERR_BUSY, "sync", "%s: a sync failed before", db->path);
		e->retry_after = RETRY_SECONDS;
		return -1;
	}
	return gate_enter(&db->gate, e);
}

static void end(struct db_txn *t)
{
	t->open = false;
	if (t->kind != DB_WRITE)
		return;
	db_change_end(t->db);
	gate_leave(&t->db->gate);
}

/* The file may have been put away and another put in its place, by a restore say. What is open here
 * then goes on as if nothing were: old answers, and changes that are lost. */
int db_check_in_place(struct db *db, struct err *e)
{
	int moved = 0;
	int rc = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved);

	if (rc != SQLITE_OK)
		return db_fault(db, rc, "look for the file", e);
	if (!moved)
		return 0;
	err_fault(e, ERR_BUSY, "database_moved", "%s is another file now, or is not there",
		  db->path);
	e->retry_after = RETRY_SECONDS;
	return -1;
}

struct db_txn *db_begin(struct db *db, enum db_txn_kind kind, struct err *e)
{
	int rc;

	if (db_check_in_place(db, e) != 0)
		return NULL;
	if (db->txn.open) {
		err_fault(e, ERR_INTERNAL, "database", "a transaction within a transaction");
		return NULL;
	}
	if (kind == DB_WRITE && gate_pass(db, e) != 0)
		return NULL;
	db->txn = (struct db_txn){ .db = db, .kind = kind, .open = true };
	rc = verb(db, kind == DB_WRITE ? TXN_BEGIN_WRITE : TXN_BEGIN_READ);
	if (rc != SQLITE_OK) {
		db_fault(db, rc, "begin", e);
		end(&db->txn);
		return NULL;
	}
	if (kind == DB_WRITE && db_change_begin(db, e) != 0) {
		db_rollback(&db->txn);
		return NULL;
	}
	return &db->txn;
}

/* SQLite itself rolls back after some faults; asking again would be an error. */
void db_rollback(struct db_txn *t)
{
	if (!t || !t->open)
		return;
	if (!sqlite3_get_autocommit(t->db->handle))
		verb(t->db, TXN_ROLLBACK);
	end(t);
}

int store_commit(struct db_txn **t, struct err *e)
{
	AUTO(db_txn) *txn = steal(t);
	struct db *db = txn->db;
	int rc;

	if (sqlite3_get_autocommit(db->handle))
		return err_fault(e, ERR_INTERNAL, "database",
				 "the transaction was rolled back before");
	if (txn->kind == DB_WRITE && db_change_guard(db, e) != 0)
		return -1;
	txn->doubtful = true;
	rc = verb(db, TXN_COMMIT);
	if (rc == SQLITE_OK) {
		txn->doubtful = false;
		end(txn);
		return 0;
	}
	if (is_sync(rc))
		return fault_sync(db, "commit", e);
	return db_fault(db, rc, "commit", e);
}

static int checkpoint(struct db *db, struct err *e)
{
	int pages = 0, moved = 0, rc;

	rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
	if (rc == SQLITE_OK && pages == moved && pages > WAL_PAGES_KEPT) {
		sqlite3_busy_timeout(db->handle, 0);
		rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
					       NULL);
		sqlite3_busy_timeout(db->handle, BUSY_MILLISECONDS);
	}
	/* A reader is in the way: what is left goes with the next one. */
	if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY)
		return 0;
	if (is_sync(rc))
		return fault_sync(db, "checkpoint", e);
	return db_fault(db, rc, "checkpoint", e);
}

int db_checkpoint(struct db *db, struct err *e)
{
	int r;

	if (db->txn.open)
		return err_fault(e, ERR_INTERNAL, "database", "a checkpoint within a transaction");
	if (gate_pass(db, e) != 0)
		return -1;
	r = checkpoint(db, e);
	gate_leave(&db->gate);
	return r;
}
