/* Rows of CAs, issuers, DMSs, operators and the database's own facts, there and back. */
#include "store/store_ca.h"
#include "store/store_crl.h"
#include "store/store_dms.h"
#include "store/store_event.h"
#include "store/store_meta.h"
#include "store/store_operator.h"
#include "tests/unit/store_test.h"

static struct db *db;
static struct arena *a;
static struct err e;

static bool same(const char *x, const char *y)
{
	return x && y ? strcmp(x, y) == 0 : x == y;
}

/* n times the character. */
static struct blob bytes(char c, size_t n)
{
	char *p = arena_alloc(a, n);

	memset(p, c, n);
	return blob_of(p, n);
}

static struct issuer_row an_issuer(const char *ca, char c)
{
	return (struct issuer_row){
		.ski = bytes(c, 32),
		.ca = ca,
		.der = bytes(c, 600),
		.sha256 = bytes(c, 32),
		.serial = bytes(c, 16),
		.name_sha1 = bytes('n', 20),
		.name_sha256 = bytes('n', 32),
		.key_sha1 = bytes(c, 20),
		.key_sha256 = bytes(c, 32),
		.not_before = 1,
		.not_after = INT64_C(253402300799000000),
		.created_at = 7,
	};
}

static void add_ca(const char *id, const char *name, const struct issuer_row *i)
{
	const struct ca_row ca = {
		.id = id, .name = name, .issuer = i->ski, .metadata = "{}", .created_at = 5
	};

	test_must(store_ca_add(db, &ca, &e) == 0 && store_issuer_add(db, i, &e) == 0, id, &e);
}

static void test_issuer(void)
{
	struct issuer_row root = an_issuer("root", 'r'), sub = an_issuer("sub", 's'), got = { 0 },
			  *v;
	size_t n;

	root.parent = root.ski;
	root.key_uri = "file:/keys/r.key";
	add_ca("root", "Root", &root);
	add_ca("sub", "Sub", &sub);
	ok(store_issuer_load(db, a, root.ski, &got, &e) == 1 && blob_equal(got.der, root.der) &&
		   blob_equal(got.sha256, root.sha256) && blob_equal(got.parent, root.ski) &&
		   blob_equal(got.serial, root.serial) && same(got.ca, "root") &&
		   same(got.key_uri, root.key_uri) && got.not_before == 1 &&
		   got.not_after == root.not_after && got.created_at == 7 && !got.crl_dirty &&
		   got.revoked_at == 0,
	   "an issuer comes back");
	ok(store_issuer_load(db, a, sub.ski, &got, &e) == 1 && !got.key_uri && got.parent.len == 0,
	   "one without key and parent too");
	ok(store_issuer_load(db, a, bytes('x', 32), &got, &e) == 0, "an unknown one is 0");
	ok(store_issuer_load_by_hash(db, a, root.name_sha1, root.key_sha1, &got, &e) == 1 &&
		   same(got.ca, "root"),
	   "found by the SHA-1 of a CertID");
	ok(store_issuer_load_by_hash(db, a, root.name_sha1, sub.key_sha1, &got, &e) == 0,
	   "one name, the key decides; and one without key is not found");
	ok(store_issuer_load_by_hash(db, a, root.name_sha256, root.key_sha256, &got, &e) == 1 &&
		   same(got.ca, "root"),
	   "by SHA-256");
	ok(store_issuer_load_by_hash(db, a, bytes('n', 48), bytes('r', 48), &got, &e) == 0 &&
		   store_issuer_load_by_hash(db, a, bytes('y', 20), root.key_sha1, &got, &e) == 0,
	   "another length or name finds nothing");
	ok(store_issuer_set_revoked(db, sub.ski, 99, 4, &e) == 0 &&
		   store_issuer_list(db, a, &v, &n, &e) == 0 && n == 2 && v[0].revoked_at == 0 &&
		   v[1].revoked_at == 99 && v[1].reason == 4,
	   "revoked: this one only");
}

static void test_ca(void)
{
	struct issuer_row twin = an_issuer("twin", 't');
	struct ca_row ca, *v;
	size_t n;

	ok(store_ca_load(db, a, "root", &ca, &e) == 1 && same(ca.name, "Root") && !ca.profile &&
		   same(ca.metadata, "{}") && ca.created_at == 5 &&
		   blob_equal(ca.issuer, bytes('r', 32)),
	   "a CA comes back");
	ok(store_ca_find(db, a, "Sub", &ca, &e) == 1 && same(ca.id, "sub"), "found by name");
	ok(store_ca_find(db, a, "sub", &ca, &e) == 1 && same(ca.id, "sub"), "found by id");
	ok(store_ca_find(db, a, "SUB", &ca, &e) == 0, "by the whole name, case and all");
	add_ca("twin", "Sub", &twin);
	ok(store_ca_find(db, a, "Sub", &ca, &e) == -1 && e.kind == ERR_MALFORMED &&
		   same(e.code, "ambiguous"),
	   "two of one name are ambiguous");
	err_clear(&e);
	ok(store_ca_list(db, a, NULL, 2, &v, &n, &e) == 0 && n == 2 && same(v[0].id, "root") &&
		   store_ca_list(db, a, v[1].id, 2, &v, &n, &e) == 0 && n == 1 &&
		   same(v[0].id, "twin"),
	   "listed in pages");
}

