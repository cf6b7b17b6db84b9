/* OCSP: requests of the openssl command and hostile ones; responses as that command reads them. */
#include "pki_test.h"

#include "base/hex.h"
#include "pki/der.h"
#include "pki/digest.h"
#include "pki/ext.h"
#include "pki/ocsp.h"
#include "pki/ossl.h"

#define LIT(s) blob_of(s, sizeof(s) - 1)
#define SHA1_NULL LIT("\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00")
#define SHA1_ABSENT LIT("\x30\x07\x06\x05\x2b\x0e\x03\x02\x1a")
#define SHA256_ABSENT LIT("\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01")

static struct key *ca_key, *signer_key;
static const struct cert *ca, *signer, *leaf;

/* A CertID of the CA with this AlgorithmIdentifier. */
static struct blob certid(struct arena *a, struct blob algorithm, struct blob serial)
{
	bool sha1 = algorithm.len < 13;
	struct blob bits = key_read_bits(ca->spki);
	struct der_out w;
	size_t seq;

	der_init(&w, a, 0);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_raw(&w, algorithm);
	der_put(&w, DER_OCTET_STRING,
		sha1 ? digest_make_sha1(a, ca->subject_der)
		     : digest_make_sha256(a, ca->subject_der));
	der_put(&w, DER_OCTET_STRING,
		sha1 ? digest_make_sha1(a, bits) : digest_make_sha256(a, bits));
	der_put_integer(&w, serial);
	der_close(&w, seq);
	return der_done(&w);
}

static void put_tagged(struct der_out *w, unsigned n, struct blob content)
{
	if (content.len)
		der_put(w, DER_CONSTRUCTED | n, content);
}

/* A request of n times this CertID; what is empty is left out. */
static struct blob request(struct arena *a, struct blob version, struct blob id, size_t n,
			   struct blob single_exts, struct blob exts)
{
	struct der_out w;
	size_t whole, tbs, list, one;

	der_init(&w, a, 0);
	whole = der_open(&w, DER_SEQUENCE);
	tbs = der_open(&w, DER_SEQUENCE);
	put_tagged(&w, 0, version);
	list = der_open(&w, DER_SEQUENCE);
	for (size_t i = 0; i < n; i++) {
		one = der_open(&w, DER_SEQUENCE);
		der_put_raw(&w, id);
		put_tagged(&w, 0, single_exts);
		der_close(&w, one);
	}
	der_close(&w, list);
	put_tagged(&w, 2, exts);
	der_close(&w, tbs);
	der_close(&w, whole);
	return der_done(&w);
}

static struct blob exts_of(struct arena *a, struct blob oid, bool critical, struct blob value)
{
	struct der_out w;
	size_t seq;

	der_init(&w, a, 0);
	seq = der_open(&w, DER_SEQUENCE);
	ext_put(&w, (const char *)oid.data, oid.len, critical, value);
	der_close(&w, seq);
	return der_done(&w);
}

static struct blob octets(struct arena *a, size_t n)
{
	unsigned char *p = arena_alloc(a, n + 1);

	memset(p, 0xa5, n);
	return blob_of(p, n);
}

static struct blob wrapped(struct arena *a, size_t n)
{
	struct der_out w;

	der_init(&w, a, 0);
	der_put(&w, DER_OCTET_STRING, octets(a, n));
	return der_done(&w);
}

static const struct blob none;

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

/* true when the octets are in the response. */
static bool contains(struct blob der, struct blob part)
{
	for (size_t i = 0; i + part.len <= der.len; i++) {
		if (memcmp(der.data + i, part.data, part.len) == 0)
			return true;
	}
	return false;
}

static struct blob respond(struct arena *a, struct blob req, enum ocsp_status status)
{
	const struct ocsp_signer by = { .cert = signer, .key = signer_key };
	struct ocsp_single v[OCSP_MAX_IDS];
	struct ocsp_request r;
	struct blob der;
	struct err e;

	must(ocsp_request_read(a, req, &r, &e) == 0, &e);
	for (size_t i = 0; i < r.n; i++)
		v[i] = (struct ocsp_single){
			.id = &r.ids[i],
			.status = status,
			.revoked_at = T0 + CLOCK_HOUR,
			.reason = i == 0 ? 1 : 0,
			.this_update = T0 + CLOCK_DAY + 777777,
			.next_update = T0 + 2 * CLOCK_DAY,
			.archive_cutoff = i == 0 ? T0 : 0,
		};
	must(ocsp_response_make(a, v, r.n, &r, &by, T0 + CLOCK_DAY + 999999, &der, &e) == 0, &e);
	ok(ERR_peek_error() == 0 && der_check(der), "a response is DER");
	return der;
}

