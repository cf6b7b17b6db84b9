/* Making and importing CAs, and what they sign. */
#include "ca_fixture.h"

#include <dirent.h>

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

static void test_import(void)
{
	struct issuer out;
	struct arena *a = env.arena;
	const struct subject name = { .common_name = "Imported" };
	struct key *key = make_key(KEY_ECDSA, 384), *other = make_key(KEY_ECDSA, 256);
	struct cert_spec spec = { .serial = cert_make_serial(a),
				  .spki = key_get_spki(a, key),
				  .not_before = env.now,
				  .not_after = env.now + 99 * CLOCK_DAY,
				  .is_ca = true,
				  .path_len = -1,
				  .key_usage = KU_CERT_SIGN | KU_CRL_SIGN };
	struct ca_import_order o = { .id = "imported" };
	struct cert *cert;

	name_make(a, &name, &spec.subject_der, &err);
	cert = cert_make(a, &spec, NULL, key, &err);
	o.certificate = cert_write_pem(a, cert->der);
	o.private_key = (const char *)key_write_pem(a, other, &err).data;
	ok(failed(ca_import(&env, &o, &out, &err), ERR_REJECTED, "key_mismatch"),
	   "another key is refused");
	ok(count_keys() == 2, "and not kept");
	o.private_key = (const char *)key_write_pem(a, key, &err).data;
	ok(good(ca_import(&env, &o, &out, &err)) && out.row.key_uri, "with its key it is imported");
	ok(count_keys() == 3, "the key is kept");
	o.id = "again";
	ok(failed(ca_import(&env, &o, &out, &err), ERR_CONFLICT, "ca_exists"), "once");
	ok(count_keys() == 3, "and the second import does not take the key away");
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
	test_import_chain();
	fixture_end();
	return done();
}
