/* The EST signer of a CA: who makes it, what it is, and when it is there. */
#include <fcntl.h>
#include <sys/stat.h>

#include "ca/signer.h"
#include "ca_fixture.h"

static struct issuer root, ca;

static bool upkeep(const struct issuer *i)
{
	bool made = false;

	ok(good(upkeep_signer(&env, i, &made, &err)), "upkeep goes well");
	return made;
}

static struct responder_row load_row(void)
{
	struct responder_row r = { 0 };

	if (store_signer_load(env.db, env.arena, ca.row.ski, &r, &err) <= 0)
		fixture_die("signer");
	return r;
}

static int load(const struct cert **cert, const struct key **key)
{
	return signer_load(&env, ca.row.ski, cert, key, &err);
}

static void test_made(void)
{
	const struct cert *cert;
	const struct key *key, *again;
	struct stat st;

	ok(failed(load(&cert, &key), ERR_BUSY, "signer"), "none yet: busy");
	ok(upkeep(&ca), "it is made");
	ok(!upkeep(&ca), "once");
	ok(good(load(&cert, &key)) && good(key_check_pair(key, cert->spki, &err)),
	   "and loaded with its key");
	ok(good(load(&cert, &again)) && again == key, "the key is read once");
	ok(good(cert_check_signed_by(cert, ca.cert, &err)) && !cert->is_ca &&
		   cert->key_usage == KU_DIGITAL_SIGNATURE &&
		   cert->ext_key_usage == (EKU_CMC_RA | EKU_CM_KGA) &&
		   cert->key.type == KEY_ECDSA && cert->key.bits == 256,
	   "P-256, cmcRA and cmKGA, signed by the CA");
	ok(cert->not_after - env.now <= 90 * CLOCK_DAY, "at most 90 days");
	ok(strcmp(load_cert(cert).kind, "signer") == 0, "it stands in the register");
	ok(stat(load_row().key_uri + 5, &st) == 0 && (st.st_mode & 0777) == 0600,
	   "its key is the owner's alone");
}

static void test_renewed(void)
{
	const int64_t now = env.now;
	struct responder_row first = load_row();
	const struct cert *cert;
	const struct key *key;

	env.now += 46 * CLOCK_DAY;
	ok(upkeep(&ca), "past half of its life it is renewed");
	ok(strcmp(load_row().key_uri, first.key_uri) != 0 && access(first.key_uri + 5, F_OK) == 0,
	   "with another key; the old one has a day");
	ok(good(load(&cert, &key)), "the new one is loaded");
	env.now += 91 * CLOCK_DAY;
	ok(failed(load(&cert, &key), ERR_BUSY, "signer"), "one that has ended is not used");
	env.now = now;
	ok(upkeep(&ca), "a clock that was set back makes it anew");
	ok(good(load(&cert, &key)) && good(revoke_one(cert, REASON_KEY_COMPROMISE)), "revoked");
	ok(failed(load(&cert, &key), ERR_BUSY, "signer"), "it is used no more");
	ok(upkeep(&ca) && good(load(&cert, &key)), "and made anew at once");
}

static void test_ca_revoked(void)
{
	ok(good(revoke_one(ca.cert, REASON_SUPERSEDED)), "the CA is revoked");
	env.now += 60 * CLOCK_DAY;
	ok(!upkeep(&ca), "and gets no signer any more");
}

int main(void)
{
	fixture_begin();
	if (make_ca("root", NULL, 3650 * CLOCK_DAY, &root) < 0 ||
	    make_ca("ca", "root", 3000 * CLOCK_DAY, &ca) < 0)
		fixture_die("ca");
	test_made();
	test_renewed();
	test_ca_revoked();
	fixture_end();
	return done();
}
