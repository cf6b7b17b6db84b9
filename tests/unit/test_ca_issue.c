/* Issuance profiles. */
#include "ca_fixture.h"

static struct issuer ca;

static struct cert *sign(const struct profile *f, const struct csr *csr)
{
	struct cert *c = NULL;

	return good(issue_sign(&env, &ca, f, csr, &c, &err)) ? c : NULL;
}

static void test_validity(const struct csr *csr)
{
	struct profile f = *issue_kind_profile("bootstrap");
	struct cert *c = sign(&f, csr);
	int64_t second = env.now / CLOCK_SECOND * CLOCK_SECOND;
	int64_t now = env.now;

	ok(c && c->not_before == second && c->not_after == second + 365 * CLOCK_DAY,
	   "a duration counts from now");
	f.validity.duration = 9999 * CLOCK_DAY;
	c = sign(&f, csr);
	ok(c && c->not_after == ca.row.not_after, "no certificate outlives its issuer");
	f.validity = (struct validity){ .type = VALIDITY_TIME, .time = second + 5 * CLOCK_DAY };
	c = sign(&f, csr);
	ok(c && c->not_after == second + 5 * CLOCK_DAY, "a fixed end is taken");
	f.validity.time = second - CLOCK_DAY;
	ok(failed(issue_sign(&env, &ca, &f, csr, &c, &err), ERR_BUSY, "profile"),
	   "a fixed end that has passed issues nothing");
	f.validity = (struct validity){ .duration = 365 * CLOCK_DAY };
	env.now = ca.row.not_after - CLOCK_MINUTE;
	ok(failed(issue_sign(&env, &ca, &f, csr, &c, &err), ERR_BUSY, "ca_inactive"),
	   "an issuer with a minute left issues no more");
	f.validity.duration = CLOCK_MINUTE / 2;
	ok(sign(&f, csr), "but for profiles that are that short");
	env.now = ca.row.not_after;
	ok(failed(issue_sign(&env, &ca, &f, csr, &c, &err), ERR_BUSY, "ca_inactive"),
	   "an expired issuer does not");
	env.now = now;
}

static void test_subject_and_usages(void)
{
	struct csr *csr = make_csr("d1", make_key(KEY_ECDSA, 256), "d1.example");
	struct profile f = { .validity = { .duration = CLOCK_DAY },
			     .honor_subject = true,
			     .key_usage = KU_DIGITAL_SIGNATURE | KU_CERT_SIGN,
			     .extended_key_usages = EKU_CLIENT_AUTH };
	struct cert *c = sign(&f, csr);

	ok(c && blob_equal(c->subject_der, csr->subject_der), "honor_subject keeps the subject");
	ok(c && !c->san.len, "without honor_extensions there is no SAN");
	ok(c && c->key_usage == KU_DIGITAL_SIGNATURE && !c->is_ca,
	   "an end entity has no keyCertSign, whatever the profile says");
	ok(c && c->ext_key_usage == EKU_CLIENT_AUTH, "the profile's extended key usages");
	f.honor_extensions = true;
	f.honor_subject = false;
	f.subject = (struct subject){ .organization = "Org", .country = "DE" };
	c = sign(&f, csr);
	ok(c && cert_equal_san(c->san, csr->san), "honor_extensions copies the SAN");
	ok(c && c->subject.organization && strcmp(c->subject.organization, "Org") == 0 &&
		   strcmp(c->subject.common_name, "d1") == 0,
	   "the profile's subject, with the request's common name");
	f.subject.common_name = "fixed";
	c = sign(&f, csr);
	ok(c && strcmp(c->subject.common_name, "fixed") == 0, "or with its own");
	f.sign_as_ca = true;
	c = sign(&f, csr);
	ok(c && c->is_ca && c->path_len == 0 &&
		   (c->key_usage & (KU_CERT_SIGN | KU_CRL_SIGN)) == (KU_CERT_SIGN | KU_CRL_SIGN),
	   "sign_as_ca makes a CA for end entities");
}

