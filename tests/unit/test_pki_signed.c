/* What is made of certificates: CMS for EST, and CRLs. */
#include "pki_test.h"

#include "pki/cms.h"
#include "pki/crl.h"
#include "pki/der.h"

static void test_cms(struct arena *a, const struct cert *ca, const struct cert *leaf)
{
	struct blob certs[] = { leaf->der, ca->der }, der;
	const char *out, *first;
	struct err e;

	must(cms_make_certs_only(a, certs, 2, &der, &e) == 0, &e);
	put_file(a, "c.p7", der);
	out = run("openssl pkcs7 -inform DER -in c.p7 -print_certs -noout");
	first = strstr(out, "subject=CN = d1");
	ok(der_check(der) && first && strstr(first, "subject=CN = ca"),
	   "openssl pkcs7 finds both certificates, in order");
	ok(says(run("openssl cms -cmsout -print -inform DER -in c.p7"), "eContentType: pkcs7-data"),
	   "openssl cms reads it too");
	must(cms_make_certs_only(a, NULL, 0, &der, &e) == 0, &e);
	put_file(a, "n.p7", der);
	ok(!strstr(run("openssl pkcs7 -inform DER -in n.p7 -noout && echo fine"), "unable") &&
		   says(run("openssl pkcs7 -inform DER -in n.p7 -noout && echo fine"), "fine"),
	   "a set without certificates");
	certs[1] = text_blob("junk");
	ok(cms_make_certs_only(a, certs, 2, &der, &e) < 0 && e.kind == ERR_INTERNAL,
	   "what is no certificate is not sent");
}

static int make_crl(struct arena *a, const struct cert *ca, const struct key *key, int64_t number,
		    const struct crl_entry *v, size_t n, struct blob *der, struct err *e)
{
	const struct crl_spec s = {
		.number = number,
		.this_update = T0,
		.next_update = T0 + 7 * CLOCK_DAY,
		.v = v,
		.n = n,
	};

	return crl_make(a, ca, key, &s, der, e);
}

static void test_crl(struct arena *a, const struct cert *ca, const struct key *key,
		     const struct cert *leaf)
{
	struct crl_entry v[] = {
		{ .serial = leaf->serial, .revoked_at = T0 + CLOCK_HOUR, .reason = 1 },
		{ .serial = blob_of("\x80\x01", 2),
		  .revoked_at = INT64_C(2600000000) * CLOCK_SECOND },
	};
	long long at = (T0 + CLOCK_DAY) / CLOCK_SECOND;
	const char *out;
	struct blob der;
	struct err e;

	put_file(a, "ca.pem", text_blob(cert_write_pem(a, ca->der)));
	put_file(a, "leaf.pem", text_blob(cert_write_pem(a, leaf->der)));
	must(make_crl(a, ca, key, 300, v, 2, &der, &e) == 0, &e);
	put_file(a, "crl.der", der);
	out = run("openssl crl -inform DER -in crl.der -noout -text -CAfile ca.pem");
	ok(der_check(der) && says(out, "verify OK"), "a CRL is signed by its CA");
	ok(says(out, "Version 2 (0x1)") && says(out, "X509v3 CRL Number: \n                300"),
	   "v2 with a number");
	ok(says(out, "X509v3 Authority Key Identifier"), "and the CA's key identifier");
	ok(says(out, "Last Update: Nov 18 11:06:40 2026 GMT") &&
		   says(out, "Next Update: Nov 25 11:06:40 2026 GMT"),
	   "its time");
	ok(says(out, "Key Compromise") && says(out, "Serial Number: 8001") &&
		   says(out, "Revocation Date: May 22 14:13:20 2052 GMT"),
	   "entries, also of after 2049");
	ok(strstr(strstr(out, "Serial Number: 8001"), "Reason Code") == NULL,
	   "reason 0 is not written");
	out = run(
		"openssl crl -inform DER -in crl.der -out crl.pem; openssl verify -attime %lld -crl_check "
		"-CRLfile crl.pem -CAfile ca.pem leaf.pem",
		at);
	ok(says(out, "certificate revoked"), "openssl verify finds the certificate in it");

	must(make_crl(a, ca, key, INT64_MAX, NULL, 0, &der, &e) == 0, &e);
	put_file(a, "crl.der", der);
	out = run(
		"openssl crl -inform DER -in crl.der -out crl.pem; openssl verify -attime %lld -crl_check "
		"-CRLfile crl.pem -CAfile ca.pem leaf.pem",
		at);
	ok(says(out, "leaf.pem: OK"), "an empty one revokes nothing");
	ok(says(run("openssl crl -inform DER -in crl.der -noout -text"), "No Revoked Certificates"),
	   "and has no list");
	ok(make_crl(a, ca, make_key(a, KEY_ECDSA, 256), 1, NULL, 0, &der, &e) < 0 &&
		   e.kind == ERR_INTERNAL,
	   "another key than the CA's does not sign");
}

