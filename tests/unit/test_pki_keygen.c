/* Keys on their way to a client, opened by OpenSSL's command; what a CSR asks of it. */
#include <openssl/crypto.h>

#include "pki/cms_key.h"
#include "pki/der.h"
#include "pki_test.h"

static struct err err;
static struct cert *ca;
static struct key *ca_key;

#define AT "-attime 1795000001"

static bool failed(int r, const char *code)
{
	bool as_expected = r < 0 && strcmp(err.code, code) == 0;

	if (!as_expected)
		printf("# returned %d, error %s: %s\n", r, err.code, err_log_text(&err));
	err_clear(&err);
	return as_expected;
}

static struct cert *make_recipient(struct arena *a, const char *cn, struct key *k, unsigned usage)
{
	struct cert_spec s = make_spec(a, cn, k);

	s.key_usage = usage;
	put_file(a, "r.key", key_write_pem(a, k, &err));
	return make_cert(a, &s, ca, ca_key);
}

static void check_opens(struct arena *a, struct blob content, const struct cms_recipient *to,
			const char *cipher, const char *options)
{
	struct blob der = { 0 };

	ok(cms_encrypt(a, content, to, cipher, &der, &err) == 0, "%s: encrypted", cipher);
	put_file(a, "enveloped", der);
	run("rm -f opened; openssl cms -decrypt -inform DER -in enveloped -out opened %s", options);
	ok(blob_equal(get_file(a, "opened"), content), "%s %.12s: opened", cipher, options);
}

static void test_package(struct arena *a)
{
	struct key *signer_key = make_key(a, KEY_ECDSA, 256);
	struct cert_spec s = make_spec(a, "signer", signer_key);
	struct key *made = make_key(a, KEY_RSA, 2048);
	struct cms_signer signer = { .key = signer_key };
	struct blob private_key, der, package;
	struct der seq;

	s.key_usage = KU_DIGITAL_SIGNATURE;
	s.ext_key_usage = EKU_CMC_RA | EKU_CM_KGA;
	signer.cert = make_cert(a, &s, ca, ca_key);
	ok(cms_make_private_key(a, made, &private_key, &err) == 0, "PKCS#8");
	put_file(a, "made.der", private_key);
	ok(says(run("openssl pkey -inform DER -in made.der -noout -text"), "2048 bit"),
	   "OpenSSL reads it");
	ok(cms_sign_private_key(a, private_key, &signer, &der, &err) == 0, "packed and signed");
	put_file(a, "signed", der);
	ok(says(run("openssl cms -verify -inform DER -in signed -CAfile ca.pem -purpose any " AT
		    " -out package"),
		"Verification successful"),
	   "the signature verifies up to the CA");
	ok(says(run("openssl cms -cmsout -print -noout -inform DER -in signed"),
		"2.16.840.1.101.2.1.2.78.5"),
	   "id-ct-KP-aKeyPackage");
	package = get_file(a, "package");
	ok(der_only(package, DER_SEQUENCE, &seq) && blob_equal(seq.content, private_key),
	   "an AsymmetricKeyPackage of one key");
}

static void test_encrypt(struct arena *a)
{
	static const char *const ciphers[] = { "AES-128-CBC", "AES-192-CBC", "AES-256-CBC",
					       "AES-128-GCM", "AES-192-GCM", "AES-256-GCM" };
	struct blob content = text_blob("a key, say\r\nwith lines\n and no\r end");
	struct cms_recipient to = { .id = text_blob("id"), .key = text_blob("0123456789abcdef") };

	for (size_t i = 0; i < ARRAY_LEN(ciphers); i++)
		check_opens(a, content, &to, ciphers[i],
			    "-secretkey 30313233343536373839616263646566 -secretkeyid 6964");
	to = (struct cms_recipient){ 0 };
	to.cert = make_recipient(a, "rsa", make_key(a, KEY_RSA, 2048), 0);
	put_file(a, "r.pem", text_blob(cert_write_pem(a, to.cert->der)));
	check_opens(a, content, &to, "AES-256-CBC", "-recip r.pem -inkey r.key");
	for (int64_t bits = 256; bits <= 384; bits += 128) {
		to.cert = make_recipient(a, "ec", make_key(a, KEY_ECDSA, bits), 0);
		put_file(a, "r.pem", text_blob(cert_write_pem(a, to.cert->der)));
		check_opens(a, content, &to, "AES-128-GCM", "-recip r.pem -inkey r.key");
	}
	to.cert = make_recipient(a, "ed", make_key(a, KEY_ED25519, 0), 0);
	ok(cms_encrypt(a, content, &to, "AES-128-CBC", &content, &err) < 0, "not to Ed25519");
	err_clear(&err);
}