static void test_echo(struct arena *a)
{
	struct blob ids[] = { certid(a, SHA1_NULL, LIT("\x01")),
			      certid(a, SHA1_ABSENT, LIT("\xff\x01")),
			      certid(a, SHA256_ABSENT, LIT("\x00")) };
	struct blob oid = LIT(OID_OCSP_NONCE), nonce;

	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		ok(contains(respond(a, request(a, none, ids[i], 1, none, none), OCSP_GOOD), ids[i]),
		   "CertID %zu is echoed byte for byte", i);
	nonce = exts_of(a, oid, false, wrapped(a, 32));
	ok(contains(respond(a, request(a, none, ids[0], 1, none, nonce), OCSP_GOOD), nonce),
	   "a nonce is echoed");
	nonce = exts_of(a, oid, false, octets(a, 23));
	ok(contains(respond(a, request(a, none, ids[0], 1, none, nonce), OCSP_GOOD), nonce),
	   "a bare one as it came");
	nonce = exts_of(a, oid, true, octets(a, 23));
	ok(!contains(respond(a, request(a, none, ids[0], 1, none, nonce), OCSP_GOOD), nonce),
	   "and never critical");
}

/* Asks and answers with the openssl command on the other side. */
static const char *converse(struct arena *a, const char *options, const char *more,
			    enum ocsp_status status)
{
	struct blob req;

	run("rm -f q.der; openssl ocsp %s -issuer ca.pem -cert leaf.pem %s -reqout q.der", options,
	    more);
	req = get_file(a, "q.der");
	put_file(a, "r.der", respond(a, req, status));
	/* With the request it checks the nonce, with the certificates it tells their status. */
	return run("O='-respin r.der -CAfile ca.pem -attime %lld -validity_period 2000000000'; "
		   "openssl ocsp -reqin q.der $O; "
		   "openssl ocsp -no_nonce %s -issuer ca.pem -cert leaf.pem %s $O",
		   (long long)((T0 + CLOCK_DAY) / CLOCK_SECOND) + 1, options, more);
}

