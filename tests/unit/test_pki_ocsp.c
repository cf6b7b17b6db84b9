/* OCSP requests: plain, with every extension, signed, and hostile. */
#include "ocsp_test.h"

static void check_request(struct arena *a, const char *label, struct blob der, bool good)
{
	struct ocsp_request r;
	struct err e = { .kind = ERR_NONE };
	int rc = ocsp_request_read(a, der, &r, &e);

	ok(good ? rc == 0 : rc < 0 && e.kind == ERR_MALFORMED, "request, %s: %s", label,
	   rc ? e.text : "read");
}

static void test_requests(struct arena *a)
{
	struct blob id = certid(a, SHA1_NULL, LIT("\x01\x02"));
	struct blob odd = LIT("\x06\x03\x2a\x03\x04");
	struct ocsp_request r;
	struct err e;

	must(ocsp_request_read(a, request(a, none, id, 1, none, none), &r, &e) == 0, &e);
	ok(r.n == 1 && r.ids[0].hash == OCSP_SHA1 && !r.has_nonce && r.ids[0].serial.len == 2 &&
		   !r.ids[0].serial_negative && blob_equal(r.ids[0].der, id) &&
		   blob_equal(r.ids[0].name_hash, digest_make_sha1(a, ca->subject_der)),
	   "a plain request");
	must(ocsp_request_read(
		     a, request(a, none, certid(a, SHA256_ABSENT, LIT("\x00")), 2, none, none), &r,
		     &e) == 0,
	     &e);
	ok(r.n == 2 && r.ids[1].hash == OCSP_SHA256 && r.ids[1].serial.len == 1 &&
		   r.ids[1].serial.data[0] == 0,
	   "SHA-256, two CertIDs, serial 0");
	must(ocsp_request_read(a,
			       request(a, none,
				       certid(a, LIT("\x30\x05\x06\x03\x2a\x03\x04"), LIT("\x05")),
				       1, none, none),
			       &r, &e) == 0,
	     &e);
	ok(r.ids[0].hash == OCSP_HASH_OTHER, "an unknown digest is not malformed");

	check_request(a, "v1 spelled out", request(a, LIT("\x02\x01\x00"), id, 1, none, none),
		      true);
	check_request(a, "v2", request(a, LIT("\x02\x01\x01"), id, 1, none, none), false);
	check_request(a, "no CertID", request(a, none, id, 0, none, none), false);
	check_request(a, "64 CertIDs", request(a, none, id, 64, none, none), true);
	check_request(a, "65 CertIDs", request(a, none, id, 65, none, none), false);
	check_request(a, "an unknown extension",
		      request(a, none, id, 1, none, exts_of(a, odd, false, none)), true);
	check_request(a, "an unknown critical extension",
		      request(a, none, id, 1, none, exts_of(a, odd, true, none)), false);
	check_request(a, "an unknown extension of one certificate",
		      request(a, none, id, 1, exts_of(a, odd, false, none), none), true);
	check_request(a, "the same, critical",
		      request(a, none, id, 1, exts_of(a, odd, true, none), none), false);
	check_request(a, "junk", text_blob("junk"), false);
	check_request(a, "nothing", none, false);
	check_request(a, "a serial with a needless zero",
		      request(a, none,
			      LIT("\x30\x15\x30\x09\x06\x05\x2b"
				  "\x0e\x03\x02\x1a\x05\x00\x04\x01x\x04\x01y\x02\x02\x00\x01"),
			      1, none, none),
		      false);
}

#define OID_BASIC LIT(OID_OCSP_BASIC)
#define OID_ODD LIT("\x06\x03\x2a\x03\x04")

static struct blob sequence(struct arena *a, struct blob one, struct blob two)
{
	struct der_out w;
	size_t seq;

	der_init(&w, a, 0);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_raw(&w, one);
	der_put_raw(&w, two);
	der_close(&w, seq);
	return der_done(&w);
}

