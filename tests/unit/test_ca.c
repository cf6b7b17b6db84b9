/* Making and importing CAs, and what they sign. */
#include "ca_fixture.h"

#include <dirent.h>
#include <malloc.h>
#include <pthread.h>

static int count_keys(void)
{
	DIR *d = opendir(arena_printf(env.arena, "%s/keys", fixture_dir));
	int n = 0;

	for (struct dirent *f = d ? readdir(d) : NULL; f; f = readdir(d))
		n += f->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static void test_create(void)
{
	struct issuer root, sub, out, *chain;
	struct cert_row row;
	size_t n;

	ok(good(make_ca("root", NULL, 3650 * CLOCK_DAY, &root)), "a root is made");
	ok(root.cert->is_ca && root.cert->self_issued &&
		   root.cert->key_usage == (KU_CERT_SIGN | KU_CRL_SIGN),
	   "it is a CA, signed by itself, for certificates and CRLs");
	ok(blob_equal(root.row.ski, key_make_ski(env.arena, root.cert->spki)),
	   "its key identifier is the SHA-256 of its key");
	ok(good(make_ca("sub", "root", 9999 * CLOCK_DAY, &sub)), "a CA below it is made");
	ok(sub.row.not_after == root.row.not_after, "it ends with its parent");
	ok(cert_check_signed_by(sub.cert, root.cert, &err) == 0, "the parent signed it");
	ok(issuer_load_chain(env.db, env.arena, sub.row.ski, &chain, &n, &err) == 0 && n == 2,
	   "its chain leads to the root");
	row = load_cert(sub.cert);
	ok(blob_equal(row.issuer, root.row.ski) && strcmp(row.kind, "ca") == 0,
	   "its certificate is in the register, below the root");
	ok(sub.row.crl_dirty, "its first CRL is due");
	ok(failed(make_ca("sub", NULL, CLOCK_DAY, &out), ERR_CONFLICT, "name_taken"),
	   "an id is given once");
	ok(make_ca("CA sub", NULL, CLOCK_DAY, &out) < 0 && err.kind == ERR_REJECTED,
	   "an id with a space is refused");
	err_clear(&err);
	ok(failed(make_ca("x", "nobody", CLOCK_DAY, &out), ERR_NOT_FOUND, "ca"),
	   "a parent that is not there is refused");
	ok(count_keys() == 2, "what failed left no key behind");
}

/* Another importer, with a connection of its own, as the API's workers are. */
static void *import_elsewhere(void *p)
{
	const struct ca_import_order *o = p;
	struct env own = env;
	struct issuer out;
	struct err e = { 0 };
	void *done = NULL;

	own.arena = arena_new();
	if (published_open(&fixture_conf, &own.db, &e) == 0 && ca_import(&own, o, &out, &e) == 0)
		done = p;
	db_close(own.db);
	arena_free(own.arena);
	return done;
}

/* Who waits for the write gate may give up: what it would leave or take away, another relies on. */
static void test_import_waits(struct ca_import_order *o)
{
	AUTO(db_txn) *t = db_begin(env.db, DB_WRITE, &err);
	int before = count_keys();
	void *done = NULL;
	pthread_t other;

	if (!t || pthread_create(&other, NULL, import_elsewhere, o) != 0)
		fixture_die("thread");
	usleep(400000);
	ok(count_keys() == before, "an import that waits for the write gate has no key file yet");
	db_rollback(t);
	t = NULL;
	ok(pthread_join(other, &done) == 0 && done, "then the CA is imported with its key");
	ok(count_keys() == before + 1, "which is kept");
}

static struct cert *make_root(const char *cn, const struct key *key)
{
	struct arena *a = env.arena;
	const struct subject name = { .common_name = cn };
	struct cert_spec spec = { .serial = cert_make_serial(a),
				  .spki = key_get_spki(a, key),
				  .not_before = env.now,
				  .not_after = env.now + 99 * CLOCK_DAY,
				  .is_ca = true,
				  .path_len = -1,
				  .key_usage = KU_CERT_SIGN | KU_CRL_SIGN };
	struct cert *cert;

	name_make(a, &name, &spec.subject_der, &err);
	cert = cert_make(a, &spec, NULL, key, &err);
	if (!cert)
		fixture_die("root");
	return cert;
}

static void test_import(void)
{
	struct issuer out;
	struct arena *a = env.arena;
	struct key *key = make_key(KEY_ECDSA, 384), *other = make_key(KEY_ECDSA, 256);
	struct ca_import_order o = { .id = "imported" };
	struct cert *cert = make_root("Imported", key);

	o.certificate = cert_write_pem(a, cert->der);
	o.private_key = (const char *)key_write_pem(a, other, &err).data;
	ok(failed(ca_import(&env, &o, &out, &err), ERR_REJECTED, "key_mismatch"),
	   "another key is refused");
	ok(count_keys() == 2, "and not kept");
	o.private_key = (const char *)key_write_pem(a, key, &err).data;
	test_import_waits(&o);
	o.id = "again";
	ok(failed(ca_import(&env, &o, &out, &err), ERR_CONFLICT, "ca_exists"), "once");
	ok(count_keys() == 3, "and the second import does not take the key away");
}

/* The memory that is in use after loading a wrong key so often. */
static size_t use_wrong_key(const struct issuer_row *wrong, int times)
{
	struct err e = { 0 };
	bool refused = true;

	for (int i = 0; i < times; i++) {
		AUTO(arena) *a = arena_new();
		struct env own = env;

		own.arena = a;
		refused = !ca_key(&own, wrong, &e) && refused;
		err_clear(&e);
	}
	if (!refused)
		fixture_die("a wrong key is used");
	return mallinfo2().uordblks;
}

static void test_wrong_key(void)
{
	struct issuer i;
	size_t before;

	if (issuer_load(env.db, env.arena, "sub", &i, &err) <= 0)
		fixture_die("sub");
	i.row.key_uri = arena_printf(env.arena, "file:%s/wrong.key", fixture_dir);
	key_save(make_key(KEY_ECDSA, 256), i.row.key_uri + strlen("file:"), NULL, &err);
	before = use_wrong_key(&i.row, 20);
	ok(use_wrong_key(&i.row, 200) < before + 50000, "a key that does not fit is not kept");
}

static bool is_refused(const char *uri, const struct issuer *i)
{
	const struct ca_order o = { .id = "named",
				    .subject = { .common_name = "Named" },
				    .validity = { .type = VALIDITY_DURATION,
						  .duration = CLOCK_DAY },
				    .key_uri = uri };
	const struct ca_import_order m = { .id = "named",
					   .certificate = cert_write_pem(env.arena, i->cert->der),
					   .key_uri = uri };
	struct issuer out;

	return failed(ca_create(&env, &o, &out, &err), ERR_REJECTED, "key_uri") &&
	       failed(ca_import(&env, &m, &out, &err), ERR_REJECTED, "key_uri");
}

/* The URI of a key comes from outside. */
static void test_key_uri(void)
{
	struct arena *a = env.arena;
	const char *keys = arena_printf(a, "%s/keys", fixture_dir);
	const char *out = arena_printf(a, "%s/outside.key", fixture_dir);
	const char *link = arena_printf(a, "%s/link.key", keys);
	const char *in = arena_printf(a, "%s/inside.key", keys);
	struct ca_order o = { .id = "named",
			      .subject = { .common_name = "Named" },
			      .validity = { .type = VALIDITY_DURATION, .duration = CLOCK_DAY } };
	struct key *key = make_key(KEY_ECDSA, 256);
	struct issuer made, far = { .cert = make_root("Foreign", key) };

	if (key_save(key, out, NULL, &err) < 0 || symlink(out, link) < 0 ||
	    key_save(make_key(KEY_ECDSA, 256), in, NULL, &err) < 0)
		fixture_die("keys");
	ok(is_refused(arena_printf(a, "file:%s", out), &far), "a key elsewhere is refused");
	ok(is_refused(arena_printf(a, "file:%s/../outside.key", keys), &far), "by .. too");
	ok(is_refused(arena_printf(a, "file:%s", link), &far), "and by a link");
	ok(is_refused(arena_printf(a, "file:%s/none.key", keys), &far),
	   "nor one that is not there");
	ok(is_refused("/etc/passwd", &far) && is_refused("ftp:/x", &far) && is_refused("", &far),
	   "and what is no such URI");
	o.key_uri = arena_printf(a, "file:%s", in);
	ok(good(ca_create(&env, &o, &made, &err)) && strcmp(made.row.key_uri, o.key_uri) == 0,
	   "a key below state_dir/keys is taken");
}

static void test_drop(void)
{
	struct ca_draft d = { 0 };
	struct issuer i;

	if (issuer_load(env.db, env.arena, "imported", &i, &err) <= 0)
		fixture_die("imported");
	d.issuer = i;
	d.key_file = i.row.key_uri + strlen("file:");
	ca_draft_drop(&env, &d);
	ok(access(d.key_file, F_OK) == 0,
	   "who fails takes no key away that a CA of another has by now");
	d.issuer.row.ski = blob_of("other", 5);
	ca_draft_drop(&env, &d);
	ok(access(d.key_file, F_OK) == 0, "by whatever key identifier");
	d.issuer.row.key_uri = "file:/other";
	d.key_file = arena_printf(env.arena, "%s/keys/other.key", fixture_dir);
	key_save(make_key(KEY_ECDSA, 256), d.key_file, NULL, &err);
	ca_draft_drop(&env, &d);
	ok(access(d.key_file, F_OK) < 0, "a key that no CA has is removed");
}

/* A root that is made elsewhere, a CA below it, and a device's certificate of the root. */
struct far {
	struct cert *root, *sub, *leaf;
};

static void make_far(const char *name, struct far *f)
{
	struct arena *a = env.arena;
	struct key *root_key = make_key(KEY_ECDSA, 256);
	struct cert_spec spec = { .not_before = env.now,
				  .not_after = env.now + 99 * CLOCK_DAY,
				  .is_ca = true,
				  .path_len = -1,
				  .key_usage = KU_CERT_SIGN | KU_CRL_SIGN };
	struct subject s = { .common_name = arena_printf(a, "%s Root", name) };

	spec.serial = cert_make_serial(a);
	spec.spki = key_get_spki(a, root_key);
	name_make(a, &s, &spec.subject_der, &err);
	f->root = cert_make(a, &spec, NULL, root_key, &err);
	s.common_name = arena_printf(a, "%s Sub", name);
	spec.serial = cert_make_serial(a);
	spec.spki = key_get_spki(a, make_key(KEY_ECDSA, 256));
	name_make(a, &s, &spec.subject_der, &err);
	f->sub = cert_make(a, &spec, f->root, root_key, &err);
	spec.serial = cert_make_serial(a);
	spec.is_ca = false;
	spec.key_usage = KU_DIGITAL_SIGNATURE;
	f->leaf = cert_make(a, &spec, f->root, root_key, &err);
	if (!f->root || !f->sub || !f->leaf)
		fixture_die("far");
}

static const char *parent_of(const char *id)
{
	struct issuer i, *chain;
	size_t n;

	if (issuer_load(env.db, env.arena, id, &i, &err) <= 0 ||
	    issuer_load_chain(env.db, env.arena, i.row.ski, &chain, &n, &err) < 0)
		fixture_die(id);
	return n > 1 ? chain[1].row.ca : "";
}

static void test_import_chain(void)
{
	struct arena *a = env.arena;
	struct ca_import_order o = { .id = "far" };
	struct issuer out;
	struct far f;

	make_far("Far", &f);
	o.certificate = cert_write_pem(a, f.leaf->der);
	ok(failed(ca_import(&env, &o, &out, &err), ERR_REJECTED, "not_a_ca"),
	   "an end entity's certificate is refused");
	o.certificate = arena_printf(a, "%s%s", cert_write_pem(a, f.sub->der),
				     cert_write_pem(a, f.root->der));
	ok(good(ca_import(&env, &o, &out, &err)) && !out.row.key_uri,
	   "without a key it validates only");
	ok(failed(ca_check_active(&env, &out.row, &err), ERR_BUSY, "ca_inactive"),
	   "and does not sign");
	ok(strcmp(parent_of("far"), "far.1") == 0, "the root that came with it is known now");
	make_far("Late", &f);
	o = (struct ca_import_order){ .id = "late-sub",
				      .certificate = cert_write_pem(a, f.sub->der) };
	ok(good(ca_import(&env, &o, &out, &err)) && !*parent_of("late-sub"),
	   "a CA is imported before the one above it");
	o = (struct ca_import_order){ .id = "late-root",
				      .certificate = cert_write_pem(a, f.root->der) };
	ok(good(ca_import(&env, &o, &out, &err)) && strcmp(parent_of("late-sub"), "late-root") == 0,
	   "which it then gets to know");
	ok(blob_equal(load_cert(f.sub).issuer, out.row.ski),
	   "and its certificate is in the register");
	o = (struct ca_import_order){ .id = "junk", .certificate = "junk" };
	ok(ca_import(&env, &o, &out, &err) < 0 && err.kind == ERR_MALFORMED, "junk is refused");
	err_clear(&err);
}

int main(void)
{
	fixture_begin();
	test_create();
	test_import();
	test_drop();
	test_key_uri();
	test_wrong_key();
	test_import_chain();
	fixture_end();
	return done();
}
