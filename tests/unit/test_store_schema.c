/* The schema and the statements, looked at from outside, through a connection of the test's own. */
#include <sqlite3.h>

#include "store/store_answer.h"
#include "store/store_meta.h"
#include "tests/unit/store_test.h"

/* Statements that may read a whole table, because it is small or counted or read from its end, or
 * because they hardly ever run. */
static const enum stmt_id may_scan[] = {
	STMT_ISSUER_ADD, STMT_ISSUER_LIST,     STMT_OPERATOR_LIST,   STMT_DEVICE_COUNT,
	STMT_DMS_COUNT,	 STMT_EVENT_LOAD_HEAD, STMT_CERT_SET_ISSUER,
};

/* Statements that may sort, because the rows are few. */
static const enum stmt_id may_sort[] = { STMT_CERT_LIST_BY_DEVICE, STMT_OPERATOR_LIST };

static sqlite3 *raw;

static void raw_open(void)
{
	sqlite3_close(raw);
	if (sqlite3_open(test_db, &raw) != SQLITE_OK ||
	    sqlite3_exec(raw, "PRAGMA foreign_keys = ON", NULL, NULL, NULL) != SQLITE_OK)
		exit(1);
}

/* The first column of all rows in one text. */
static void raw_text(const char *sql, char *out, size_t size)
{
	sqlite3_stmt *st = NULL;

	out[0] = '\0';
	if (sqlite3_prepare_v2(raw, sql, -1, &st, NULL) != SQLITE_OK)
		printf("# %s: %s\n", sql, sqlite3_errmsg(raw));
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *s = (const char *)sqlite3_column_text(st, 0);

		strncat(out, s ? s : "", size - strlen(out) - 1);
	}
	sqlite3_finalize(st);
}

static bool is_listed(const enum stmt_id *v, size_t n, enum stmt_id id)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == id)
			return true;
	return false;
}

static bool step_is_good(const char *step, enum stmt_id id)
{
	if (strncmp(step, "SCAN", 4) == 0)
		return is_listed(may_scan, ARRAY_LEN(may_scan), id);
	return !strstr(step, "TEMP B-TREE") || is_listed(may_sort, ARRAY_LEN(may_sort), id);
}

static bool plan_is_good(enum stmt_id id)
{
	char sql[4096];
	sqlite3_stmt *st = NULL;
	bool good = true;

	snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", stmt_texts[id].sql);
	if (sqlite3_prepare_v2(raw, sql, -1, &st, NULL) != SQLITE_OK)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *step = (const char *)sqlite3_column_text(st, 3);

		if (!step_is_good(step, id)) {
			printf("# %s: %s\n", stmt_texts[id].name, step);
			good = false;
		}
	}
	sqlite3_finalize(st);
	return good;
}

static void test_statements(void)
{
	int prepared = 0, planned = 0;
	char plan[1000], attach[PATH_MAX + 100];
	struct err e = { 0 };
	AUTO(db) *answers = store_answer_open(test_path("answers.db"), &e);

	/* What is not of the registry is found there. */
	snprintf(attach, sizeof(attach), "ATTACH '%s' AS answers", test_path("answers.db"));
	raw_text(attach, plan, sizeof(plan));
	unlink(test_path("answers.db"));
	unlink(test_path("answers.db-wal"));
	unlink(test_path("answers.db-shm"));

	for (int i = 0; i < STMT_COUNT; i++) {
		sqlite3_stmt *st = NULL;

		if (sqlite3_prepare_v2(raw, stmt_texts[i].sql, -1, &st, NULL) == SQLITE_OK)
			prepared++;
		else
			printf("# %s: %s\n", stmt_texts[i].name, sqlite3_errmsg(raw));
		sqlite3_finalize(st);
		planned += plan_is_good((enum stmt_id)i);
	}
	ok(prepared == STMT_COUNT && STMT_COUNT > 50, "each statement prepares");
	ok(planned == STMT_COUNT, "none scans or sorts a table, but those listed");
	raw_text("DETACH answers", plan, sizeof(plan));
	raw_text(
		"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
		"AND sql NOT LIKE '%STRICT%'",
		plan, sizeof(plan));
	ok(strcmp(plan, "0") == 0, "each table is STRICT");
	raw_text(
		"SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%@%INT64%' AND type <> 'table'",
		plan, sizeof(plan));
	ok(strcmp(plan, "0") == 0, "no token of the dialect is left");
}