static void test_recipient(struct arena *a)
{
	struct key *rsa = make_key(a, KEY_RSA, 2048), *ec = make_key(a, KEY_ECDSA, 256);
	const struct cert *c = make_recipient(a, "r", rsa, KU_KEY_ENCIPHERMENT);
	unsigned char other[SHA256_LEN] = { 1 };

	ok(cms_check_recipient(c, &err) == 0, "RSA with keyEncipherment");
	ok(cms_check_recipient(make_recipient(a, "e", ec, KU_KEY_AGREEMENT), &err) == 0,
	   "EC with keyAgreement");
	ok(cms_check_recipient(make_recipient(a, "n", ec, 0), &err) == 0, "no keyUsage at all");
	ok(failed(cms_check_recipient(make_recipient(a, "e", ec, KU_KEY_ENCIPHERMENT), &err),
		  "recipient"),
	   "EC without keyAgreement");
	ok(failed(cms_check_recipient(make_recipient(a, "s", rsa, KU_DIGITAL_SIGNATURE), &err),
		  "recipient"),
	   "RSA that only signs");
	ok(cms_names_cert(c->ski, c), "named by its SKI");
	ok(cms_names_cert(digest_make_sha1(a, key_read_bits(c->spki)), c), "by the key's SHA-1");
	ok(cms_names_cert(digest_make_sha256(a, c->spki), c), "by the SHA-256 of the SPKI");
	ok(!cms_names_cert(blob_of(other, sizeof(other)), c), "and by nothing else");
	ok(!cms_names_cert(blob_of("", 0), c), "nor by nothing");
}

static struct blob attribute(struct arena *a, const char *oid, size_t oid_len, struct blob values)
{
	struct der_out w;
	size_t seq;

	der_init(&w, a, 64);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_raw(&w, blob_of(oid, oid_len));
	der_put(&w, DER_SET, values);
	der_close(&w, seq);
	return der_done(&w);
}

#define ATTRIBUTE(oid, values)                                                                     \
	attribute(a, oid, sizeof(oid) - 1, blob_of(values, sizeof(values) - 1))
#define ID_AA(n) "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02" n
#define CAPABILITIES "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0f"

static int read_protection(struct arena *a, struct blob one, struct blob two,
			   struct csr_protection *p)
{
	struct csr r = { 0 };
	struct der_out w;

	der_init(&w, a, 128);
	der_put_raw(&w, one);
	der_put_raw(&w, two);
	r.attributes = der_done(&w);
	return csr_read_protection(&r, p, &err);
}

static void test_protection(struct arena *a)
{
	struct blob none = { 0 }, key = ATTRIBUTE(ID_AA("\x25"), "\x04\x02\x0a\x0b");
	struct blob aes =
		ATTRIBUTE(CAPABILITIES, "\x30\x1b\x30\x0a\x06\x08\x2a\x86\x48\x86\xf7\x0d\x03"
					"\x07\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01"
					"\x2a\x05\x00");
	struct csr_protection p;

	ok(read_protection(a, none, none, &p) == 0 && !p.symmetric_id.data &&
		   !p.asymmetric_id.data && !p.capabilities.data,
	   "nothing asked");
	ok(read_protection(a, key, aes, &p) == 0 &&
		   blob_equal(p.symmetric_id, text_blob("\x0a\x0b")),
	   "a DecryptKeyIdentifier");
	ok(strcmp(cms_find_cipher(p.capabilities), "AES-256-CBC") == 0, "the first that is served");
	ok(!cms_find_cipher(text_blob("\x30\x0a\x06\x08\x2a\x86\x48\x86\xf7\x0d\x03\x07")),
	   "3DES is not");
	ok(!cms_find_cipher(text_blob("\x30\x05\x06")), "nor what is cut off");
	ok(read_protection(a, ATTRIBUTE(ID_AA("\x36"), "\x04\x01\x01"), none, &p) == 0 &&
		   p.asymmetric_id.len == 1,
	   "an AsymmetricDecryptKeyIdentifier");
	ok(failed(read_protection(a, key, ATTRIBUTE(ID_AA("\x36"), "\x04\x01\x01"), &p),
		  "csr_keygen"),
	   "both");
	ok(failed(read_protection(a, ATTRIBUTE(ID_AA("\x25"), "\x04\x02\x0a\x0b\x04\x01\x01"), none,
				  &p),
		  "csr_keygen"),
	   "two values");
	ok(failed(read_protection(a, ATTRIBUTE(ID_AA("\x25"), "\x02\x01\x01"), none, &p),
		  "csr_keygen"),
	   "a number");
	ok(failed(read_protection(a, ATTRIBUTE(ID_AA("\x25"), "\x04"), none, &p), "csr_keygen"),
	   "a value that is cut off");
}