static void test_crl_scopes(struct crl_row *c)
{
	struct crl_row *v, got;
	size_t n;

	c->scope = "delta";
	c->entries = bytes('e', 32);
	ok(store_crl_save(db, c, &e) == 0 && store_crl_list(db, a, c->issuer, &v, &n, &e) == 0 &&
		   n == 2 && same(v[0].scope, "") && !v[0].entries.len &&
		   same(v[1].scope, "delta") && v[1].entries.len == 32 && same(v[1].urls, "u") &&
		   !v[1].der.len,
	   "each scope has one");
	ok(store_crl_delete(db, c->issuer, "delta", &e) == 0 &&
		   store_crl_load(db, a, c->issuer, "delta", &got, &e) == 0 &&
		   store_crl_load(db, a, c->issuer, "", &got, &e) == 1,
	   "one of them goes");
}

/* The issuers of this test have one name. */
static void test_crl_series(void)
{
	const struct blob ski = bytes('r', 32), twin = bytes('s', 32);
	struct crl_series s, t;
	int64_t highest;

	test_must(store_crl_load_series(db, ski, &s, &e) == 1, "series", &e);
	ok(!s.dirty && s.number == 0 && s.made_at == 0, "no number was given yet");
	ok(store_crl_mark(db, twin, &e) == 0 && store_crl_load_series(db, ski, &s, &e) == 1 &&
		   store_crl_load_series(db, twin, &t, &e) == 1 && s.dirty && t.dirty &&
		   s.change == 1 && t.change == 1,
	   "a revocation marks all issuers of the name");
	s.number = 7;
	s.made_at = 70;
	s.pause = 1;
	ok(store_crl_save_series(db, ski, &s, 0, &e) == 1 &&
		   store_crl_load_series(db, ski, &t, &e) == 1 && !t.dirty && t.number == 7 &&
		   t.made_at == 70 && t.pause == 1,
	   "what was made is not due any more");
	ok(store_crl_save_series(db, ski, &s, 0, &e) == 0, "who read another number does nothing");
	s.number = 8;
	ok(store_crl_mark(db, ski, &e) == 0 && store_crl_save_series(db, ski, &s, 7, &e) == 1 &&
		   store_crl_load_series(db, ski, &t, &e) == 1 && t.dirty && t.number == 8,
	   "what changed since the list was read stays due");
	ok(store_crl_load_highest(db, twin, &highest, &e) == 1 && highest == 8,
	   "the highest number of the name");
	ok(store_crl_jump(db, ski, 99, &e) == 0 && store_crl_load_series(db, ski, &t, &e) == 1 &&
		   t.number == 99 && t.dirty && t.made_at == 0 && t.change == s.change + 2,
	   "a jump makes all due");
}

static void test_crl(void)
{
	const struct blob ski = bytes('r', 32);
	struct crl_row c = { .issuer = ski,
			     .scope = "",
			     .urls = "u",
			     .number = 3,
			     .this_update = 1,
			     .next_update = 2,
			     .der = bytes('c', 9) },
		       got;
	struct responder_row r = { .issuer = ski,
				   .der = bytes('d', 9),
				   .key_uri = "file:1",
				   .not_before = 1,
				   .not_after = 2 },
			     had;

	ok(store_crl_load(db, a, ski, "", &got, &e) == 0, "no CRL yet");
	ok(store_crl_save(db, &c, &e) == 0 && store_crl_load(db, a, ski, "", &got, &e) == 1 &&
		   got.number == 3 && got.this_update == 1 && got.next_update == 2 &&
		   blob_equal(got.der, c.der),
	   "a CRL comes back");
	ok(store_crl_save(db, &c, &e) == -1 && e.kind == ERR_CONFLICT, "its number must grow");
	err_clear(&e);
	c.number = 4;
	ok(store_crl_save(db, &c, &e) == 0 && store_crl_load(db, a, ski, "", &got, &e) == 1 &&
		   got.number == 4,
	   "and then takes the old one's place");
	test_crl_scopes(&c);
	ok(store_responder_load(db, a, ski, &had, &e) == 0 && store_responder_save(db, &r, &e) == 0,
	   "a responder is saved");
	r.key_uri = "file:2";
	ok(store_responder_save(db, &r, &e) == 0 &&
		   store_responder_load(db, a, ski, &had, &e) == 1 && same(had.key_uri, "file:2") &&
		   had.not_after == 2 && blob_equal(had.der, r.der),
	   "the next one replaces it");
}

