/* The guard of what is published: what it is told, and when, and what it can refuse. */
#include "store/store_ca.h"
#include "store/store_cert.h"
#include "store/store_meta.h"
#include "tests/unit/store_test.h"

static struct db *db;
static struct arena *arena;
static const unsigned char ski[20] = { 7 };

/* What the guard saw. */
static struct {
	size_t before, after, n;
	bool all, certain, refuses, seen_by_others;
	unsigned char serial;
} saw;

static bool is_revoked(struct db *from, unsigned char serial)
{
	struct cert_status_row s;
	struct err e = { 0 };

	return store_cert_load_status(from, blob_of(ski, sizeof(ski)), blob_of(&serial, 1), &s,
				      &e) == 1 &&
	       s.status == CERT_REVOKED;
}

static int before(struct db *in, const void *p, const struct db_change *c, void **held,
		  struct err *e)
{
	AUTO(db) *other = test_open(DB_READ_ONLY);

	(void)in;
	(void)p;
	saw.before++;
	saw.n = c->n;
	saw.all = c->all;
	saw.serial = c->n ? c->v[c->n - 1].serial.data[0] : 0;
	saw.seen_by_others = c->n && is_revoked(other, saw.serial);
	*held = &saw;
	return saw.refuses ? err_fault(e, ERR_BUSY, "publication", "refused") : 0;
}

static void after(void *held, bool certain)
{
	saw.after += held == &saw;
	saw.certain = certain;
}

static const struct db_guard guard = { .before = before, .after = after };

static int add(unsigned char serial, const char *kind, struct err *e)
{
	unsigned char *sha256 = arena_alloc(arena, 32), *own = arena_alloc(arena, 1);

	sha256[0] = *own = serial;
	const struct cert_row c = {
		.issuer = blob_of(ski, sizeof(ski)),
		.serial = blob_of(own, 1),
		.subject = "CN=x",
		.not_after = 10,
		.kind = kind,
		.version = -1,
		.sha256 = blob_of(sha256, 32),
		.der = blob_of("x", 1),
	};

	return store_cert_add(db, &c, e);
}

static int revoke_one(unsigned char serial, struct err *e)
{
	return store_cert_set_status(db, blob_of(ski, sizeof(ski)), blob_of(&serial, 1),
				     CERT_REVOKED, 1, 5, 5, e);
}

/* Commits what fn does to the certificate. */
static int in_transaction(int (*fn)(unsigned char serial, struct err *e), unsigned char serial,
			  struct err *e)
{
	AUTO(db_txn) *t = db_begin(db, DB_WRITE, e);

	memset(&saw, 0, sizeof(saw));
	return !t || fn(serial, e) < 0 ? -1 : store_commit(&t, e);
}

static int add_device(unsigned char serial, struct err *e)
{
	return add(serial, "device", e);
}

static int add_other(unsigned char serial, struct err *e)
{
	return add(serial, "responder", e);
}

static int change_nothing(unsigned char serial, struct err *e)
{
	(void)serial;
	return store_meta_bump_trust(db, e);
}

static int revoke_three(unsigned char serial, struct err *e)
{
	for (unsigned char i = 0; i < 3; i++) {
		if (revoke_one(serial + i, e) < 0)
			return -1;
	}
	return 0;
}

static int refused(unsigned char serial, struct err *e)
{
	saw.refuses = true;
	return revoke_one(serial, e);
}

static int begin_and_revoke(unsigned char serial)
{
	struct err e = { 0 };
	AUTO(db_txn) *t = db_begin(db, DB_WRITE, &e);

	memset(&saw, 0, sizeof(saw));
	return t ? revoke_one(serial, &e) : -1;
}

static void test_unguarded(void)
{
	struct err e = { 0 };

	ok(in_transaction(add_device, 1, &e) == 0 && in_transaction(change_nothing, 0, &e) == 0,
	   "without a guard, what changes no status is committed");
	ok(in_transaction(revoke_one, 1, &e) == -1 && e.kind == ERR_INTERNAL && !is_revoked(db, 1),
	   "and a status is not");
	err_clear(&e);
	test_must(in_transaction(add_other, 100, &e) == 0, "add", &e);
	ok(in_transaction(revoke_one, 100, &e) == -1 && !is_revoked(db, 100),
	   "whatever kind it is of");
}

static void test_guarded(void)
{
	struct err e = { 0 };

	db_set_guard(db, &guard);
	for (unsigned char i = 2; i < 10; i++)
		test_must(in_transaction(add_device, i, &e) == 0, "add", &e);
	ok(saw.before == 0 && in_transaction(change_nothing, 0, &e) == 0 && saw.before == 0,
	   "it is not asked about other changes");
	ok(in_transaction(revoke_one, 1, &e) == 0 && saw.before == 1 && saw.after == 1 &&
		   saw.n == 1 && saw.serial == 1 && !saw.all && saw.certain,
	   "it is told of the certificate, and that it is over");
	ok(!saw.seen_by_others && is_revoked(db, 1), "before anybody else can see the change");
	ok(in_transaction(revoke_three, 2, &e) == 0 && saw.n == 3 && saw.serial == 4, "of several");
	ok(in_transaction(refused, 5, &e) == -1 && strcmp(e.code, "publication") == 0 &&
		   !is_revoked(db, 5) && saw.after == 1 && saw.certain,
	   "what it refuses is not committed");
	err_clear(&e);
	ok(begin_and_revoke(6) == 0 && saw.before == 0 && !is_revoked(db, 6),
	   "what is rolled back is none of its concern");
	ok(in_transaction(change_nothing, 0, &e) == 0 && saw.before == 0,
	   "nor of the next transaction's");
	ok(in_transaction(revoke_one, 100, &e) == 0 && saw.all,
	   "what is not a device's changes what stands above");
}

/* Each has the file beside the database for itself. */
static void test_restores(void)
{
	const char *backup = arena_strdup(arena, test_path("backup"));
	struct db *other = test_open(DB_READ_WRITE), *first, *second;
	struct err e = { 0 };

	test_must(db_backup(db, backup, &e) == 0, "backup", &e);
	first = db_restore_begin(db, arena, backup, &e);
	second = db_restore_begin(other, arena, backup, &e);
	ok(first && !second && strcmp(e.code, "restoring") == 0,
	   "a second restore is told of the first");
	err_clear(&e);
	ok(in_transaction(revoke_one, 8, &e) == 0, "and nobody is kept from writing");
	ok(db_restore_commit(db, first, NULL, NULL, &e) == 0 && !is_revoked(other, 8),
	   "the first goes on as if nothing were");
	db_restore_end(first);
	second = db_restore_begin(other, arena, backup, &e);
	ok(second, "after it, the next one");
	db_restore_end(second);
	db_close(other);
	unlink(backup);
}

int main(void)
{
	test_begin();
	arena = arena_new();
	db = db_open(test_db, DB_CREATE, &(struct err){ 0 });
	test_must(db && db_migrate(db, &(struct err){ 0 }) == 0, "database", &(struct err){ 0 });
	test_unguarded();
	test_guarded();
	test_restores();
	db_close(db);
	arena_free(arena);
	return done();
}