static void test_acceptable(struct arena *a)
{
	struct blob id = certid(a, SHA1_NULL, LIT("\x07")), oid = LIT(OID_OCSP_RESPONSE);
	const struct {
		const char *label;
		struct blob value;
		bool good;
	} cases[] = {
		{ "basic responses are acceptable", sequence(a, OID_BASIC, none), true },
		{ "among others", sequence(a, OID_ODD, OID_BASIC), true },
		{ "only others are", sequence(a, OID_ODD, none), false },
		{ "none is", sequence(a, none, none), false },
		{ "what is no list", OID_BASIC, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_request(a, cases[i].label,
			      request(a, none, id, 1, none, exts_of(a, oid, i % 2, cases[i].value)),
			      cases[i].good);
	}
}

/* A request with this after the tbsRequest, and this requestorName. */
static struct blob signed_request(struct arena *a, struct blob name, struct blob after)
{
	struct blob id = certid(a, SHA1_NULL, LIT("\x07"));
	struct der_out w;
	size_t whole, tbs;

	der_init(&w, a, 0);
	whole = der_open(&w, DER_SEQUENCE);
	tbs = der_open(&w, DER_SEQUENCE);
	if (name.len)
		der_put(&w, DER_CONSTRUCTED | 1, name);
	der_put_raw(&w, sequence(a, sequence(a, id, none), none));
	der_close(&w, tbs);
	if (after.len)
		der_put(&w, DER_CONSTRUCTED | 0, after);
	der_close(&w, whole);
	return der_done(&w);
}

static void test_signed(struct arena *a)
{
	struct blob alg = LIT("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02");
	struct blob bits = LIT("\x03\x03\x00\xaa\xbb"), dns = LIT("\x82\x01x"), certs;
	struct der_out w;
	size_t tag;

	der_init(&w, a, 0);
	der_put_raw(&w, bits);
	tag = der_open(&w, DER_CONSTRUCTED | 0);
	der_put_raw(&w, sequence(a, ca->der, leaf->der));
	der_close(&w, tag);
	certs = der_done(&w);
	check_request(a, "a requestor's name without a signature", signed_request(a, dns, none),
		      true);
	check_request(a, "no name where one is said to be",
		      signed_request(a, LIT("\x82\x01x\x82\x01x"), none), false);
	check_request(a, "a signature", signed_request(a, dns, sequence(a, alg, bits)), true);
	check_request(a, "with certificates", signed_request(a, dns, sequence(a, alg, certs)),
		      true);
	check_request(a, "a signature without bits",
		      signed_request(a, dns, sequence(a, alg, LIT("\x03\x01\x00"))), false);
	check_request(a, "without an algorithm", signed_request(a, dns, sequence(a, bits, none)),
		      false);
	check_request(a, "rubbish for a signature", signed_request(a, dns, LIT("\x05\x00")), false);
	check_request(a, "rubbish for certificates",
		      signed_request(a, dns, sequence(a, alg, LIT("\x03\x02\x00\xaa\x05\x00"))),
		      false);
}

#define ECDSA_SHA1 LIT("\x06\x07\x2a\x86\x48\xce\x3d\x04\x01")
#define ECDSA_SHA(n) LIT("\x06\x08\x2a\x86\x48\xce\x3d\x04\x03" n)
#define RSA_SHA(n) LIT("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01" n)
#define EC_KEY "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
#define ON_P256 LIT("\x30\x13" EC_KEY "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07")
#define ON_P384 LIT("\x30\x10" EC_KEY "\x06\x05\x2b\x81\x04\x00\x22")

/* The digest that a signer takes when these two are preferred, on the given curves. */
static int chosen(struct arena *a, const struct cert *by, struct blob first, struct blob curve,
		  struct blob second)
{
	struct blob one = sequence(a, sequence(a, first, none), curve);
	struct blob two = sequence(a, sequence(a, second, none), none);
	struct blob list = sequence(a, one, second.len ? two : none);
	struct blob exts = exts_of(a, LIT(OID_OCSP_PREFERRED), false, list);
	struct blob id = certid(a, SHA1_NULL, LIT("\x07"));
	struct ocsp_request r;
	struct err e;

	must(ocsp_request_read(a, request(a, none, id, 1, none, exts), &r, &e) == 0, &e);
	return ocsp_choose_hash(&r, by);
}

static void test_preferred(struct arena *a)
{
	struct blob id = certid(a, SHA1_NULL, LIT("\x07")), list, exts;

	ok(chosen(a, signer, ECDSA_SHA("\x03"), none, ECDSA_SHA("\x04")) == HASH_SHA384,
	   "the first algorithm that the key can do");
	ok(chosen(a, signer, RSA_SHA("\x0c"), none, ECDSA_SHA("\x04")) == HASH_SHA512,
	   "not that of another kind of key");
	ok(chosen(a, ca, ECDSA_SHA("\x03"), none, RSA_SHA("\x0c")) == HASH_SHA384, "for RSA, too");
	ok(chosen(a, signer, ECDSA_SHA("\x02"), none, ECDSA_SHA("\x04")) == HASH_OF_KEY,
	   "the key's own is its own");
	ok(chosen(a, signer, ECDSA_SHA1, none, none) == HASH_OF_KEY, "never SHA-1");
	ok(chosen(a, signer, ECDSA_SHA("\x03"), ON_P384, ECDSA_SHA("\x04")) == HASH_SHA512,
	   "not that on another curve");
	ok(chosen(a, signer, ECDSA_SHA("\x03"), ON_P256, ECDSA_SHA("\x04")) == HASH_SHA384,
	   "that on the key's");
	list = sequence(a, sequence(a, sequence(a, OID_ODD, none), none), none);
	exts = exts_of(a, LIT(OID_OCSP_PREFERRED), true, list);
	check_request(a, "preferred algorithms, critical", request(a, none, id, 1, none, exts),
		      true);
	exts = exts_of(a, LIT(OID_OCSP_PREFERRED), false, OID_ODD);
	check_request(a, "what is no list of algorithms", request(a, none, id, 1, none, exts),
		      false);
}

static void test_nonces(struct arena *a)
{
	struct blob id = certid(a, SHA1_NULL, LIT("\x07")), oid = LIT(OID_OCSP_NONCE);
	static const struct {
		size_t len;
		bool good;
	} sizes[] = { { 0, false }, { 1, true }, { 32, true }, { 128, true }, { 129, false } };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		check_request(a, arena_printf(a, "nonce of %zu octets", sizes[i].len),
			      request(a, none, id, 1, none,
				      exts_of(a, oid, false, wrapped(a, sizes[i].len))),
			      sizes[i].good);
		check_request(a, arena_printf(a, "bare nonce of %zu octets", sizes[i].len),
			      request(a, none, id, 1, none,
				      exts_of(a, oid, false, octets(a, sizes[i].len))),
			      sizes[i].good);
	}
}

