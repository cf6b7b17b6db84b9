/*
 * Makes a large register of a small one:
 *
 *	register FROM TO N > SERIALS
 *
 * TO is a copy of the database FROM with N more device certificates, each with its device, like the
 * newest that is there: with all columns and indexes, a serial of its own, and a DER that differs only
 * in it. So nobody can verify them; whoever answers by a certificate's row cannot tell. Serials are
 * random and instants grow: the indexes are as full as those of a register that has grown.
 *
 * Prints the new serials. Nothing is synced, and an interrupted run leaves a broken file.
 */
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/stmts.h"

enum { MAX_DER = 8192, SERIAL_LEN = 18, MILLISECOND = 1000 };

/* A row that the others are like, and the statement that adds one. */
struct model {
	sqlite3_stmt *row, *add;
};

struct made {
	unsigned char serial[SERIAL_LEN], sha256[32], der[MAX_DER];
	int der_len, serial_at;		/* where the DER has it */
	char name[64];
};

static void fail(sqlite3 *db, const char *what)
{
	fprintf(stderr, "register: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
	exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail(db, sql);
}

static struct model model_of(sqlite3 *db, const char *select, enum stmt_id add)
{
	struct model m;

	if (sqlite3_prepare_v2(db, select, -1, &m.row, NULL) != SQLITE_OK ||
	    sqlite3_step(m.row) != SQLITE_ROW)
		fail(db, select);
	if (sqlite3_prepare_v2(db, stmt_texts[add].sql, -1, &m.add, NULL) != SQLITE_OK)
		fail(db, stmt_texts[add].name);
	return m;
}

static int column(const struct model *m, const char *name)
{
	for (int i = 0; i < sqlite3_column_count(m->row); i++)
		if (strcmp(sqlite3_column_name(m->row, i), name) == 0)
			return i;
	fail(NULL, name);
	return -1;
}

/* Parameters have the names of the columns. */
static void bind_like(const struct model *m)
{
	for (int i = 1; i <= sqlite3_bind_parameter_count(m->add); i++) {
		const char *name = sqlite3_bind_parameter_name(m->add, i) + 1;

		sqlite3_bind_value(m->add, i, sqlite3_column_value(m->row, column(m, name)));
	}
}

static void set_text(const struct model *m, const char *parameter, const char *text)
{
	sqlite3_bind_text(m->add, sqlite3_bind_parameter_index(m->add, parameter), text, -1,
			  SQLITE_STATIC);
}

static void set_blob(const struct model *m, const char *parameter, const void *data, int len)
{
	sqlite3_bind_blob(m->add, sqlite3_bind_parameter_index(m->add, parameter), data, len,
			  SQLITE_STATIC);
}

static void set_int(const struct model *m, const char *parameter, sqlite3_int64 n)
{
	sqlite3_bind_int64(m->add, sqlite3_bind_parameter_index(m->add, parameter), n);
}

static void add(sqlite3 *db, const struct model *m)
{
	if (sqlite3_step(m->add) != SQLITE_DONE)
		fail(db, sqlite3_sql(m->add));
	sqlite3_reset(m->add);
}

/* The first integer behind the version. */
static void read_model(const struct model *m, struct made *c)
{
	const int at = column(m, "der"), serial = column(m, "serial");
	const unsigned char *der = sqlite3_column_blob(m->row, at);
	const unsigned char *octets = sqlite3_column_blob(m->row, serial);

	c->der_len = sqlite3_column_bytes(m->row, at);
	if (c->der_len > MAX_DER || sqlite3_column_bytes(m->row, serial) != SERIAL_LEN)
		fail(NULL, "the newest certificate has no serial of 18 octets");
	memcpy(c->der, der, (size_t)c->der_len);
	for (int i = 0; i + SERIAL_LEN <= c->der_len; i++) {
		if (memcmp(der + i, octets, SERIAL_LEN) == 0) {
			c->serial_at = i;
			return;
		}
	}
	fail(NULL, "the newest certificate does not have its serial");
}

/* The highest bit stays clear, and the first octet is not zero: the DER is as long as the model's. */
static void make(struct made *c, long i)
{
	unsigned char *der = c->der + c->serial_at;

	if (RAND_bytes(c->serial, SERIAL_LEN) != 1)
		fail(NULL, "no random numbers");
	c->serial[0] &= 0x7f;
	if (!c->serial[0])
		c->serial[0] = 1;
	memcpy(der, c->serial, SERIAL_LEN);
	EVP_Digest(c->der, (size_t)c->der_len, c->sha256, NULL, EVP_sha256(), NULL);
	snprintf(c->name, sizeof c->name, "register-%08ld", i);
}

static void print_serial(const unsigned char *serial)
{
	static const char digits[] = "0123456789ABCDEF";
	char line[2 * SERIAL_LEN + 2];

	for (int i = 0; i < SERIAL_LEN; i++) {
		line[2 * i] = digits[serial[i] >> 4];
		line[2 * i + 1] = digits[serial[i] & 15];
	}
	line[2 * SERIAL_LEN] = '\n';
	line[2 * SERIAL_LEN + 1] = '\0';
	fputs(line, stdout);
}

static void fill(sqlite3 *db, long n)
{
	const struct model device = model_of(
		db, "SELECT * FROM device ORDER BY created_at DESC LIMIT 1", STMT_DEVICE_ADD);
	const struct model cert = model_of(db,
					   "SELECT * FROM certificate WHERE kind = 'device' "
					   "ORDER BY created_at DESC LIMIT 1",
					   STMT_CERT_ADD);
	static struct made c;
	sqlite3_int64 created_at;

	read_model(&cert, &c);
	created_at = sqlite3_column_int64(cert.row, column(&cert, "created_at"));
	bind_like(&device);
	bind_like(&cert);
	for (long i = 0; i < n; i++) {
		make(&c, i);
		set_text(&device, "$id", c.name);
		add(db, &device);
		set_blob(&cert, "$serial", c.serial, SERIAL_LEN);
		set_blob(&cert, "$sha256", c.sha256, sizeof c.sha256);
		set_blob(&cert, "$der", c.der, c.der_len);
		set_text(&cert, "$common_name", c.name);
		set_text(&cert, "$device", c.name);
		set_int(&cert, "$created_at", created_at - (n - i) * MILLISECOND);
		add(db, &cert);
		print_serial(c.serial);
	}
	sqlite3_finalize(device.row);
	sqlite3_finalize(device.add);
	sqlite3_finalize(cert.row);
	sqlite3_finalize(cert.add);
}

static void copy(const char *from, const char *to)
{
	sqlite3 *db = NULL;
	char *sql = sqlite3_mprintf("VACUUM INTO %Q", to);

	if (sqlite3_open_v2(from, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		fail(db, from);
	run(db, sql);
	sqlite3_free(sql);
	sqlite3_close(db);
}

int main(int argc, char **argv)
{
	long n = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
	sqlite3 *db = NULL;

	if (n < 1) {
		fprintf(stderr, "usage: register FROM TO N\n");
		return 2;
	}
	copy(argv[1], argv[2]);
	if (sqlite3_open_v2(argv[2], &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		fail(db, argv[2]);
	run(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;"
		"PRAGMA foreign_keys = OFF; BEGIN");
	fill(db, n);
	run(db, "COMMIT; PRAGMA journal_mode = WAL");
	sqlite3_close(db);
	return 0;
}
