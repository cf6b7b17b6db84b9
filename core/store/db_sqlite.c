#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/db_sqlite.h"

enum { RETRY_SECONDS = 2 };

static int fault_later(struct db *db, const char *code, const char *what, struct err *e)
{
	err_fault(e, ERR_BUSY, code, "%s: %s: %s", db->path, what, sqlite3_errmsg(db->handle));
	e->retry_after = RETRY_SECONDS;
	return -1;
}

static int fault_constraint(struct db *db, int rc, const char *what, struct err *e)
{
	if (rc != SQLITE_CONSTRAINT_UNIQUE && rc != SQLITE_CONSTRAINT_PRIMARYKEY)
		return err_fault(e, ERR_INTERNAL, "database", "%s: %s", what,
				 sqlite3_errmsg(db->handle));
	err_set(e, ERR_CONFLICT, "exists", "it exists already");
	return -1;
}

int db_fault(struct db *db, int rc, const char *what, struct err *e)
{
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		log_msg(LOG_ERROR, "out of memory");
		abort();
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fault_later(db, "busy", what, e);
	case SQLITE_FULL:
		return fault_later(db, "disk_full", what, e);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return fault_later(db, "database", what, e);
	case SQLITE_CONSTRAINT:
		return fault_constraint(db, rc, what, e);
	default:	/* CORRUPT, NOTADB, and what a wrong program causes */
		return err_fault(e, ERR_INTERNAL, "database", "%s: %s: %s", db->path, what,
				 sqlite3_errmsg(db->handle));
	}
}

/* With the mode 0600 from the start; SQLite would go by the umask. */
static int file_make(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno != EEXIST)
		return err_fault(e, ERR_BUSY, "database", "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return 0;
}

static bool has_gate(const struct db *db)
{
	return db->mode == DB_READ_WRITE || db->mode == DB_CREATE;
}

static bool has_schema(const struct db *db)
{
	return db->mode == DB_READ_WRITE || db->mode == DB_READ_ONLY;
}

static int handle_open(struct db *db, struct err *e)
{
	const int flags =
		(db->mode == DB_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
		SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int rc;

	if (access(db->path, F_OK) != 0)
		return err_fault(e, ERR_BUSY, "database", "%s: %s (shedu init makes it)", db->path,
				 strerror(errno));
	rc = sqlite3_open_v2(db->path, &db->handle, flags, NULL);
	return rc == SQLITE_OK ? 0 : db_fault(db, rc, "open", e);
}

/*
 * Nobody checkpoints but the tick, which holds the write gate: SQLite before 3.51.3 can lose commits
 * when a checkpoint meets the reset of a WAL. The WAL files stay when the last connection closes,
 * for a process that may only read could not make them.
 */
static int configure_registry(struct db *db)
{
	int persist = 1, rc = sqlite3_busy_timeout(db->handle, BUSY_MILLISECONDS);

	if (rc == SQLITE_OK)
		rc = sqlite3_wal_autocheckpoint(db->handle, 0);
	if (rc == SQLITE_OK)
		rc = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	return rc == SQLITE_OK
		       ? sqlite3_exec(db->handle, "PRAGMA synchronous = FULL", NULL, NULL, NULL)
		       : rc;
}

static int configure_cache(struct db *db)
{
	return sqlite3_exec(db->handle, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
}

static int handle_configure(struct db *db, struct err *e)
{
	static const struct {
		int option, value;
	} options[] = {
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },    { SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 }, { SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; rc == SQLITE_OK && i < ARRAY_LEN(options); i++)
		rc = sqlite3_db_config(db->handle, options[i].option, options[i].value, NULL);
	if (rc == SQLITE_OK)
		rc = db->mode == DB_CACHE ? configure_cache(db) : configure_registry(db);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db->handle, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : db_fault(db, rc, "set up", e);
}

static int is_wal(void *p, int n, char **values, char **names)
{
	(void)names;
	*(bool *)p = n == 1 && values[0] && strcmp(values[0], "wal") == 0;
	return 0;
}

static int wal_ask(struct db *db, const char *pragma, bool *wal, struct err *e)
{
	int rc = sqlite3_exec(db->handle, pragma, is_wal, wal, NULL);

	return rc == SQLITE_OK ? 0 : db_fault(db, rc, pragma, e);
}

/*
 * A database just made, or a restored copy, is not in WAL mode. SQLite changes it under a lock for
 * which it does not wait, so those who open it together take turns at the gate.
 */
static int wal_set(struct db *db, struct err *e)
{
	bool wal = false;

	if (wal_ask(db, "PRAGMA journal_mode", &wal, e) != 0)
		return -1;
	if (!wal && db->mode == DB_CACHE && wal_ask(db, "PRAGMA journal_mode = WAL", &wal, e) != 0)
		return -1;
	if (!wal && has_gate(db)) {
		if (gate_enter(&db->gate, e) != 0)
			return -1;
		int rc = wal_ask(db, "PRAGMA journal_mode = WAL", &wal, e);

		gate_leave(&db->gate);
		if (rc != 0)
			return -1;
	}
	if (!wal)
		return err_fault(e, ERR_BUSY, "database", "%s is not in WAL mode", db->path);
	return 0;
}

static int schema_check(struct db *db, struct err *e)
{
	int64_t have;

	if (db_schema_version(db, &have, e) != 0)
		return -1;
	if (have != db_schema_wanted())
		return err_fault(e, ERR_BUSY, "schema",
				 "%s has schema %lld, this program wants %lld: run `shedu migrate`",
				 db->path, (long long)have, (long long)db_schema_wanted());
	return 0;
}

struct db *db_open(const char *path, enum db_mode mode, struct err *e)
{
	AUTO(db) *db = calloc(1, sizeof(*db));

	if (!db || !(db->path = strdup(path)))
		abort();
	db->mode = mode;
	db->gate.fd = -1;
	if ((mode == DB_CREATE || mode == DB_CACHE) && file_make(path, e) != 0)
		return NULL;
	if (handle_open(db, e) != 0 || handle_configure(db, e) != 0)
		return NULL;
	if (has_gate(db) && gate_open(&db->gate, path, e) != 0)
		return NULL;
	if (wal_set(db, e) != 0)
		return NULL;
	if (db_stmt_prepare_verbs(db, e) != 0)
		return NULL;
	if (has_schema(db) && schema_check(db, e) != 0)
		return NULL;
	return steal(&db);
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db_stmt_finalize_all(db);
	sqlite3_close(db->handle);
	gate_close(&db->gate);
	free(db->path);
	free(db);
}

const char *db_backend_version(void)
{
	static char version[40];

	snprintf(version, sizeof(version), "SQLite %s", sqlite3_libversion());
	return version;
}
