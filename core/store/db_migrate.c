#include <string.h>

#include "base/rand.h"
#include "base/text.h"
#include "store/db_sqlite.h"

enum { EPOCH_BYTES = 16 };

static const struct {
	const char *token, *text;
} dialect[] = {
	{ "@INT64", "INTEGER" },
	{ "@BYTES", "BLOB" },
	{ "@STRICT", "STRICT" },
	{ "@CLUSTERED", "STRICT, WITHOUT ROWID" },
};

int64_t db_schema_wanted(void)
{
	return migrations_count;
}

static int has_meta(void *p, int n, char **values, char **names)
{
	(void)names;
	*(bool *)p = n == 1 && strcmp(values[0], "1") == 0;
	return 0;
}

int db_schema_version(struct db *db, int64_t *have, struct err *e)
{
	static const char *const sql =
		"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'meta'";
	AUTO(db_stmt) *st = NULL;
	bool meta = false;
	int rc = sqlite3_exec(db->handle, sql, has_meta, &meta, NULL);

	*have = 0;
	if (rc != SQLITE_OK)
		return db_fault(db, rc, "schema", e);
	if (!meta)
		return 0;
	st = db_stmt(db, STMT_META_SCHEMA);
	switch (db_step(st, e)) {
	case 1:
		*have = db_get_int(st, "schema");
		return 0;
	case 0:
		return err_fault(e, ERR_INTERNAL, "schema", "%s: the table meta is empty",
				 db->path);
	}
	return -1;
}

static const char *translate(struct arena *a, const char *sql)
{
	struct text t;

	text_init(&t, a);
	while (*sql) {
		size_t len = strcspn(sql, "@"), i;

		text_add_mem(&t, sql, len);
		sql += len;
		for (i = 0; i < ARRAY_LEN(dialect); i++)
			if (strncmp(sql, dialect[i].token, strlen(dialect[i].token)) == 0)
				break;
		if (i < ARRAY_LEN(dialect)) {
			text_add(&t, dialect[i].text);
			sql += strlen(dialect[i].token);
		} else if (*sql) {
			text_add_mem(&t, sql++, 1);
		}
	}
	return t.s;
}

static int meta_save(struct db *db, int64_t version, struct err *e)
{
	unsigned char epoch[EPOCH_BYTES];
	AUTO(db_stmt) *st = db_stmt(db, version == 1 ? STMT_META_ADD : STMT_META_SET_SCHEMA);

	db_bind_int(st, "schema", version);
	if (version == 1) {
		rand_fill(epoch, sizeof(epoch));
		db_bind_blob(st, "epoch", blob_of(epoch, sizeof(epoch)));
	}
	return db_run(st, e);
}

static int apply(struct db *db, int64_t version, struct err *e)
{
	const struct migration *m = &migrations[version - 1];
	AUTO(arena) *a = arena_new();
	int rc = sqlite3_exec(db->handle, translate(a, m->sql), NULL, NULL, NULL);

	return rc == SQLITE_OK ? meta_save(db, version, e) : db_fault(db, rc, m->name, e);
}

/* 1: applied the next one; 0: there is none. The version is read under the write gate, so another
 * process that migrates at the same time finds the work done. */
static int migrate_next(struct db *db, struct err *e)
{
	AUTO(db_txn) *t = db_begin(db, DB_WRITE, e);
	int64_t have;

	if (!t || db_schema_version(db, &have, e) != 0)
		return -1;
	if (have == db_schema_wanted())
		return 0;
	if (have > db_schema_wanted())
		return err_fault(e, ERR_BUSY, "schema",
				 "%s has schema %lld, newer than %lld, which "
				 "this program knows",
				 db->path, (long long)have, (long long)db_schema_wanted());
	if (apply(db, have + 1, e) != 0 || store_commit(&t, e) != 0)
		return -1;
	return 1;
}

int db_migrate(struct db *db, struct err *e)
{
	int r;

	db->migrating = true;
	do
		r = migrate_next(db, e);
	while (r == 1);
	db->migrating = false;
	return r;
}
