/*
 * Many writers at once, through core/store: how long is the longest wait against the median?
 *
 *	writers NEW-FILE WRITERS TRANSACTIONS
 *
 * Each process writes single certificate rows, one transaction each. Prints "label rate p50 p99
 * requests errors longest", microseconds from the wish to write to the durable row.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rand.h"
#include "store/store_cert.h"

struct shared {
	long errors;
	int64_t times[];
};

static int write_row(struct db *db, struct err *e)
{
	unsigned char serial[16], digest[32], der[700] = { 0x30 };
	const struct cert_row row = {
		.issuer = blob_of(der, 32),
		.serial = blob_of(serial, sizeof serial),
		.sha256 = blob_of(digest, sizeof digest),
		.der = blob_of(der, sizeof der),
		.subject = "CN=device",
		.common_name = "device",
		.not_before = 1,
		.not_after = 2,
		.status_at = 1,
		.kind = "device",
		.dms = "dms",
		.version = -1,
		.created_at = clock_now(),
	};
	AUTO(db_txn) *t = db_begin(db, DB_WRITE, e);

	rand_fill(serial, sizeof serial);
	rand_fill(digest, sizeof digest);
	if (!t || store_cert_add(db, &row, e))
		return -1;
	return store_commit(&t, e);
}

static int writer(const char *path, int go, int64_t *times, long n, long *errors)
{
	struct err e = { .kind = ERR_NONE };
	AUTO(db) *db = db_open(path, DB_READ_WRITE, &e);
	char c;

	if (!db || read(go, &c, 1) != 0)	/* all begin when the pipe closes */
		return 1;
	for (long i = 0; i < n; i++) {
		int64_t start = clock_monotonic();

		if (write_row(db, &e) && __atomic_fetch_add(errors, 1, __ATOMIC_RELAXED) == 0)
			fprintf(stderr, "writers: %s\n", err_log_text(&e));
		times[i] = clock_monotonic() - start;
	}
	return 0;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int create(const char *path)
{
	struct err e = { .kind = ERR_NONE };
	AUTO(db) *db = db_open(path, DB_CREATE, &e);

	if (db && !db_migrate(db, &e))
		return 0;
	fprintf(stderr, "writers: %s\n", err_log_text(&e));
	return -1;
}

int main(int argc, char **argv)
{
	long n = argc == 4 ? strtol(argv[2], NULL, 10) : 0,
	     each = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
	size_t total = (size_t)(n * each);
	struct shared *s;
	int64_t start;
	int go[2];

	if (n < 1 || each < 1 || pipe2(go, O_CLOEXEC) || create(argv[1])) {
		fprintf(stderr, "usage: writers NEW-FILE WRITERS TRANSACTIONS\n");
		return 2;
	}
	s = mmap(NULL, sizeof *s + total * sizeof *s->times, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED)
		return 1;
	for (long i = 0; i < n; i++) {
		if (fork() == 0) {
			close(go[1]);
			_exit(writer(argv[1], go[0], s->times + i * each, each, &s->errors));
		}
	}
	sleep(1);	/* until all have opened it */
	start = clock_monotonic();
	close(go[1]);
	for (int status; wait(&status) > 0;)
		s->errors += status != 0;
	start = clock_monotonic() - start;
	qsort(s->times, total, sizeof *s->times, by_size);
	printf("writers %.0f %lld %lld %zu %ld %lld\n", (double)total / (double)start * 1e6,
	       (long long)s->times[total / 2], (long long)s->times[total - 1 - total / 100], total,
	       s->errors, (long long)s->times[total - 1]);
	return s->errors != 0;
}