static void test_openssl(struct arena *a)
{
	unsigned char hash[SHA1_LEN];
	const char *out;

	put_file(a, "ca.pem", text_blob(cert_write_pem(a, ca->der)));
	put_file(a, "leaf.pem", text_blob(cert_write_pem(a, leaf->der)));
	out = converse(a, "", "", OCSP_GOOD);
	ok(says(out, "Response verify OK") && says(out, "leaf.pem: good") &&
		   !strstr(out, "WARNING") && !strstr(out, "rror"),
	   "openssl ocsp: good, with a nonce");
	ok(says(out, "This Update: Nov 19 11:06:40 2026 GMT") &&
		   says(out, "Next Update: Nov 20 11:06:40 2026 GMT"),
	   "whole seconds");
	out = converse(a, "-sha256 -no_nonce", "", OCSP_REVOKED);
	ok(says(out, "Response verify OK") && says(out, "leaf.pem: revoked") &&
		   says(out, "Reason: keyCompromise") &&
		   says(out, "Revocation Time: Nov 18 12:06:40 2026 GMT"),
	   "revoked, with reason and time");
	out = converse(a, "", "", OCSP_UNKNOWN);
	ok(says(out, "Response verify OK") && says(out, "leaf.pem: unknown"), "unknown");
	out = converse(a, "", "-serial 0x1234", OCSP_REVOKED);
	ok(says(out, "0x1234: revoked"), "two CertIDs in one request");
	out = strstr(out, "0x1234: revoked");
	ok(out && !strstr(out, "Reason"), "reason 0 is not written");

	out = run("openssl ocsp -respin r.der -noverify -resp_text");
	digest_sha1(key_read_bits(signer->spki), hash);
	ok(says(out, "Produced At: Nov 19 11:06:40 2026 GMT"), "produced at");
	for (char *p = (char *)out; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	ok(says(out, arena_printf(a, "responder id: %s", hex_write(a, blob_of(hash, SHA1_LEN)))),
	   "the responder is named by the SHA-1 of its key");
	ok(says(out, "ocsp archive cutoff") && says(out, "begin certificate"),
	   "archive cutoff, and the responder's certificate");
}

/* What openssl reads of an answer about leaf.pem that is signed so. */
static const char *signed_so(struct arena *a, const struct ocsp_signer *by, bool unissued)
{
	struct ocsp_single single = { .status = OCSP_GOOD,
				      .this_update = T0 + CLOCK_DAY,
				      .next_update = T0 + 2 * CLOCK_DAY };
	struct ocsp_request r;
	struct blob der;
	struct err e;

	must(ocsp_request_read(a, get_file(a, "q.der"), &r, &e) == 0, &e);
	single.id = &r.ids[0];
	if (unissued)
		ocsp_say_unissued(&single);
	must(ocsp_response_make(a, &single, 1, &r, by, T0 + CLOCK_DAY, &der, &e) == 0, &e);
	put_file(a, "r.der", der);
	return run("O='-no_nonce -respin r.der -CAfile ca.pem -attime %lld -validity_period "
		   "2000000000'; openssl ocsp -issuer ca.pem -cert leaf.pem $O; "
		   "openssl ocsp -respin r.der -noverify -resp_text",
		   (long long)((T0 + CLOCK_DAY) / CLOCK_SECOND) + 1);
}

static void test_ways(struct arena *a)
{
	struct ocsp_signer by = { .cert = signer, .key = signer_key };
	const char *out;

	run("openssl ocsp -issuer ca.pem -cert leaf.pem -no_nonce -reqout q.der");
	by.by_name = true;
	out = signed_so(a, &by, false);
	ok(says(out, "Response verify OK") && says(out, "Responder Id: CN = responder"),
	   "the responder is named by its name");
	by.hash = HASH_SHA384;
	out = signed_so(a, &by, false);
	ok(says(out, "Response verify OK") && says(out, "ecdsa-with-SHA384"), "SHA-384 signs");
	out = signed_so(a, &by, true);
	ok(says(out, "leaf.pem: revoked") && says(out, "Reason: certificateHold") &&
		   says(out, "Revocation Time: Jan  1 00:00:00 1970 GMT"),
	   "an unissued one is revoked since 1970");
	ok(contains(get_file(a, "r.der"),
		    LIT("\x30\x0f" OID_OCSP_EXTENDED_REVOKE "\x04\x02\x05\x00")),
	   "and the response says that it says so, not critical");
	signed_so(a, &by, false);
	ok(!contains(get_file(a, "r.der"), LIT(OID_OCSP_EXTENDED_REVOKE)), "only then");
}

static void test_errors(struct arena *a)
{
	const struct ocsp_signer by = { .cert = signer, .key = signer_key };
	const struct ocsp_signer wrong = { .cert = signer, .key = ca_key };
	struct ocsp_request r = { .n = 0 };
	struct ocsp_single single = { .status = OCSP_GOOD };
	struct blob der;
	struct err e;

	put_file(a, "e.der", ocsp_error_make(a, OCSP_UNAUTHORIZED));
	ok(says(run("openssl ocsp -respin e.der -resp_text"), "unauthorized (6)"), "unauthorized");
	ok(blob_equal(ocsp_error_make(a, OCSP_MALFORMED_REQUEST), LIT("\x30\x03\x0a\x01\x01")),
	   "malformedRequest, octet by octet");
	ok(ocsp_response_make(a, &single, 0, &r, &by, T0, &der, &e) < 0 && e.kind == ERR_INTERNAL,
	   "no answers, no response");
	ok(ocsp_response_make(a, &single, 1, &r, &wrong, T0, &der, &e) < 0 &&
		   e.kind == ERR_INTERNAL,
	   "another key than the responder's does not sign");
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
	struct cert_spec s;

	scratch_init();
	ca_key = make_key(a, KEY_RSA, 2048);
	signer_key = make_key(a, KEY_ECDSA, 256);
	ca = make_ca(a, "ca", ca_key, NULL, NULL);
	leaf = make_leaf(a, "d", make_key(a, KEY_ECDSA, 256), ca, ca_key);
	s = make_spec(a, "responder", signer_key);
	s.key_usage = KU_DIGITAL_SIGNATURE;
	s.ext_key_usage = EKU_OCSP_SIGNING;
	s.ocsp_nocheck = true;
	signer = make_cert(a, &s, ca, ca_key);
	test_requests(a);
	test_acceptable(a);
	test_signed(a);
	test_preferred(a);
	test_nonces(a);
	test_echo(a);
	test_openssl(a);
	test_ways(a);
	test_errors(a);
	test_hostile(a);
	return done();
}