static void test_keyless(struct arena *a)
{
	struct blob name = make_name(a, "d1"), der;
	struct key *k = make_key(a, KEY_ECDSA, 256);
	struct csr *r;

	must(csr_make(a, name, blob_of(NULL, 0), k, &der, &err) == 0, &err);
	((unsigned char *)(uintptr_t)der.data)[der.len - 1] ^= 1;
	r = csr_read_keyless(a, der, &err);
	ok(r && !r->spki.len && strcmp(r->common_name, "d1") == 0, "read without its key");
	ok(r && failed(csr_check_signature(r, &err), "csr_signature"),
	   "a signature that nobody read verifies never");
}

/* What the library frees: each block with its size in front. */
static struct blob watched;
static size_t left;

enum { HEAD = 16 };

static void *watch_alloc(size_t n, const char *file, int line)
{
	unsigned char *p = malloc(n + HEAD);

	(void)file, (void)line;
	if (!p)
		return NULL;
	memcpy(p, &n, sizeof(n));
	return p + HEAD;
}

static bool holds(const unsigned char *p, size_t n)
{
	for (size_t i = 0; watched.len && i + watched.len <= n; i++)
		if (memcmp(p + i, watched.data, watched.len) == 0)
			return true;
	return false;
}

static void watch_free(void *block, const char *file, int line)
{
	unsigned char *p = block;
	size_t n;

	(void)file, (void)line;
	if (!p)
		return;
	memcpy(&n, p - HEAD, sizeof(n));
	left += holds(p, n);
	free(p - HEAD);
}

static void *watch_realloc(void *block, size_t n, const char *file, int line)
{
	void *p = n ? watch_alloc(n, file, line) : NULL;
	size_t before = 0;

	if (block)
		memcpy(&before, (unsigned char *)block - HEAD, sizeof(before));
	if (p && before)
		memcpy(p, block, before < n ? before : n);
	if (p || n == 0)
		watch_free(block, file, line);
	return p;
}

static void test_nothing_left(struct arena *a)
{
	struct cms_recipient to = { .id = text_blob("id"), .key = text_blob("0123456789abcdef") };
	struct key *signer_key = make_key(a, KEY_ECDSA, 256);
	struct cert_spec s = make_spec(a, "signer", signer_key);
	struct cms_signer signer = { .key = signer_key };
	struct blob key = text_blob("-a private key that is to be left nowhere-"), der;
	void *control = OPENSSL_memdup(key.data, key.len);

	signer.cert = make_cert(a, &s, ca, ca_key);
	watched = blob_of(key.data + 1, key.len - 2);
	OPENSSL_free(control);
	ok(left == 1, "what is freed is looked at");
	left = 0;
	ok(cms_sign_private_key(a, key, &signer, &der, &err) == 0 && left == 0,
	   "signed: the key is in no memory that was freed");
	ok(cms_encrypt(a, key, &to, "AES-128-CBC", &der, &err) == 0 && left == 0,
	   "encrypted: the key is in no memory that was freed");
	ok(cms_encrypt(a, key, &to, "AES-256-GCM", &der, &err) == 0 && left == 0, "nor by GCM");
	watched = (struct blob){ NULL, 0 };
}

int main(void)
{
	bool watching = CRYPTO_set_mem_functions(watch_alloc, watch_realloc, watch_free) == 1;
	struct arena *a = arena_new();

	ok(watching, "the library's memory is watched");

	scratch_init();
	ca_key = make_key(a, KEY_ECDSA, 256);
	ca = make_ca(a, "CA", ca_key, NULL, NULL);
	put_file(a, "ca.pem", text_blob(cert_write_pem(a, ca->der)));
	test_package(a);
	test_nothing_left(a);
	test_encrypt(a);
	test_recipient(a);
	test_protection(a);
	test_keyless(a);
	arena_free(a);
	return done();
}