static const char *text_of_crl(struct arena *a, const struct cert *ca, const struct key *key,
			       struct crl_spec *s)
{
	struct blob der;
	struct err e;

	s->this_update = T0;
	s->next_update = T0 + CLOCK_DAY;
	must(crl_make(a, ca, key, s, &der, &e) == 0, &e);
	put_file(a, "x.der", der);
	return run("openssl crl -inform DER -in x.der -noout -text -CAfile ca.pem");
}

static void test_crl_extensions(struct arena *a, const struct cert *ca, const struct key *key)
{
	const char *urls[] = { "http://a.example/crl/4-1/aa", "http://b.example/crl/4-1/aa" };
	struct crl_spec delta = { .number = 9, .base = 7 },
			shard = { .number = 9, .urls = { urls, 2 } },
			base = { .number = 9, .delta_url = "http://a.example/crl/delta/aa" };
	struct blob der;
	struct err e = { 0 };
	const char *out = text_of_crl(a, ca, key, &delta);

	ok(says(out, "X509v3 Delta CRL Indicator: critical\n                7") &&
		   says(out, "X509v3 CRL Number: \n                9") && says(out, "verify OK"),
	   "a delta CRL names its base, critically (RFC 5280 5.2.4)");
	out = text_of_crl(a, ca, key, &shard);
	ok(says(out, "X509v3 Issuing Distribution Point: critical") &&
		   says(out, "URI:http://a.example/crl/4-1/aa") &&
		   says(out, "URI:http://b.example/crl/4-1/aa") && !strstr(out, "Only"),
	   "a shard names its distribution point, critically (5.2.5)");
	out = text_of_crl(a, ca, key, &base);
	ok(says(out, "X509v3 Freshest CRL:") && says(out, "URI:http://a.example/crl/delta/aa"),
	   "a base says where its delta is (5.2.6)");
	delta.base = 10;
	ok(crl_make(a, ca, key, &delta, &der, &e) < 0 && e.kind == ERR_INTERNAL,
	   "no base has a higher number");
	err_clear(&e);
	delta.base = 7;
	delta.delta_url = base.delta_url;
	ok(crl_make(a, ca, key, &delta, &der, &e) < 0 && e.kind == ERR_INTERNAL,
	   "a delta CRL has no freshest CRL");
}

static void test_entries(struct arena *a, const struct cert *ca, const struct key *key)
{
	const struct crl_entry v[] = { { blob_of("\x01", 1), T0, 0 },
				       { blob_of("\x80\x01", 2), T0 + CLOCK_SECOND, 6 } };
	struct crl_entry *got;
	struct blob der;
	struct err e = { 0 };
	size_t n;

	must(make_crl(a, ca, key, 1, v, 2, &der, &e) == 0, &e);
	ok(crl_read_entries(a, der, &got, &n, &e) == 0 && n == 2 &&
		   blob_equal(got[1].serial, v[1].serial) && got[1].reason == 6 &&
		   got[1].revoked_at == v[1].revoked_at && got[0].reason == 0 &&
		   blob_equal(got[0].serial, v[0].serial),
	   "the entries of a CRL are read back");
	must(make_crl(a, ca, key, 1, NULL, 0, &der, &e) == 0, &e);
	ok(crl_read_entries(a, der, &got, &n, &e) == 0 && n == 0, "and that there are none");
	der.len--;
	ok(crl_read_entries(a, der, &got, &n, &e) < 0 && e.kind == ERR_INTERNAL,
	   "what is cut off is not read");
	ok(blob_equal(crl_digest_entries(a, v, 2), crl_digest_entries(a, v, 2)) &&
		   !blob_equal(crl_digest_entries(a, v, 2), crl_digest_entries(a, v, 1)),
	   "their digest tells lists apart");
}

static void test_many(struct arena *a, const struct cert *ca, const struct key *key)
{
	enum { N = 100000 };
	struct crl_entry *v = arena_array(a, N, sizeof(*v));
	struct blob der;
	struct err e;

	for (int i = 0; i < N; i++)
		v[i] = (struct crl_entry){ cert_make_serial(a), T0, 4 };
	must(make_crl(a, ca, key, 1, v, N, &der, &e) == 0, &e);
	put_file(a, "many.der", der);
	ok(says(run("openssl crl -inform DER -in many.der -noout -CAfile ca.pem"), "verify OK"),
	   "a hundred thousand entries");
}

int main(void)
{
	AUTO(arena) *a = arena_new();
	struct key *key;
	struct cert *ca, *leaf;

	scratch_init();
	key = make_key(a, KEY_ECDSA, 256);
	ca = make_ca(a, "ca", key, NULL, NULL);
	leaf = make_leaf(a, "d1", make_key(a, KEY_ECDSA, 256), ca, key);
	test_cms(a, ca, leaf);
	test_crl(a, ca, key, leaf);
	test_crl_extensions(a, ca, key);
	test_entries(a, ca, key);
	test_many(a, ca, key);
	return done();
}
