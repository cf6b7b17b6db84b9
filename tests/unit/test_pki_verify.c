/* Paths: from a leaf to an anchor that may be any CA above it, at a given time. */
#include "pki_test.h"

#include "pki/ossl.h"
#include "pki/verify.h"

#define NOW (T0 + CLOCK_DAY)

static struct key *root_key, *sub_key, *leaf_key;
static const struct cert *root, *sub, *leaf;

static struct verify_set set(const struct cert **v, size_t n)
{
	return (struct verify_set){ v, n };
}
#define ONE(c) set((const struct cert *[]){ c }, 1)
#define NONE set(NULL, 0)

static void accepted(const char *label, const struct cert *c, struct verify_set anchors,
		     struct verify_set others, int64_t at, unsigned flags, const struct cert *want)
{
	struct err e = { .kind = ERR_NONE };
	const struct cert *issuer = NULL;
	int rc = verify_path(c, anchors, others, at, flags, &issuer, &e);

	ok(rc == 0 && issuer == want, "%s: accepted%s", label, rc ? e.text : "");
	ok(ERR_peek_error() == 0, "%s: OpenSSL's error queue is empty", label);
}

static void refused(const char *label, const struct cert *c, struct verify_set anchors,
		    struct verify_set others, int64_t at, unsigned flags, const char *code)
{
	struct err e = { .kind = ERR_NONE };
	int rc = verify_path(c, anchors, others, at, flags, NULL, &e);

	ok(rc < 0 && e.kind == ERR_UNAUTHENTICATED && strcmp(e.code, code) == 0, "%s: %s", label,
	   rc ? e.text : "accepted");
	ok(ERR_peek_error() == 0, "%s: OpenSSL's error queue is empty", label);
}

static void test_paths(struct arena *a)
{
	struct key *other_key = make_key(a, KEY_ECDSA, 256);
	const struct cert *twin = make_ca(a, "root", other_key, NULL, NULL);
	const struct cert *both[] = { root, sub };

	accepted("root and intermediate", leaf, ONE(root), ONE(sub), NOW, 0, sub);
	accepted("an intermediate as the anchor", leaf, ONE(sub), NONE, NOW, 0, sub);
	accepted("the nearest of two anchors", leaf, set(both, 2), NONE, NOW, 0, sub);
	accepted("needless intermediates", leaf, ONE(sub), set(both, 2), NOW, 0, sub);
	accepted("a CA of the same name beside it", leaf,
		 set((const struct cert *[]){ twin, root }, 2), ONE(sub), NOW, 0, sub);
	refused("the intermediate is missing", leaf, ONE(root), NONE, NOW, 0,
		"certificate_untrusted");
	refused("no anchor", leaf, NONE, set(both, 2), NOW, 0, "certificate_untrusted");
	refused("another CA of the same name", leaf, ONE(twin), ONE(sub), NOW, 0,
		"certificate_untrusted");
}

static void test_time(struct arena *a)
{
	int64_t end = leaf->not_after;
	struct cert_spec s = make_spec(a, "old", root_key);
	const struct cert *old, *young;

	refused("before it begins", leaf, ONE(sub), NONE, T0 - CLOCK_SECOND, 0,
		"certificate_not_yet_valid");
	accepted("its first second", leaf, ONE(sub), NONE, T0, 0, sub);
	accepted("its last but one", leaf, ONE(sub), NONE, end - CLOCK_SECOND, 0, sub);
	accepted("the last moment", leaf, ONE(sub), NONE, end - 1, 0, sub);
	refused("its last second, that OpenSSL does not count", leaf, ONE(sub), NONE, end, 0,
		"certificate_expired");
	refused("a second too late", leaf, ONE(sub), NONE, end + CLOCK_SECOND, 0,
		"certificate_expired");
	accepted("later, and time does not matter", leaf, ONE(root), ONE(sub), end + CLOCK_DAY,
		 VERIFY_NO_TIME, sub);
	s.is_ca = true;
	s.not_after = NOW - CLOCK_SECOND;
	old = make_cert(a, &s, NULL, root_key);
	young = make_leaf(a, "d", leaf_key, old, root_key);
	refused("an expired anchor", young, ONE(old), NONE, NOW, 0, "certificate_expired");
}

static const struct cert *leaf_with(struct arena *a, unsigned usage, unsigned ext_usage)
{
	struct cert_spec s = make_spec(a, "d", leaf_key);

	s.key_usage = usage;
	s.ext_key_usage = ext_usage;
	return make_cert(a, &s, sub, sub_key);
}

static void test_purpose(struct arena *a)
{
	const struct cert *server = leaf_with(a, KU_DIGITAL_SIGNATURE, EKU_SERVER_AUTH);
	const struct cert *crl = leaf_with(a, KU_CRL_SIGN, 0);

	accepted("no usages at all", leaf_with(a, 0, 0), ONE(sub), NONE, NOW, 0, sub);
	accepted("client and server",
		 leaf_with(a, KU_DIGITAL_SIGNATURE, EKU_SERVER_AUTH | EKU_CLIENT_AUTH), ONE(sub),
		 NONE, NOW, 0, sub);
	refused("a server's", server, ONE(sub), NONE, NOW, 0, "certificate_purpose");
	refused("for signing CRLs", crl, ONE(sub), NONE, NOW, 0, "certificate_purpose");
	accepted("a server's, for any purpose", server, ONE(sub), NONE, NOW, VERIFY_ANY_PURPOSE,
		 sub);
	refused("expired, for any purpose", server, ONE(sub), NONE, server->not_after + CLOCK_DAY,
		VERIFY_ANY_PURPOSE, "certificate_expired");
}

