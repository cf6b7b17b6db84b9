#define _GNU_SOURCE	/* asprintf */

/* Backup and restore, by SQLite's own: page by page, while others read and write. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/octets.h"
#include "store/db_sqlite.h"

/* A change by another process begins the copy anew; after so many times all is read at once. */
enum { PIECE_PAGES = 512, MOST_RESTARTS = 5, WAIT_MS = 20 };

enum { RESTORE_OCTET = 1 };	/* of the gate's file; 0 is db_gate.c's turn */

static int fault_of(sqlite3 *handle, const char *what, const char *path, struct err *e)
{
	return err_fault(e, ERR_BUSY, "backup", "%s: %s: %s", path, what, sqlite3_errmsg(handle));
}

static int copy_pieces(sqlite3_backup *b)
{
	int restarts = 0, left = -1, rc;

	do {
		rc = sqlite3_backup_step(b, restarts < MOST_RESTARTS ? PIECE_PAGES : -1);
		if (left >= 0 && sqlite3_backup_remaining(b) >= left)
			restarts++;
		left = sqlite3_backup_remaining(b);
		if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
			sqlite3_sleep(WAIT_MS);
	} while (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
	return rc;
}

/* at_once: the destination is the one in use, where a half must never be seen. */
static int copy(sqlite3 *from, sqlite3 *to, bool at_once)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (!b)
		return sqlite3_errcode(to);
	rc = at_once ? sqlite3_backup_step(b, -1) : copy_pieces(b);
	sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int close_handle(sqlite3 *handle, int r)
{
	sqlite3_close(handle);
	return r;
}

/* The new file is one file, without a log beside it. */
static int copy_to_file(struct db *db, const char *path, struct err *e)
{
	sqlite3 *to;

	if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
	    copy(db->handle, to, false) != SQLITE_OK ||
	    sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
		return close_handle(to, fault_of(to, "backup", path, e));
	return close_handle(to, 0);
}

int db_backup(struct db *db, const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set(e, ERR_REJECTED, "backup", "%s: %s", path, strerror(errno));
	close(fd);
	if (copy_to_file(db, path, e) == 0)
		return 0;
	unlink(path);
	return -1;
}

static int is_sound(void *p, int n, char **values, char **names)
{
	(void)names;
	*(bool *)p = n == 1 && values[0] && strcmp(values[0], "ok") == 0;
	return 0;
}

static int copy_from_file(const char *path, const char *to_path, struct err *e)
{
	sqlite3 *from, *to = NULL;
	bool sound = false;
	int r = 0;

	if (sqlite3_open_v2(path, &from, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_exec(from, "PRAGMA quick_check(1)", is_sound, &sound, NULL) != SQLITE_OK ||
	    !sound)
		r = err_set(e, ERR_REJECTED, "backup", "%s is no sound database: %s", path,
			    sqlite3_errmsg(from));
	if (r == 0 && (sqlite3_open_v2(to_path, &to, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
		       copy(from, to, false) != SQLITE_OK))
		r = fault_of(to, "copy", to_path, e);
	sqlite3_close(to);
	return close_handle(from, r);
}

static void remove_files(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", ".writer" };
	char *name;

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		if (asprintf(&name, "%s%s", path, suffixes[i]) < 0)
			return;
		unlink(name);
		free(name);
	}
}

/* Two at once would have the same file beside the database, and one put the other's half in its place.
 * The lock is on an octet of the gate's file, and not the gate: meanwhile others write. */
static int lock_take(struct db *db, struct arena *a, struct err *e)
{
	const char *path = arena_printf(a, "%s.writer", db->path);
	int fd = octets_open(path);

	if (fd < 0)
		return err_fault(e, ERR_BUSY, "backup", "%s: %s", path, strerror(errno));
	if (octets_try(fd, RESTORE_OCTET))
		return fd;
	close(fd);
	return err_fault(e, ERR_BUSY, "restoring", "another restore is going on");
}

static struct db *copy_beside(const char *path, const char *beside, struct err *e)
{
	int fd;

	remove_files(beside);
	fd = open(beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		err_fault(e, ERR_BUSY, "backup", "%s: %s", beside, strerror(errno));
		return NULL;
	}
	close(fd);
	return copy_from_file(path, beside, e) == 0 ? db_open(beside, DB_READ_WRITE, e) : NULL;
}

struct db *db_restore_begin(struct db *db, struct arena *a, const char *path, struct err *e)
{
	const char *beside = arena_printf(a, "%s.restore", db->path);
	AUTO_FD lock = lock_take(db, a, e);
	struct db *copied;

	if (lock < 0)
		return NULL;
	copied = copy_beside(path, beside, e);
	if (!copied) {
		remove_files(beside);
		return NULL;
	}
	db_set_guard(copied, &(struct db_guard){ .before = NULL });	/* nobody sees it yet */
	copied->restore_lock = lock;
	lock = -1;
	return copied;
}

/* Behind the gate. */
static int put_in_place(struct db *db, struct db *copied, struct err *e)
{
	const struct db_change all = { .all = true };
	void *held = NULL;
	int rc, r = 0;

	if (db->guard.before)
		r = db->guard.before(db, db->guard.p, &all, &held, e);
	if (r == 0) {
		rc = copy(copied->handle, db->handle, true);
		r = rc == SQLITE_OK ? 0 : db_fault(db, rc, "restore", e);
	}
	if (held)
		db->guard.after(held, r == 0);
	return r;
}

int db_restore_commit(struct db *db, struct db *copied,
		      int (*prepare)(void *p, struct db *copied, struct err *e), void *p,
		      struct err *e)
{
	int r;

	if (!db->guarded)
		return err_fault(e, ERR_INTERNAL, "database",
				 "a restore on a connection without a guard");
	if (gate_enter(&db->gate, e) != 0)
		return -1;
	r = prepare ? prepare(p, copied, e) : 0;
	if (r == 0)
		r = put_in_place(db, copied, e);
	gate_leave(&db->gate);
	return r;
}

void db_restore_end(struct db *copied)
{
	int lock;
	char *path;

	if (!copied)
		return;
	lock = copied->restore_lock;
	path = strdup(copied->path);
	db_close(copied);
	if (path)
		remove_files(path);
	free(path);
	close(lock);
}