static void test_hostile(struct arena *a)
{
	struct blob exts = exts_of(a, LIT(OID_OCSP_NONCE), false, wrapped(a, 16));
	struct blob der = request(a, LIT("\x02\x01\x00"), certid(a, SHA1_NULL, LIT("\x01\x02")), 3,
				  exts, exts);
	struct ocsp_request r;
	unsigned char *trailing;
	size_t accepted = 0;
	struct err e;

	for (size_t n = 0; n < der.len; n++) {
		unsigned char *p = heap_copy(der, n);
		AUTO(arena) *own = arena_new();

		accepted += ocsp_request_read(own, blob_of(p, n), &r, &e) == 0;
		free(p);
	}
	ok(accepted == 0, "cut off anywhere");
	for (size_t i = 0; i < 256 * der.len; i++) {
		AUTO(arena) *own = arena_new();
		unsigned char *p = heap_copy(der, der.len);

		p[i / 256] = (unsigned char)i;
		accepted += ocsp_request_read(own, blob_of(p, der.len), &r, &e) == 0 &&
			    (r.n == 0 || r.n > OCSP_MAX_IDS || r.ids[r.n - 1].serial.len == 0);
		free(p);
	}
	ok(accepted == 0, "whatever one octet becomes, what is read is whole");
	trailing = arena_alloc(a, der.len + 1);
	memcpy(trailing, der.data, der.len);
	check_request(a, "whole", blob_of(trailing, der.len), true);
	check_request(a, "a trailing octet", blob_of(trailing, der.len + 1), false);
}

int main(void)
{
	AUTO(arena) *a = arena_new();

	ocsp_fixture(a);
	test_requests(a);
	test_acceptable(a);
	test_signed(a);
	test_preferred(a);
	test_nonces(a);
	test_hostile(a);
	return done();
}
