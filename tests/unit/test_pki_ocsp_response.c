/* OCSP responses, as the openssl command reads them. */
#include "ocsp_test.h"

#include "base/hex.h"
#include "pki/ossl.h"

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

static void test_status(struct arena *a)
{
	const struct blob req = request(a, none, certid(a, SHA1_NULL, LIT("\x01")), 1, none, none);
	const struct ocsp_signer by = { .cert = signer, .key = signer_key };
	struct ocsp_request r;
	struct ocsp_single s, plain = { .status = OCSP_REVOKED, .revoked_at = T0 };
	struct blob der;
	struct err e;

	ok(ocsp_response_read_status(respond(a, req, OCSP_GOOD), &s) && s.status == OCSP_GOOD &&
		   !s.revoked_at && !s.reason,
	   "good is read");
	ok(ocsp_response_read_status(respond(a, req, OCSP_UNKNOWN), &s) && s.status == OCSP_UNKNOWN,
	   "unknown is read");
	ok(ocsp_response_read_status(respond(a, req, OCSP_REVOKED), &s) &&
		   s.status == OCSP_REVOKED && s.revoked_at == T0 + CLOCK_HOUR && s.reason == 1,
	   "revoked is read, with its time and reason");
	must(ocsp_request_read(a, req, &r, &e) == 0, &e);
	plain.id = &r.ids[0];
	must(ocsp_response_make(a, &plain, 1, &r, &by, T0, &der, &e) == 0, &e);
	ok(ocsp_response_read_status(der, &s) && s.status == OCSP_REVOKED && s.reason == 0,
	   "without a reason, it is 0");
	ok(!ocsp_response_read_status(ocsp_error_make(a, OCSP_TRY_LATER), &s) &&
		   !ocsp_response_read_status(blob_of(der.data, der.len - 1), &s),
	   "no status is none");
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

int main(void)
{
	AUTO(arena) *a = arena_new();

	ocsp_fixture(a);
	test_echo(a);
	test_openssl(a);
	test_ways(a);
	test_status(a);
	test_errors(a);
	return done();
}