static void test_refusals(void)
{
	struct csr csr = *make_csr("d1", make_key(KEY_ECDSA, 256), NULL);
	struct csr rsa = *make_csr("d1", make_key(KEY_RSA, 2048), NULL);
	struct csr ed = *make_csr("d1", make_key(KEY_ED25519, 0), NULL);
	struct profile f = { .honor_subject = true };
	int64_t sizes[] = { 3072, 4096 };

	ok(good(issue_check(&f, &rsa, &err)) && good(issue_check(&f, &ed, &err)),
	   "without enforcement any key will do");
	f.crypto_enforcement.enabled = true;
	issue_check(&f, &rsa, &err);
	ok(strcmp(err.text, "public key is RSA, but issuance profile does not allow RSA keys") == 0,
	   "RSA not allowed: Lamassu's text");
	ok(failed(-1, ERR_REJECTED, "crypto_enforcement"), "and a refusal");
	f.crypto_enforcement.allow_rsa_keys = true;
	ok(good(issue_check(&f, &rsa, &err)), "no list of sizes allows any");
	f.crypto_enforcement.allowed_rsa_key_sizes = (struct ints){ sizes, 2, true };
	issue_check(&f, &rsa, &err);
	ok(strstr(err.text, "RSA key with size 2048, but issuance profile does not allow") != NULL,
	   "a size that is not listed");
	err_clear(&err);
	f.crypto_enforcement.allowed_rsa_key_sizes.n = 0;
	ok(failed(issue_check(&f, &rsa, &err), ERR_REJECTED, "crypto_enforcement"),
	   "an empty list allows none");
	f.crypto_enforcement.allow_ecdsa_keys = true;
	ok(good(issue_check(&f, &csr, &err)), "ECDSA allowed");
	ok(failed(issue_check(&f, &ed, &err), ERR_REJECTED, "crypto_enforcement"),
	   "Ed25519 is on no list");
	csr.wants_ca = true;
	ok(failed(issue_check(&f, &csr, &err), ERR_REJECTED, "csr_ca"), "a request to be a CA");
	csr.wants_ca = false;
	csr.ext_key_usage = EKU_OCSP_SIGNING;
	ok(good(issue_check(&f, &csr, &err)), "a request for OCSPSigning is of no consequence");
	f.honor_extended_key_usages = true;
	ok(failed(issue_check(&f, &csr, &err), ERR_REJECTED, "csr_ext_key_usage"),
	   "unless it would be honoured");
	csr.ext_key_usage = EKU_CLIENT_AUTH | EKU_CMC_RA;
	ok(failed(issue_check(&f, &csr, &err), ERR_REJECTED, "csr_ext_key_usage"), "CMCRA neither");
	csr.ext_key_usage = EKU_CLIENT_AUTH | EKU_CM_KGA;
	ok(failed(issue_check(&f, &csr, &err), ERR_REJECTED, "csr_ext_key_usage"), "nor CMKGA");
	csr.ext_key_usage = EKU_ANY;
	ok(failed(issue_check(&f, &csr, &err), ERR_REJECTED, "csr_ext_key_usage"),
	   "anyExtendedKeyUsage is those too");
	csr.ext_key_usage = EKU_CLIENT_AUTH;
	ok(good(issue_check(&f, &csr, &err)), "clientAuth is a device's");
}

static void test_record(void)
{
	struct csr *csr = make_csr("localhost", make_key(KEY_ECDSA, 256), "localhost");
	const struct profile *server = issue_kind_profile("server");
	struct issuer other;
	struct cert *c, *late;
	struct issue_record r = { .kind = "other", .version = -1 };

	ok(good(issue_certificate(&env, "ca", server, "server", csr, &c, &err)), "a server's");
	ok(c->ext_key_usage == (EKU_SERVER_AUTH | EKU_CMC_RA) && c->san.len,
	   "is for serverAuth and id-kp-cmcRA, with its names");
	ok(strcmp(load_cert(c).kind, "server") == 0, "and is recorded");
	ok(failed(issue_certificate(&env, "none", server, "server", csr, &late, &err),
		  ERR_NOT_FOUND, "ca"),
	   "no such CA");
	ok(!issue_kind_profile("device"), "a device's profile is its DMS's");
	make_ca("other", "ca", CLOCK_DAY, &other);
	good(issue_sign(&env, &other, server, csr, &late, &err));
	revoke_one(other.cert, REASON_SUPERSEDED);
	r.cert = late;
	r.issuer = other.row.ski;
	{
		AUTO(db_txn) *t = db_begin(env.db, DB_WRITE, &err);
		ok(failed(issue_record(&env, &r, &err), ERR_BUSY, "ca_inactive"),
		   "what a CA signed before it was revoked is not recorded after");
	}
	issuer_load(env.db, env.arena, "other", &other, &err);
	ok(failed(issue_sign(&env, &other, server, csr, &late, &err), ERR_BUSY, "ca_inactive"),
	   "a revoked CA signs nothing");
}

int main(void)
{
	fixture_begin();
	if (make_ca("ca", NULL, 3650 * CLOCK_DAY, &ca) < 0)
		fixture_die("ca");
	test_validity(make_csr("d1", make_key(KEY_ECDSA, 256), NULL));
	test_subject_and_usages();
	test_refusals();
	test_record();
	fixture_end();
	return done();
}