static void test_dms(void)
{
	struct dms_row d = { .id = "b",
			     .name = "N\xc3\xa4me",
			     .settings = "{\"x\":1}",
			     .metadata = "{}",
			     .enrollment_ca = "sub",
			     .version = 1,
			     .created_at = 3,
			     .updated_at = 4 };
	struct dms_row got, *v;
	int64_t count = 0;
	size_t n;

	ok(store_dms_add(db, &d, &e) == 0 && store_dms_load(db, a, "b", &got, &e) == 1 &&
		   same(got.name, d.name) && same(got.settings, d.settings) &&
		   same(got.enrollment_ca, "sub") && got.version == 1 && got.created_at == 3 &&
		   got.updated_at == 4,
	   "a DMS comes back");
	d.enrollment_ca = NULL;
	d.id = "a";
	ok(store_dms_add(db, &d, &e) == 0 && store_dms_load(db, a, "a", &got, &e) == 1 &&
		   !got.enrollment_ca,
	   "one without CA too");
	ok(store_dms_list(db, a, NULL, 9, &v, &n, &e) == 0 && n == 2 && same(v[0].id, "a") &&
		   store_dms_list(db, a, "a", 9, &v, &n, &e) == 0 && n == 1 && same(v[0].id, "b"),
	   "listed after a key");
	ok(store_dms_list_by_ca(db, a, "sub", &v, &n, &e) == 0 && n == 1 && same(v[0].id, "b"),
	   "listed by its CA");
	ok(store_dms_count(db, &count, &e) == 0 && count == 2, "counted");
	ok(store_dms_remove(db, "a", &e) == 0 && store_dms_load(db, a, "a", &got, &e) == 0,
	   "removed");
}

static void test_profile(void)
{
	const struct profile_row p = { .id = "p", .name = "P", .profile = "{}", .created_at = 1 };
	struct profile_row got, *v;
	size_t n;

	ok(store_profile_add(db, &p, &e) == 0 && store_profile_load(db, a, "p", &got, &e) == 1 &&
		   same(got.name, "P") && same(got.profile, "{}") && got.created_at == 1,
	   "a profile comes back");
	ok(store_profile_add(db, &p, &e) == -1 && e.kind == ERR_CONFLICT, "its id is taken");
	err_clear(&e);
	ok(store_profile_list(db, a, NULL, 9, &v, &n, &e) == 0 && n == 1, "listed");
}

static void test_operator(void)
{
	struct operator_row o = { .sha256 = bytes('o', 32),
				  .name = "alice",
				  .role = "admin",
				  .created_at = 2 },
			    got, *v;
	size_t n;

	ok(store_operator_add(db, &o, &e) == 0 &&
		   store_operator_load(db, a, o.sha256, &got, &e) == 1 && same(got.name, "alice") &&
		   same(got.role, "admin") && !got.dms && got.created_at == 2 &&
		   got.removed_at == 0,
	   "an operator comes back");
	ok(store_operator_remove(db, o.sha256, 50, &e) == 0 &&
		   store_operator_remove(db, o.sha256, 60, &e) == 0 &&
		   store_operator_load(db, a, o.sha256, &got, &e) == 1 && got.removed_at == 50,
	   "removed once, at the first time, and still there to be named");
	o.sha256 = bytes('p', 32);
	o.dms = "[\"b\"]";
	o.created_at = 1;
	ok(store_operator_add(db, &o, &e) == 0 && store_operator_list(db, a, &v, &n, &e) == 0 &&
		   n == 2 && same(v[0].dms, "[\"b\"]"),
	   "listed by age");
}

static void test_meta(void)
{
	struct job_row j = { .name = "crl", .last_at = 1, .last_error = "broken" }, got;
	struct meta_row m, m2;

	ok(store_meta_load(db, a, &m, &e) == 1 && m.epoch.len == 16 &&
		   store_meta_bump_trust(db, &e) == 0 && store_meta_load(db, a, &m2, &e) == 1 &&
		   m2.trust_generation == m.trust_generation + 1 && blob_equal(m.epoch, m2.epoch),
	   "the trust generation grows by one, the epoch stays");
	ok(store_job_load(db, a, "crl", &got, &e) == 0 && store_job_save(db, &j, &e) == 0 &&
		   store_job_load(db, a, "crl", &got, &e) == 1 && same(got.last_error, "broken") &&
		   got.last_at == 1,
	   "a job's state comes back");
	j = (struct job_row){ .name = "crl", .last_at = 2 };
	ok(store_job_save(db, &j, &e) == 0 && store_job_load(db, a, "crl", &got, &e) == 1 &&
		   !got.last_error && got.last_at == 2,
	   "and the next one replaces it");
}

int main(void)
{
	struct db_txn *t;

	test_begin();
	a = arena_new();
	db = test_open(DB_CREATE);
	t = db_begin(db, DB_WRITE, &e);
	test_must(t, "begin", &e);
	test_issuer();
	test_ca();
	test_crl();
	test_crl_series();
	test_dms();
	test_profile();
	test_operator();
	test_meta();
	ok(store_commit(&t, &e) == 0, "all of it can be committed");
	db_close(db);
	arena_free(a);
	return done();
}
