/* SignedData with a content, made and read, against openssl's. */
#include "pki_test.h"

#include "pki/cmc.h"
#include "pki/cms_signed.h"
#include "pki/der.h"

static const struct {
	const char *name;
	int type;
	int64_t bits;
} kinds[] = {
	{ "P-256", KEY_ECDSA, 256 }, { "P-384", KEY_ECDSA, 384 },   { "P-521", KEY_ECDSA, 521 },
	{ "RSA", KEY_RSA, 2048 },    { "Ed25519", KEY_ED25519, 0 },
};

static struct blob make(struct arena *a, const struct cert *signer, const struct key *key,
			const struct blob *certs, size_t n)
{
	struct cms_sign_spec spec = { .type = blob_of(OID_PKI_DATA, sizeof(OID_PKI_DATA) - 1),
				      .content = text_blob("what is said"),
				      .certs = certs,
				      .ncerts = n,
				      .signer = signer,
				      .key = key,
				      .now = T0 };
	struct blob der;
	struct err e;

	must(cms_signed_make(a, &spec, &der, &e) == 0, &e);
	return der;
}

static void test_kind(struct arena *a, size_t i)
{
	const struct key *key = make_key(a, kinds[i].type, kinds[i].bits);
	const struct cert *ca = make_ca(a, "ca", key, NULL, NULL);
	const struct cert *leaf = make_leaf(a, "d1", key, ca, key);
	struct blob certs[] = { leaf->der, ca->der };
	struct blob der = make(a, leaf, key, certs, 2);
	const struct cert *found;
	struct cms_signed s;
	struct err e = { 0 };

	ok(der_check(der) && cms_signed_read(a, der, &s, &e) == 0 && s.ncerts == 2 &&
		   blob_equal(s.content, text_blob("what is said")),
	   "%s: read again", kinds[i].name);
	found = cms_signed_find_signer(a, &s);
	ok(found && blob_equal(found->der, leaf->der), "%s: the signer is found", kinds[i].name);
	ok(cms_signed_check(&s, leaf, &e) == 0, "%s: and has signed", kinds[i].name);
	if (kinds[i].type == KEY_ED25519)	/* not in the CMS of OpenSSL 3.0 */
		return;
	put_file(a, "m.cms", der);
	put_file(a, "ca.pem", text_blob(cert_write_pem(a, ca->der)));
	ok(says(run("openssl cms -verify -inform DER -in m.cms -CAfile ca.pem -purpose any "
		    "-no_check_time"),
		"what is said"),
	   "%s: openssl verifies it", kinds[i].name);
}

/* Whatever octet is changed: who is believed to have said something has said just that. */
static void test_integrity(struct arena *a)
{
	const struct key *key = make_key(a, KEY_ECDSA, 256);
	const struct cert *ca = make_ca(a, "ca", key, NULL, NULL);
	const struct cert *leaf = make_leaf(a, "d1", key, ca, key);
	struct blob der = make(a, leaf, key, &leaf->der, 1);
	size_t believed = 0, altered = 0, read = 0;

	for (size_t i = 0; i < der.len; i++) {
		AUTO(arena) *once = arena_new();
		unsigned char *copy = heap_copy(der, der.len);
		const struct cert *signer;
		struct err e = { 0 };
		struct cms_signed s;

		copy[i] ^= 1;
		if (cms_signed_read(once, blob_of(copy, der.len), &s, &e) == 0) {
			read++;
			signer = cms_signed_find_signer(once, &s);
			if (signer && cms_signed_check(&s, leaf, &e) == 0) {
				believed++;
				altered += !blob_equal(s.content, text_blob("what is said"));
			}
		}
		free(copy);
	}
	ok(read > 100 && altered == 0, "one octet changed: never another content");
	ok(believed < der.len / 2, "and seldom believed: %zu of %zu", believed, der.len);
	for (size_t n = 0; n < der.len; n++) {
		AUTO(arena) *once = arena_new();
		unsigned char *copy = heap_copy(der, n);
		struct cms_signed s;
		struct err e = { 0 };

		if (cms_signed_read(once, blob_of(copy, n), &s, &e) == 0 || e.kind != ERR_MALFORMED)
			ok(false, "cut off after %zu octets", n);
		free(copy);
	}
	ok(true, "cut off anywhere it is malformed");
}

static void test_other_signer(struct arena *a)
{
	const struct key *key = make_key(a, KEY_ECDSA, 256), *other = make_key(a, KEY_ECDSA, 256);
	const struct key *rsa = make_key(a, KEY_RSA, 2048);
	const struct cert *ca = make_ca(a, "ca", key, NULL, NULL);
	const struct cert *leaf = make_leaf(a, "d1", key, ca, key);
	const struct cert *stranger = make_leaf(a, "d1", other, ca, key);
	const struct cert *of_rsa = make_leaf(a, "d1", rsa, ca, key);
	struct cms_signed s;
	struct err e = { 0 };

	must(cms_signed_read(a, make(a, leaf, key, &stranger->der, 1), &s, &e) == 0, &e);
	ok(!cms_signed_find_signer(a, &s), "the signer's certificate is not there");
	ok(cms_signed_check(&s, stranger, &e) < 0 && strcmp(e.code, "cms_signature") == 0,
	   "another key has not signed");
	ok(cms_signed_check(&s, of_rsa, &e) < 0 && strcmp(e.code, "cms_signature") == 0,
	   "nor one of another kind");
}

/* openssl's: by key identifier, in BER, with other digests. */
static void test_openssl(struct arena *a)
{
	static const struct {
		const char *what, *options, *code;
	} cases[] = {
		{ "SHA-512 and a key identifier", "-md sha512 -keyid", NULL },
		{ "BER, as it streams", "-stream", NULL },
		{ "SHA-1", "-md sha1", "weak_signature" },
		{ "SHA-224", "-md sha224", "weak_signature" },
		{ "RSASSA-PSS", "-keyopt rsa_padding_mode:pss", "weak_signature" },
		{ "no signed attributes", "-noattr", "cms_signature" },
	};
	const struct key *key = make_key(a, KEY_RSA, 2048);
	const struct cert *leaf = make_ca(a, "d1", key, NULL, NULL);
	struct err e = { 0 };

	put_file(a, "k.pem", key_write_pem(a, key, &e));
	put_file(a, "c.pem", text_blob(cert_write_pem(a, leaf->der)));
	put_file(a, "m.txt", text_blob("what is said"));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct cert *signer;
		struct cms_signed s;
		int rc;

		run("openssl cms -sign -binary -nodetach -in m.txt -signer c.pem -inkey k.pem "
		    "-outform DER -out o.cms -econtent_type 1.3.6.1.5.5.7.12.2 %s",
		    cases[i].options);
		err_clear(&e);
		rc = cms_signed_read(a, get_file(a, "o.cms"), &s, &e);
		signer = rc == 0 ? cms_signed_find_signer(a, &s) : NULL;
		if (signer)
			rc = cms_signed_check(&s, signer, &e);
		ok(signer && (cases[i].code ? rc < 0 && strcmp(e.code, cases[i].code) == 0
					    : rc == 0 && blob_equal(s.content,
								    text_blob("what is said"))),
		   "openssl's: %s%s", cases[i].what, cases[i].code ? " is refused" : "");
	}
}

int main(void)
{
	AUTO(arena) *a = arena_new();

	scratch_init();
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		test_kind(a, i);
	test_integrity(a);
	test_other_signer(a);
	test_openssl(a);
	return done();
}
