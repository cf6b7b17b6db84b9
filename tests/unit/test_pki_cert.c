/* Certificates: what is made is what the openssl command reads; hostile ones are refused. */
#include "pki_test.h"

#include "pki/der.h"
#include "pki/ossl.h"

static struct blob one_san(struct arena *a, const char *name)
{
	struct blob san;
	struct err e;

	must(cert_make_san(a, &(struct texts){ .v = &name, .n = 1 }, &san, &e) == 0, &e);
	return san;
}

static const char *print(struct arena *a, const struct cert *c)
{
	put_file(a, "c.pem", text_blob(cert_write_pem(a, c->der)));
	return run("openssl x509 -in c.pem -noout -text -nameopt RFC2253");
}

static void test_root(struct arena *a, int type, int64_t bits, const char *algorithm)
{
	struct key *k = make_key(a, type, bits);
	struct cert *c = make_ca(a, "root", k, NULL, NULL);
	const char *out = print(a, c);
	struct err e;

	ok(says(out, algorithm), "a root signs with %s", algorithm);
	ok(says(out, "CA:TRUE\n") && says(out, "Certificate Sign, CRL Sign"), "and is a CA");
	ok(says(out, "X509v3 Basic Constraints: critical") &&
		   says(out, "X509v3 Key Usage: critical"),
	   "critically");
	ok(c->is_ca && c->path_len == -1 && c->self_issued && blob_equal(c->ski, c->aki) &&
		   blob_equal(c->ski, key_make_ski(a, c->spki)) && c->ski.len == SHA256_LEN,
	   "its identifiers are the SHA-256 of its SPKI");
	ok(cert_check_signed_by(c, c, &e) == 0, "and it signed itself");
	put_file(a, "root.pem", text_blob(cert_write_pem(a, c->der)));
	ok(says(run("openssl verify -x509_strict -check_ss_sig -attime %lld -CAfile root.pem root.pem",
		    (long long)(T0 / CLOCK_SECOND)),
		"root.pem: OK"),
	   "as openssl verify says");
}

static void test_leaf(struct arena *a)
{
	struct key *ca_key = make_key(a, KEY_ECDSA, 384), *k = make_key(a, KEY_ECDSA, 256);
	struct cert *ca = make_ca(a, "issuer", ca_key, NULL, NULL), *c;
	struct cert_spec s = make_spec(a, "device-1", k);
	const char *out;
	struct err e;

	s.serial = blob_of("\xff\x01\x02", 3);
	s.not_before = T0 + 123456;
	s.key_usage = KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT;
	s.ext_key_usage = EKU_CLIENT_AUTH | EKU_CMC_RA | EKU_MS_KERNEL_CODE;
	s.san = one_san(a, "device-1.example");
	s.ocsp_url = "http://localhost:8080/ocsp";
	s.crl_url = "http://localhost:8080/crl/abc";
	s.ocsp_nocheck = true;
	c = make_cert(a, &s, ca, ca_key);
	out = print(a, c);
	ok(says(out, "Version: 3 (0x2)") && says(out, "ecdsa-with-SHA384"),
	   "v3, signed with the digest of the issuer's key");
	ok(says(out, "Serial Number: 16711938 (0xff0102)"), "a serial is positive");
	ok(says(out, "Issuer: CN=issuer") && says(out, "Subject: CN=device-1"), "names");
	ok(says(out, "Not Before: Nov 18 11:06:40 2026 GMT"), "whole seconds");
	ok(says(out, "CA:FALSE"), "a leaf says that it is no CA");
	ok(says(out, "Digital Signature, Key Agreement"), "key usage");
	ok(says(out, "TLS Web Client Authentication") && says(out, "CMC Registration Authority") &&
		   says(out, "1.3.6.1.4.1.311.61.1.1"),
	   "extended key usage");
	ok(says(out, "X509v3 Subject Alternative Name: \n                DNS:device-1.example"),
	   "SAN, not critical beside a subject");
	ok(says(out, "OCSP - URI:http://localhost:8080/ocsp"), "AIA");
	ok(says(out, "URI:http://localhost:8080/crl/abc"), "CRL distribution point");
	ok(says(out, "OCSP No Check"), "nocheck");
	ok(blob_equal(c->aki, ca->ski) && !c->is_ca && !c->self_issued, "AKI is the issuer's SKI");
	ok(c->not_before == T0 && blob_equal(c->serial, s.serial) && c->key.type == KEY_ECDSA &&
		   c->key.bits == 256 && c->key_usage == s.key_usage &&
		   c->ext_key_usage == s.ext_key_usage && c->has_ext_key_usage &&
		   blob_equal(c->san, s.san) && strcmp(c->subject.common_name, "device-1") == 0,
	   "and all of it is read back");
	ok(cert_check_signed_by(c, ca, &e) == 0, "its issuer signed it");
	ok(cert_check_signed_by(ca, c, &e) < 0 && e.kind == ERR_REJECTED, "and not the reverse");
	put_file(a, "ca.pem", text_blob(cert_write_pem(a, ca->der)));
	ok(says(run("openssl verify -x509_strict -attime %lld -CAfile ca.pem c.pem",
		    (long long)(T0 / CLOCK_SECOND) + 1),
		"c.pem: OK"),
	   "as openssl verify says");
}

