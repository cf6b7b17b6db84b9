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
	struct issuer out, root;
	struct arena *a = env.arena;
	const struct subject name = { .common_name = "Imported" };
	struct key *key = make_key(KEY_ECDSA, 384), *other = make_key(KEY_ECDSA, 256);
	struct cert_spec spec = { .serial = cert_make_serial(a), .spki = key_get_spki(a, key),
				  .not_before = env.now, .not_after = env.now + 99 * CLOCK_DAY,
				  .is_ca = true, .path_len = -1,
				  .key_usage = KU_CERT_SIGN | KU_CRL_SIGN };
	struct ca_import_order o = { .id = "imported" };
	struct cert *cert, *sub, *leaf;

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

	/* An intermediate with its root, which is not known here. */
	root.cert = NULL;
	spec.serial = cert_make_serial(a);
	spec.spki = key_get_spki(a, make_key(KEY_ECDSA, 256));
	name_make(a, &(struct subject){ .common_name = "Far Sub" }, &spec.subject_der, &err);
	{
		struct key *rk = make_key(KEY_ECDSA, 256);
		struct cert_spec rs = spec;

		rs.spki = key_get_spki(a, rk);
		rs.serial = cert_make_serial(a);
		name_make(a, &(struct subject){ .common_name = "Far Root" }, &rs.subject_der, &err);
		root.cert = cert_make(a, &rs, NULL, rk, &err);
		sub = cert_make(a, &spec, root.cert, rk, &err);
		spec.is_ca = false;
		spec.key_usage = KU_DIGITAL_SIGNATURE;
		leaf = cert_make(a, &spec, root.cert, rk, &err);
	}
	o = (struct ca_import_order){ .id = "far" };
	o.certificate = cert_write_pem(a, leaf->der);
	ok(failed(ca_import(&env, &o, &out, &err), ERR_REJECTED, "not_a_ca"),
	   "an end entity's certificate is refused");
	o.certificate = arena_printf(a, "%s%s", cert_write_pem(a, sub->der),
				     cert_write_pem(a, root.cert->der));
	ok(good(ca_import(&env, &o, &out, &err)) && !out.row.key_uri,
	   "without a key it validates only");
	{
		struct issuer *chain;
		size_t n;

		ok(issuer_load_chain(env.db, a, out.row.ski, &chain, &n, &err) == 0 && n == 2 &&
			   strcmp(chain[1].row.ca, "far.1") == 0,
		   "the root that came with it is known now");
	}
	ok(failed(ca_check_active(&env, &out.row, &err), ERR_BUSY, "ca_inactive"),
	   "it does not sign");
}

int main(void)
{
	fixture_begin();
	test_create();
	test_import();
	fixture_end();
	return done();
}