#define DIGEST "zeroblob(32)"
#define CERT(serial, sha256, more)                                                                  \
	"INSERT INTO certificate (issuer, serial, subject, not_before, not_after, status, reason, " \
	"revoked_at, status_at, kind, version, created_at, sha256, der) VALUES (x'01', " serial     \
	", 's', 0, 1, " more ", 0, 'device', -1, 0, " sha256 ", x'00')"

static const struct {
	const char *what, *sql;
	bool good;
} constraints[] = {
	{ "a certificate", CERT("x'aa'", DIGEST, "0, 0, 0"), true },
	{ "the same serial of the same issuer", CERT("x'aa'", "randomblob(32)", "0, 0, 0"), false },
	{ "the same DER", CERT("x'ab'", DIGEST, "0, 0, 0"), false },
	{ "a digest of another length", CERT("x'ab'", "zeroblob(20)", "0, 0, 0"), false },
	{ "revoked without a time", CERT("x'ab'", "randomblob(32)", "1, 0, 0"), false },
	{ "a time without revoked", CERT("x'ab'", "randomblob(32)", "0, 0, 5"), false },
	{ "reason 7, which RFC 5280 does not use", CERT("x'ab'", "randomblob(32)", "1, 7, 5"),
	  false },
	{ "text where a number belongs", CERT("x'ab'", "randomblob(32)", "'active', 0, 0"), false },
	{ "text where bytes belong", CERT("'ab'", "randomblob(32)", "0, 0, 0"), false },
	{ "a second row of meta", "INSERT INTO meta VALUES (2, 1, x'00', 0)", false },
	{ "a device of no DMS",
	  "INSERT INTO device VALUES ('d', 'none', 0, -1, 0, '[]', '{}', NULL, "
	  "NULL, 0, 0)",
	  false },
	{ "a slot of no device",
	  "INSERT INTO slot_version VALUES ('d', 0, x'01', x'aa', 1, 'e', 0)", false },
	{ "a role that is none",
	  "INSERT INTO operator VALUES (" DIGEST ", 'n', 'root', NULL, 0, 0)", false },
	{ "event number 0",
	  "INSERT INTO event VALUES (0, 0, 't', 's', NULL, NULL, 'a', '{}', x'', " DIGEST ")",
	  false },
};

static void test_constraints(void)
{
	for (size_t i = 0; i < ARRAY_LEN(constraints); i++) {
		const bool went =
			sqlite3_exec(raw, constraints[i].sql, NULL, NULL, NULL) == SQLITE_OK;

		ok(went == constraints[i].good, "%s: %s", constraints[i].good ? "taken" : "refused",
		   constraints[i].what);
	}
}

static void test_change(void)
{
	char change[20];

	sqlite3_exec(raw, "UPDATE certificate SET status = 1, revoked_at = 5 WHERE serial = x'aa'",
		     NULL, NULL, NULL);
	sqlite3_exec(raw, "UPDATE certificate SET status = 0, revoked_at = 0 WHERE serial = x'aa'",
		     NULL, NULL, NULL);
	sqlite3_exec(raw, "UPDATE certificate SET dms = 'x' WHERE serial = x'aa'", NULL, NULL,
		     NULL);
	raw_text("SELECT change FROM certificate WHERE serial = x'aa'", change, sizeof(change));
	ok(strcmp(change, "2") == 0, "the trigger counts changes of the status, and nothing else");
}