static void test_corners(struct arena *a)
{
	struct key *k = make_key(a, KEY_ECDSA, 256), *other = make_key(a, KEY_ECDSA, 256);
	struct cert *ca = make_ca(a, "issuer", k, NULL, NULL), *c;
	struct cert *twin = make_ca(a, "issuer", other, NULL, NULL);
	struct cert_spec s = make_spec(a, "x", other);
	struct err e;

	s.subject_der = blob_of("\x30\x00", 2);
	s.san = one_san(a, "10.0.0.1");
	s.not_after = INT64_MAX;
	s.is_ca = true;
	s.path_len = 0;
	c = make_cert(a, &s, ca, k);
	ok(says(print(a, c), "X509v3 Subject Alternative Name: critical"),
	   "SAN is critical beside an empty subject");
	ok(says(run("openssl x509 -in c.pem -noout -enddate"), "notAfter=Dec 31 23:59:59 9999 GMT"),
	   "the end of time is 99991231235959Z");
	ok(says(run("openssl x509 -in c.pem -noout -text"), "CA:TRUE, pathlen:0") &&
		   c->path_len == 0,
	   "a path length");
	ok(!cert_make(a, &s, ca, other, &e) && e.kind == ERR_INTERNAL,
	   "another key than the issuer's does not sign");
	ok(cert_check_signed_by(c, twin, &e) < 0 && strcmp(e.code, "certificate_signature") == 0,
	   "a CA of the same name did not sign it");
	s.serial = blob_of("", 0);
	ok(!cert_make(a, &s, ca, k, &e) && e.kind == ERR_INTERNAL, "no serial");
	s.serial = blob_of("123456789012345678901", 21);
	ok(!cert_make(a, &s, ca, k, &e) && e.kind == ERR_INTERNAL, "a serial of 21 octets");
}

static void test_serials(struct arena *a)
{
	struct blob one = cert_make_serial(a), other = cert_make_serial(a);
	size_t wrong = 0;

	ok(!blob_equal(one, other), "serials differ");
	for (size_t i = 0; i < 1000; i++) {
		struct blob serial = cert_make_serial(a);

		wrong += serial.len != 18 || serial.data[0] == 0 || serial.data[0] >= 0x80;
	}
	ok(!wrong, "all are of 18 octets, in DER too");
}

