/*
 * The other yardstick: what a durable row costs. SQLite in WAL with synchronous=FULL, one row of 700
 * octets with two indexes per transaction, one connection, nothing else.
 *
 *	inserts FILE N
 *
 * Prints "label rate p50 p99 requests errors", as load does.
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void run(sqlite3 *db, const char *sql)
{
	char *text = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &text) == SQLITE_OK)
		return;
	fprintf(stderr, "inserts: %s: %s\n", sql, text);
	exit(1);
}

static void insert(sqlite3 *db, sqlite3_stmt *st, long i)
{
	unsigned char row[700];
	uint64_t serial[2] = { (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15), (uint64_t)i };

	memset(row, (int)i, sizeof row);
	sqlite3_bind_blob(st, 1, serial, sizeof serial, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, (sqlite3_int64)(serial[0] >> 1));
	sqlite3_bind_blob(st, 3, row, sizeof row - sizeof serial - 8, SQLITE_STATIC);
	if (sqlite3_step(st) != SQLITE_DONE) {
		fprintf(stderr, "inserts: %s\n", sqlite3_errmsg(db));
		exit(1);
	}
	sqlite3_reset(st);
}

int main(int argc, char **argv)
{
	long n = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	double *times = calloc((size_t)n + 1, sizeof *times), start;
	sqlite3_stmt *st;
	sqlite3 *db;

	if (n < 1 || !times || sqlite3_open(argv[1], &db) != SQLITE_OK) {
		fprintf(stderr, "usage: inserts FILE N\n");
		return 2;
	}
	run(db, "PRAGMA journal_mode = WAL");
	run(db, "PRAGMA synchronous = FULL");
	run(db, "CREATE TABLE t (serial BLOB NOT NULL, at INTEGER NOT NULL, der BLOB NOT NULL)");
	run(db, "CREATE INDEX t_serial ON t (serial)");
	run(db, "CREATE INDEX t_at ON t (at)");
	sqlite3_prepare_v2(db, "INSERT INTO t VALUES (?, ?, ?)", -1, &st, NULL);
	start = now_us();
	for (long i = 0; i < n; i++) {
		double t = now_us();

		insert(db, st, i);
		times[i] = now_us() - t;
	}
	start = now_us() - start;
	qsort(times, (size_t)n, sizeof *times, by_size);
	printf("inserts %.0f %.0f %.0f %ld 0\n", (double)n / start * 1e6, times[n / 2],
	       times[n - 1 - n / 100], n);
	sqlite3_finalize(st);
	sqlite3_close(db);
	free(times);
	return 0;
}