/* What is no CA issues nothing. */
static void test_issuers(struct arena *a)
{
	const struct cert *child = make_leaf(a, "child", leaf_key, leaf, leaf_key), *low, *below;
	struct cert_spec s = make_spec(a, "low", sub_key);
	const struct cert *v[2];

	v[0] = leaf;
	v[1] = sub;
	refused("issued by a leaf", child, ONE(root), set(v, 2), NOW, 0, "certificate_untrusted");
	refused("for any purpose", child, ONE(root), set(v, 2), NOW, VERIFY_ANY_PURPOSE,
		"certificate_untrusted");
	refused("even with that leaf as the anchor", child, ONE(leaf), NONE, NOW, 0,
		"certificate_untrusted");
	s.is_ca = true;
	s.path_len = 0;
	low = make_cert(a, &s, root, root_key);
	below = make_ca(a, "below", sub_key, low, sub_key);
	v[0] = below;
	v[1] = low;
	refused("below a path length", make_leaf(a, "d", leaf_key, below, sub_key), ONE(root),
		set(v, 2), NOW, 0, "certificate_untrusted");
}

static void test_strength(struct arena *a)
{
	struct key *rsa = make_key(a, KEY_RSA, 2048), *ed = make_key(a, KEY_ED25519, 0);
	const struct cert *ca = make_ca(a, "rsa", rsa, NULL, NULL), *weak, *c;
	const struct cert *ed_ca = make_ca(a, "ed", ed, NULL, NULL);
	struct blob pem;
	struct err e;

	accepted("RSA 2048", make_leaf(a, "d", rsa, ca, rsa), ONE(ca), NONE, NOW, 0, ca);
	accepted("Ed25519", make_leaf(a, "d", ed, ed_ca, ed), ONE(ed_ca), NONE, NOW, 0, ed_ca);
	run("openssl req -x509 -newkey rsa:1024 -nodes -keyout w.key -out w.pem -subj /CN=w -days 9999; "
	    "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout d.key "
	    "-out d.csr -subj /CN=d; openssl x509 -req -in d.csr -CA w.pem -CAkey w.key "
	    "-CAcreateserial -out weak.pem -days 9999; "
	    "openssl req -x509 -newkey rsa:2048 -nodes -keyout s.key -out s.pem -subj /CN=s -days 9999; "
	    "openssl x509 -req -in d.csr -CA s.pem -CAkey s.key -CAcreateserial -sha1 -out sha1.pem "
	    "-days 9999");
	pem = get_file(a, "w.pem");
	weak = cert_read_pem(a, (const char *)pem.data, pem.len, &e);
	pem = get_file(a, "weak.pem");
	c = cert_read_pem(a, (const char *)pem.data, pem.len, &e);
	refused("a CA of RSA 1024", c, ONE(weak), NONE, clock_now(), 0, "certificate_untrusted");
	pem = get_file(a, "s.pem");
	weak = cert_read_pem(a, (const char *)pem.data, pem.len, &e);
	pem = get_file(a, "sha1.pem");
	c = cert_read_pem(a, (const char *)pem.data, pem.len, &e);
	refused("signed with SHA-1", c, ONE(weak), NONE, clock_now(), 0, "certificate_untrusted");
}

/* As the provider module for web servers does it: it must not reach this program's own checks. */
static void test_registered(void)
{
	static const char *const names[] = { "ssl_client", "default" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		X509_VERIFY_PARAM *p = X509_VERIFY_PARAM_new();

		X509_VERIFY_PARAM_set1_name(p, names[i]);
		X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_NO_CHECK_TIME);
		X509_VERIFY_PARAM_set_purpose(p, X509_PURPOSE_ANY);
		X509_VERIFY_PARAM_add0_table(p);
	}
	refused("expired, with relaxed parameters registered", leaf, ONE(sub), NONE,
		leaf->not_after + CLOCK_DAY, 0, "certificate_expired");
}

int main(void)
{
	AUTO(arena) *a = arena_new();

	scratch_init();
	root_key = make_key(a, KEY_ECDSA, 256);
	sub_key = make_key(a, KEY_ECDSA, 384);
	leaf_key = make_key(a, KEY_ECDSA, 256);
	root = make_ca(a, "root", root_key, NULL, NULL);
	sub = make_ca(a, "sub", sub_key, root, root_key);
	leaf = make_leaf(a, "d", leaf_key, sub, sub_key);
	test_paths(a);
	test_time(a);
	test_purpose(a);
	test_issuers(a);
	test_strength(a);
	test_registered();
	return done();
}