/* An issuer that others made: its SKI is the SHA-1 of its key. */
static void test_foreign(struct arena *a)
{
	struct key *k;
	struct cert *ca, *c;
	struct err e;

	run("openssl req -x509 -newkey rsa:2048 -nodes -keyout f.key -out f.pem -subj /C=ES/O=Acme/CN=f "
	    "-addext 'subjectAltName=DNS:f.example,email:f@example.com,dirName:dir' -config /dev/stdin "
	    "<<'EOF'\n[req]\ndistinguished_name=dn\nx509_extensions=v3\n[dn]\n[dir]\nCN=inner\n"
	    "[v3]\nsubjectKeyIdentifier=hash\nbasicConstraints=critical,CA:true\n"
	    "keyUsage=critical,keyCertSign,cRLSign\nEOF");
	k = key_read_pem(a, get_file(a, "f.key"), &e);
	must(k, &e);
	ca = cert_read_pem(a, (const char *)get_file(a, "f.pem").data, get_file(a, "f.pem").len,
			   &e);
	must(ca, &e);
	ok(ca->is_ca && ca->ski.len == 20 && ca->key.type == KEY_RSA && ca->key.bits == 2048 &&
		   strcmp(ca->subject.organization, "Acme") == 0,
	   "a foreign CA is read");
	ok(cert_read_san(a, ca->san).n == 3 &&
		   strcmp(cert_read_san(a, ca->san).v[1], "email:f@example.com") == 0,
	   "with its names");
	c = make_leaf(a, "d", make_key(a, KEY_ED25519, 0), ca, k);
	ok(blob_equal(c->aki, ca->ski), "it keeps its key identifier");
	print(a, c);
	/* The CA is of today, the certificate of T0. */
	ok(says(run("openssl verify -x509_strict -no_check_time -CAfile f.pem c.pem"), "c.pem: OK"),
	   "and it issues");
}

static void test_pem(struct arena *a)
{
	struct cert *ca = make_ca(a, "one", make_key(a, KEY_ECDSA, 256), NULL, NULL), **v;
	struct cert *two = make_ca(a, "two", make_key(a, KEY_ECDSA, 256), NULL, NULL), *c;
	const char *p1 = cert_write_pem(a, ca->der), *p2 = cert_write_pem(a, two->der), *s;
	struct err e;
	size_t n;

	s = arena_printf(a, "some text\n%s-----BEGIN X-----\nAAAA\n-----END X-----\n%s", p1, p2);
	ok(cert_read_pem_list(a, s, strlen(s), &v, &n, &e) == 0 && n == 2 &&
		   blob_equal(v[0]->der, ca->der) && blob_equal(v[1]->der, two->der),
	   "all certificates of a PEM text, in order");
	c = cert_read_pem(a, s, strlen(s), &e);
	ok(c && blob_equal(c->der, ca->der), "and the first");
	ok(!cert_read_pem(a, "", 0, &e) && e.kind == ERR_MALFORMED, "an empty text");
	ok(cert_read_pem_list(a, "x", 1, &v, &n, &e) < 0 && e.kind == ERR_MALFORMED, "no PEM");
	ok(!cert_read_pem(a, p1, strlen(p1) - 30, &e) && e.kind == ERR_MALFORMED, "cut off");
	s = arena_printf(
		a, "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"
		   "00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END CERTIFICATE-----\n");
	ok(!cert_read_pem(a, s, strlen(s), &e) && e.kind == ERR_MALFORMED,
	   "an encrypted block is malformed, and nobody is asked");
}

/* Every octet of a good certificate changed, and the certificate cut off everywhere. */
static void test_hostile(struct arena *a)
{
	struct key *k = make_key(a, KEY_ECDSA, 256);
	struct cert *ca = make_ca(a, "ca", k, NULL, NULL), *c = make_leaf(a, "d", k, ca, k);
	size_t accepted = 0, verified = 0;
	struct err e;

	for (size_t n = 0; n < c->der.len; n++) {
		unsigned char *p = heap_copy(c->der, n);
		AUTO(arena) *scratch_arena = arena_new();

		accepted += cert_read(scratch_arena, blob_of(p, n), &e) != NULL;
		free(p);
	}
	ok(accepted == 0, "cut off anywhere");
	for (size_t i = 0; i < 3 * c->der.len; i++) {
		static const unsigned char mask[] = { 0x01, 0x80, 0xff };
		unsigned char *p = heap_copy(c->der, c->der.len);
		AUTO(arena) *scratch_arena = arena_new();
		struct cert *bad;

		p[i / 3] ^= mask[i % 3];
		bad = cert_read(scratch_arena, blob_of(p, c->der.len), &e);
		verified += bad && cert_check_signed_by(bad, ca, &e) == 0;
		accepted += ERR_peek_error() != 0;
		free(p);
	}
	ok(verified == 0, "no changed octet goes unnoticed");
	ok(accepted == 0, "and OpenSSL's error queue stays empty");
	ok(!cert_read(a, blob_of(arena_printf(a, "%.*s ", 0, ""), 1), &e), "one octet");
}

