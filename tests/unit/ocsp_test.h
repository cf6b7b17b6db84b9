/* For the tests of OCSP: requests, octet by octet, and the CA, the responder and the leaf they are about. */
#ifndef TESTS_OCSP_TEST_H
#define TESTS_OCSP_TEST_H

#include "pki_test.h"

#include "pki/der.h"
#include "pki/digest.h"
#include "pki/ext.h"
#include "pki/ocsp.h"

#define LIT(s) blob_of(s, sizeof(s) - 1)
#define SHA1_NULL LIT("\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00")
#define SHA1_ABSENT LIT("\x30\x07\x06\x05\x2b\x0e\x03\x02\x1a")
#define SHA256_ABSENT LIT("\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01")

static struct key *ca_key, *signer_key;
static const struct cert *ca, *signer, *leaf;

static void ocsp_fixture(struct arena *a)
{
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
}

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

#endif
