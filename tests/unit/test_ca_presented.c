/* A revoked certificate stays revoked, also with its signature written in the other valid way. */
#include "ca_fixture.h"

#include "ca/policy.h"
#include "pki/der.h"
#include "pki/ossl.h"
#include "pki/verify.h"

static struct issuer ca;
static struct dms dms;

static struct cert *make_bootstrap(void)
{
	struct csr *csr = make_csr("bootstrap", make_key(KEY_ECDSA, 256), NULL);
	struct cert *c = NULL;

	if (issue_certificate(&env, "root", issue_kind_profile("bootstrap"), "bootstrap", csr, &c,
			      &err) < 0)
		fixture_die("bootstrap");
	return c;
}

/* n - s instead of s, n the order of P-256. */
static void put_other_s(struct der_out *w, struct blob s)
{
	BIGNUM *order = NULL, *number = BN_bin2bn(s.data, (int)s.len, NULL);
	unsigned char out[32];
	int len;

	BN_hex2bn(&order, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
	BN_sub(number, order, number);
	len = BN_bn2bin(number, out);
	der_put_integer(w, blob_of(out, (size_t)len));
	BN_free(order);
	BN_free(number);
}

static struct cert *twist(const struct cert *c)
{
	struct der whole, tbs, algorithm, bits, seq, r, s;
	struct der_out sig, w;
	struct blob magnitude;
	struct cert *out = NULL;
	bool negative;
	size_t mark;

	if (!der_only(c->der, DER_SEQUENCE, &whole) ||
	    !der_take(&whole.content, DER_SEQUENCE, &tbs) ||
	    !der_take(&whole.content, DER_SEQUENCE, &algorithm) ||
	    !der_only(whole.content, DER_BIT_STRING, &bits) ||
	    !der_only(blob_of(bits.content.data + 1, bits.content.len - 1), DER_SEQUENCE, &seq) ||
	    !der_take(&seq.content, DER_INTEGER, &r) || !der_only(seq.content, DER_INTEGER, &s) ||
	    !der_read_integer(&s, &magnitude, &negative))
		fixture_die("signature");
	der_init(&sig, env.arena, 128);
	mark = der_open(&sig, DER_SEQUENCE);
	der_put_raw(&sig, r.whole);
	put_other_s(&sig, magnitude);
	der_close(&sig, mark);
	der_init(&w, env.arena, 1024);
	mark = der_open(&w, DER_SEQUENCE);
	der_put_raw(&w, tbs.whole);
	der_put_raw(&w, algorithm.whole);
	der_put_bit_string(&w, der_done(&sig));
	der_close(&w, mark);
	out = cert_read(env.arena, der_done(&w), &err);
	if (!out)
		fixture_die("twisted");
	return out;
}

static int decide(const struct cert *presented)
{
	const struct order o = { .op = OP_ENROLL,
				 .dms = &dms,
				 .csr = make_csr("d1", make_key(KEY_ECDSA, 256), NULL),
				 .device = "d1" };
	const struct who who = { .name = "cert:bootstrap",
				 .cert = presented,
				 .issuer = ca.row.ski,
				 .credential = blob_of(presented->sha256, SHA256_LEN) };
	struct facts f;
	struct ruling ruling;

	if (facts_load(&env, &o, &who, &f, &err) < 0)
		return -1;
	return policy_decide(&o, &who, &f, POLICY_FIRST, &ruling, &err);
}

int main(void)
{
	const struct cert *c, *twisted, *anchors[1];

	fixture_begin();
	if (make_ca("root", NULL, 3650 * CLOCK_DAY, &ca) < 0)
		fixture_die("ca");
	make_dms("line", "{\"enrollment_settings\":{\"enrollment_ca\":\"root\","
			 "\"registration_mode\":\"JITP\"}}");
	if (dms_load(env.db, env.arena, "line", &dms, &err) <= 0)
		fixture_die("dms");
	c = make_bootstrap();
	twisted = twist(c);
	anchors[0] = ca.cert;
	ok(!blob_equal(c->der, twisted->der) &&
		   good(verify_path(twisted, (struct verify_set){ anchors, 1 },
				    (struct verify_set){ NULL, 0 }, env.now, 0, NULL, &err)),
	   "a certificate has two signatures that verify");
	ok(good(decide(c)), "the one that was issued enrolls");
	ok(failed(decide(twisted), ERR_UNAUTHENTICATED, "certificate_altered"),
	   "the other is not what was issued");
	if (revoke_one(c, 1) < 0)
		fixture_die("revoke");
	ok(failed(decide(c), ERR_UNAUTHENTICATED, "certificate_revoked"), "revoked, it does not");
	ok(failed(decide(twisted), ERR_UNAUTHENTICATED, "certificate_revoked"),
	   "nor does the other");
	fixture_end();
	return done();
}