/* Extensions that contradict themselves. */
static void check_extensions(struct arena *a, const char *label, const char *lines, bool good)
{
	struct blob pem;
	struct cert *c;
	struct err e;

	run("rm -f x.pem; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
	    "-keyout x.key -out x.pem -subj /CN=x -config /dev/stdin <<'EOF'\n[req]\n"
	    "distinguished_name=dn\nx509_extensions=v3\n[dn]\n[v3]\n%s\nEOF",
	    lines);
	pem = get_file(a, "x.pem");
	ok(pem.len > 0, "%s: openssl makes it", label);
	c = cert_read_pem(a, (const char *)pem.data, pem.len, &e);
	ok(!!c == good, "%s: %s", label, c ? "accepted" : e.text);
}

static void test_extensions(struct arena *a)
{
	check_extensions(a, "nothing unusual", "basicConstraints=CA:false", true);
	check_extensions(a, "an unknown one", "1.2.3.4=DER:0500", true);
	check_extensions(a, "SAN without names", "2.5.29.17=DER:3000", false);
	check_extensions(a, "SAN that is junk", "2.5.29.17=DER:0102", false);
	check_extensions(a, "basicConstraints with more", "2.5.29.19=DER:30060101ff02010005",
			 false);
	check_extensions(a, "negative path length", "2.5.29.19=DER:30060101ff0201ff", false);
	check_extensions(a, "keyUsage of no bits", "2.5.29.15=DER:0300", false);
	check_extensions(a, "extKeyUsage of none", "2.5.29.37=DER:3000", false);
}

/* Octets that no tool would write: the certificate with one of them changed. */
static void check_patched(struct arena *a, const char *label, const struct cert *c, size_t at,
			  unsigned char octet)
{
	struct blob der = arena_blob(a, c->der.data, c->der.len);
	struct err e;

	((unsigned char *)der.data)[at] = octet;
	ok(!cert_read(a, der, &e) && e.kind == ERR_MALFORMED, "%s: %s", label, e.text);
}

static size_t offset_in(const struct cert *c, const char *octets, size_t n)
{
	for (size_t i = 0; i + n <= c->der.len; i++) {
		if (memcmp(c->der.data + i, octets, n) == 0)
			return i;
	}
	exit(99);
}

static void test_patched(struct arena *a)
{
	struct key *k = make_key(a, KEY_ECDSA, 256);
	struct cert *c = make_ca(a, "x", k, NULL, NULL);
	size_t ski = (size_t)(c->ski.data - c->der.data);

	check_patched(a, "key identifier of another type", c, ski - 2, DER_NULL);
	check_patched(a, "an extension under another's name", c,
		      offset_in(c, OID_SUBJECT_KEY_ID, 5) + 4, 0x23);
	check_patched(a, "version 4", c, offset_in(c, "\xa0\x03\x02\x01\x02", 5) + 4, 3);
	check_patched(a, "month 19", c, offset_in(c, "261118", 6) + 3, '9');
	check_patched(a, "critical that is 01", c, offset_in(c, "\x01\x01\xff", 3) + 2, 1);
}

int main(void)
{
	AUTO(arena) *a = arena_new();

	scratch_init();
	test_root(a, KEY_ECDSA, 256, "ecdsa-with-SHA256");
	test_root(a, KEY_ECDSA, 521, "ecdsa-with-SHA512");
	test_root(a, KEY_RSA, 2048, "sha256WithRSAEncryption");
	test_root(a, KEY_ED25519, 0, "ED25519");
	test_leaf(a);
	test_corners(a);
	test_serials(a);
	test_foreign(a);
	test_pem(a);
	test_hostile(a);
	test_extensions(a);
	test_patched(a);
	return done();
}