static const char all_sql[] = "SELECT coalesce(sql, name) || ';' FROM sqlite_schema ORDER BY name";

static int migrate(int unused)
{
	struct err e = { 0 };
	AUTO(db) *db = db_open(test_db, DB_CREATE, &e);

	(void)unused;
	if (db && db_migrate(db, &e) == 0)
		return 0;
	printf("# %s\n", err_log_text(&e));
	return 1;
}

static void test_migration(const char *fresh, const char *epoch)
{
	static char after[65536];
	pid_t pids[4];
	int failed = 0;

	ok(migrate(0) == 0, "migrating again goes well");
	raw_open();
	raw_text(all_sql, after, sizeof(after));
	ok(strcmp(after, fresh) == 0, "and leaves the schema as it was");
	raw_text("SELECT hex(epoch) FROM meta", after, sizeof(after));
	ok(strcmp(after, epoch) == 0 && strlen(epoch) == 32, "and the epoch");

	test_begin();
	for (size_t i = 0; i < ARRAY_LEN(pids); i++)
		pids[i] = test_fork(migrate, 0);
	for (size_t i = 0; i < ARRAY_LEN(pids); i++)
		failed += test_wait(pids[i]) != 0;
	raw_open();
	raw_text(all_sql, after, sizeof(after));
	ok(failed == 0 && strcmp(after, fresh) == 0,
	   "four processes that migrate at once make one schema");
	raw_text("SELECT hex(epoch) FROM meta", after, sizeof(after));
	ok(strlen(after) == 32 && strcmp(after, epoch) != 0, "another database has another epoch");
}

static void test_other_version(void)
{
	struct err e = { 0 };
	AUTO(db) *db = NULL;

	sqlite3_exec(raw, "UPDATE meta SET schema = schema + 1", NULL, NULL, NULL);
	ok(!db_open(test_db, DB_READ_WRITE, &e) && e.kind == ERR_BUSY &&
		   strcmp(e.code, "schema") == 0 && strstr(e.detail, "shedu migrate"),
	   "a database of another version is refused with the hint");
	err_clear(&e);
	ok(!db_open(test_db, DB_READ_ONLY, &e) && strcmp(e.code, "schema") == 0,
	   "also by a reader");
	err_clear(&e);
	db = db_open(test_db, DB_CREATE, &e);
	ok(db && db_migrate(db, &e) != 0 && strcmp(e.code, "schema") == 0,
	   "a newer one is not migrated back");
	sqlite3_exec(raw, "UPDATE meta SET schema = schema - 1", NULL, NULL, NULL);
}

static void test_files(void)
{
	struct err e = { 0 };
	struct stat st;
	FILE *f;

	ok(stat(test_db, &st) == 0 && (st.st_mode & 0777) == 0600,
	   "the file is made with mode 0600");
	test_begin();
	ok(!db_open(test_db, DB_READ_WRITE, &e) && e.kind == ERR_BUSY && stat(test_db, &st) != 0,
	   "where there is no database, none is made by the way");
	err_clear(&e);
	f = fopen(test_db, "w");
	if (!f ||
	    fputs("This is no database, and long enough to be seen as none. "
		  "This is no database, and long enough to be seen as none.",
		  f) < 0 ||
	    fclose(f) != 0)
		exit(1);
	ok(!db_open(test_db, DB_READ_WRITE, &e) && e.kind == ERR_INTERNAL,
	   "another file is refused");
}

int main(void)
{
	static char fresh[65536];
	char epoch[100];

	umask(0);
	test_begin();
	db_close(test_open(DB_CREATE));
	raw_open();
	raw_text(all_sql, fresh, sizeof(fresh));
	raw_text("SELECT hex(epoch) FROM meta", epoch, sizeof(epoch));
	test_statements();
	test_constraints();
	test_change();
	test_migration(fresh, epoch);
	test_other_version();
	test_files();
	sqlite3_close(raw);
	return done();
}
