/* The bundle of CAs whose client certificates the web server takes: what is in it, and who is told. */
#include "ca_fixture.h"
#include "store/store_meta.h"

static struct issuer root, ca;

static int count_certs(void)
{
	FILE *f = fopen(fixture_conf.trust.bundle, "r");
	char line[256];
	int n = 0;

	while (f && fgets(line, sizeof(line), f))
		n += strncmp(line, "-----BEGIN CERTIFICATE", 22) == 0;
	if (f)
		fclose(f);
	return n;
}

static int count_reloads(void)
{
	FILE *f = fopen(arena_printf(env.arena, "%s/reloads", fixture_dir), "r");
	int n = 0;

	while (f && fgetc(f) == 'x')
		n += fgetc(f) == '\n';
	if (f)
		fclose(f);
	return n;
}

static void bump(void)
{
	AUTO(db_txn) *t = db_begin(env.db, DB_WRITE, &err);

	if (!t || store_meta_bump_trust(env.db, &err) < 0 || store_commit(&t, &err) < 0)
		fixture_die("meta");
}

static int certs_after(const struct cert *ca_cert, int reason)
{
	bool made;

	if (!good(revoke_one(ca_cert, reason)) || !good(trust_write(&env, &made, &err)) || !made)
		return -1;
	return count_certs();
}

static void test_trust_revoked(void)
{
	ok(certs_after(ca.cert, REASON_CERTIFICATE_HOLD) == 1,
	   "a revoked CA leaves the bundle, and a root that nothing else needs");
	ok(certs_after(ca.cert, -1) == 3, "released, both are back");
	ok(certs_after(root.cert, REASON_CERTIFICATE_HOLD) == 1,
	   "what is below a revoked CA leaves with it");
	ok(certs_after(root.cert, -1) == 3, "and comes back with it");
}

static void test_trust(void)
{
	struct issuer i;
	struct meta_row meta;
	bool made;

	ok(good(trust_write(&env, &made, &err)) && made, "the bundle is written");
	ok(count_certs() == 2, "the enrollment CA and its root, not the third CA");
	ok(count_reloads() == 1, "the server was told");
	store_meta_load(env.db, env.arena, &meta, &err);
	ok(trust_generation(&fixture_conf) == meta.trust_generation, "its generation is known");
	ok(good(trust_write(&env, &made, &err)) && !made, "there is nothing to do then");
	bump();
	ok(good(trust_write(&env, &made, &err)) && made && count_reloads() == 1,
	   "another generation of the same certificates reloads nothing");
	make_ca("operators", NULL, CLOCK_DAY, &i);
	fixture_conf.trust.reload_command = "exit 3";
	ok(failed(trust_write(&env, &made, &err), ERR_BUSY, "reload_command"),
	   "a reload command that fails is told");
	ok(count_certs() == 3, "the bundle has the operators' CA");
	ok(trust_generation(&fixture_conf) == -1, "and counts as not taken");
	fixture_conf.trust.reload_command = "true";
	ok(good(trust_write(&env, &made, &err)) && made, "the next time tries again");
	ok(trust_generation(&fixture_conf) > 0, "and it is taken");
	test_trust_revoked();
}

int main(void)
{
	struct issuer other;

	fixture_begin();
	if (make_ca("root", NULL, 3650 * CLOCK_DAY, &root) < 0 ||
	    make_ca("ca", "root", 3000 * CLOCK_DAY, &ca) < 0 ||
	    make_ca("other", NULL, 3650 * CLOCK_DAY, &other) < 0)
		fixture_die("ca");
	make_dms("dms", "{\"enrollment_settings\":{\"enrollment_ca\":\"ca\"}}");
	test_trust();
	fixture_end();
	return done();
}
