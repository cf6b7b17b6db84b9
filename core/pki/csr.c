#include "pki/csr.h"

#include <string.h>

#include "pki/csr_part.h"
#include "pki/der.h"
#include "pki/ext.h"
#include "pki/name.h"
#include "pki/ossl.h"

#define OID_AND_LEN(oid) oid, sizeof(oid) - 1
#define PKCS9(n) "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09" n
#define PKCS1(n) "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01" n
#define ECDSA_SHA2(n) "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03" n
#define SHA2(n) "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" n

#define OID_CHALLENGE_PASSWORD PKCS9("\x07")	/* RFC 2985 5.4.1 */
#define OID_EXTENSION_REQUEST PKCS9("\x0e")	/* RFC 2985 5.4.2 */
#define OID_MS_EXTENSIONS "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0e"
#define OID_RSA_PSS PKCS1("\x0a")

enum { ATTRIBUTES_MAX = 32 };

static const struct signature_algorithm {
	const char *oid;
	size_t len;
	const char *weak;	/* the name to refuse it by; NULL: accepted, with these: */
	enum key_type key;
	enum ossl_md md;	/* not of Ed25519 */
} signature_algorithms[] = {
	{ OID_AND_LEN(ECDSA_SHA2("\x02")), NULL, KEY_ECDSA, OSSL_SHA256 },
	{ OID_AND_LEN(ECDSA_SHA2("\x03")), NULL, KEY_ECDSA, OSSL_SHA384 },
	{ OID_AND_LEN(ECDSA_SHA2("\x04")), NULL, KEY_ECDSA, OSSL_SHA512 },
	{ OID_AND_LEN(PKCS1("\x0b")), NULL, KEY_RSA, OSSL_SHA256 },
	{ OID_AND_LEN(PKCS1("\x0c")), NULL, KEY_RSA, OSSL_SHA384 },
	{ OID_AND_LEN(PKCS1("\x0d")), NULL, KEY_RSA, OSSL_SHA512 },
	{ OID_AND_LEN("\x06\x03\x2b\x65\x70"), NULL, KEY_ED25519, 0 },
	{ OID_AND_LEN(ECDSA_SHA2("\x01")), "ecdsa-with-SHA224", KEY_UNKNOWN, 0 },
	{ OID_AND_LEN(PKCS1("\x0e")), "sha224WithRSAEncryption", KEY_UNKNOWN, 0 },
	{ OID_AND_LEN("\x06\x07\x2a\x86\x48\xce\x3d\x04\x01"), "ecdsa-with-SHA1", KEY_UNKNOWN, 0 },
	{ OID_AND_LEN(PKCS1("\x05")), "sha1WithRSAEncryption", KEY_UNKNOWN, 0 },
	{ OID_AND_LEN("\x06\x05\x2b\x0e\x03\x02\x1d"), "sha1WithRSA", KEY_UNKNOWN, 0 },
	{ OID_AND_LEN(PKCS1("\x04")), "md5WithRSAEncryption", KEY_UNKNOWN, 0 },
	{ OID_AND_LEN(PKCS1("\x03")), "md4WithRSAEncryption", KEY_UNKNOWN, 0 },
	{ OID_AND_LEN(PKCS1("\x02")), "md2WithRSAEncryption", KEY_UNKNOWN, 0 },
	{ OID_AND_LEN("\x06\x07\x2a\x86\x48\xce\x38\x04\x03"), "dsa-with-SHA1", KEY_UNKNOWN, 0 },
};

static int malformed(struct err *e, const char *what)
{
	return err_set(e, ERR_MALFORMED, "csr_malformed",
		       "the certification request is malformed: %s (RFC 2986 4)", what);
}

static int weak(struct err *e, const char *name)
{
	return err_set(e, ERR_REJECTED, "weak_signature",
		       "expected a request signed with SHA-256, "
		       "SHA-384, SHA-512 or Ed25519, got %s (RFC 2986 4.2)",
		       name);
}

/* RFC 4055 3.1: hashAlgorithm [0], SHA-1 when absent. */
static int check_pss(struct blob parameters, struct err *e)
{
	struct der seq, hash, alg, oid;

	if (!der_only(parameters, DER_SEQUENCE, &seq))
		return malformed(e, "signatureAlgorithm");
	if (!der_take(&seq.content, DER_CONSTRUCTED | 0, &hash))
		return weak(e, "RSASSA-PSS with SHA-1");
	if (!der_only(hash.content, DER_SEQUENCE, &alg) || !der_take(&alg.content, DER_OID, &oid))
		return malformed(e, "signatureAlgorithm");
	if (der_is(&oid, SHA2("\x01")) || der_is(&oid, SHA2("\x02")) || der_is(&oid, SHA2("\x03")))
		return 0;
	return weak(e, "RSASSA-PSS with another digest");
}

int csr_part_algorithm(struct blob algorithm, struct csr *r, struct err *e)
{
	struct der oid;

	if (!der_take(&algorithm, DER_OID, &oid))
		return malformed(e, "signatureAlgorithm");
	r->signature_oid = oid.whole;
	if (der_is(&oid, OID_RSA_PSS))
		return check_pss(algorithm, e);
	for (size_t i = 0; i < ARRAY_LEN(signature_algorithms); i++) {
		const struct signature_algorithm *s = &signature_algorithms[i];

		if (der_equal(oid.content, s->oid, s->len)) {
			r->algorithm = s;
			return s->weak ? weak(e, s->weak) : 0;
		}
	}
	return weak(e, "another algorithm");
}

int csr_part_subject(struct arena *a, struct csr *r, struct err *e)
{
	if (name_read(a, r->subject_der, &r->subject, e) < 0)
		return err_in(e, "the request's subject (a device's common name is its device id)");
	r->common_name = r->subject.common_name ? r->subject.common_name : "";
	r->common_name_len = strlen(r->common_name);
	return 0;
}

int csr_part_extensions(struct blob values, struct csr *r, struct err *e)
{
	struct ext_set s;
	struct der seq;

	if (ext_read(values, "csr_duplicate", &s, e) < 0 ||
	    (s.san.len && san_check_requested(s.san, e) < 0))
		return -1;
	if (der_only(values, DER_SEQUENCE, &seq))
		r->extensions = seq.content;
	r->san = s.san;
	r->key_usage = s.key_usage;
	r->ext_key_usage = s.ext_key_usage;
	r->wants_ca = s.is_ca || s.key_usage & (KU_CERT_SIGN | KU_CRL_SIGN);
	return 0;
}

static int read_challenge_password(struct arena *a, struct blob value, struct csr *r, struct err *e)
{
	const unsigned char *p = value.data;
	ASN1_STRING *s = d2i_ASN1_PRINTABLE(NULL, &p, (long)value.len);
	unsigned char *utf8 = NULL;
	int n = -1;

	if (s && p == value.data + value.len)
		n = ASN1_STRING_to_UTF8(&utf8, s);
	ASN1_STRING_free(s);
	if (n >= 0 && !memchr(utf8, '\0', (size_t)n)) {
		r->has_challenge_password = true;
		r->challenge_password = arena_strndup(a, (const char *)utf8, (size_t)n);
	}
	OPENSSL_clear_free(utf8, n > 0 ? (size_t)n : 0);
	if (!r->has_challenge_password)
		return malformed(e, "challengePassword is no single string (RFC 2985 5.4.1)");
	return 0;
}

static int read_attribute(struct arena *a, const struct der *oid, struct blob values, struct csr *r,
			  struct err *e)
{
	if (der_is(oid, OID_EXTENSION_REQUEST) || der_is(oid, OID_MS_EXTENSIONS))
		return csr_part_extensions(values, r, e);
	if (der_is(oid, OID_CHALLENGE_PASSWORD))
		return read_challenge_password(a, values, r, e);
	return 0;
}

static int duplicate(struct err *e, const char *what)
{
	return err_set(e, ERR_MALFORMED, "csr_duplicate",
		       "the certification request has %s "
		       "(RFC 2986 4.1)",
		       what);
}

static int read_attributes(struct arena *a, struct blob in, struct csr *r, struct err *e)
{
	struct blob seen[ATTRIBUTES_MAX];
	struct der attribute, oid, set;
	bool requests_extensions = false;

	for (size_t n = 0; in.len; n++) {
		if (!der_take(&in, DER_SEQUENCE, &attribute) ||
		    !der_take(&attribute.content, DER_OID, &oid) ||
		    !der_only(attribute.content, DER_SET, &set) || set.content.len == 0)
			return malformed(e, "an attribute");
		if (n == ATTRIBUTES_MAX)
			return malformed(e, "more than 32 attributes");
		for (size_t i = 0; i < n; i++) {
			if (blob_equal(seen[i], oid.content))
				return duplicate(e, "the same attribute twice");
		}
		seen[n] = oid.content;
		if (der_is(&oid, OID_EXTENSION_REQUEST) || der_is(&oid, OID_MS_EXTENSIONS)) {
			if (requests_extensions)
				return duplicate(e, "more than one extensionRequest");
			requests_extensions = true;
		}
		if (read_attribute(a, &oid, set.content, r, e) < 0)
			return -1;
	}
	return 0;
}

static int read_info(struct arena *a, struct blob info, bool keyless, struct csr *r, struct err *e)
{
	struct der v;
	int64_t version;

	if (!der_take(&info, DER_INTEGER, &v) || !der_read_small(&v, INT32_MAX, &version))
		return malformed(e, "version");
	if (version != 0)
		return malformed(e, "expected version 0 (v1)");
	if (!der_take(&info, DER_SEQUENCE, &v))
		return malformed(e, "subject");
	r->subject_der = v.whole;
	if (!der_take(&info, DER_SEQUENCE, &v))
		return malformed(e, "subjectPKInfo");
	r->spki = keyless ? blob_of(NULL, 0) : v.whole;
	if (csr_part_subject(a, r, e) < 0 || (!keyless && ossl_spki_check(r->spki, &r->key, e) < 0))
		return -1;
	if (info.len == 0)	/* some clients leave the empty set out */
		return 0;
	if (!der_only(info, DER_CONSTRUCTED | 0, &v))
		return malformed(e, "attributes");
	r->attributes = v.content;
	return read_attributes(a, v.content, r, e);
}

static void release(void *pkey)
{
	EVP_PKEY_free(pkey);
}

int csr_part_key(struct arena *a, struct csr *r, struct err *e)
{
	r->pkey = ossl_pubkey_read(r->spki);
	if (!r->pkey)
		return err_set(e, ERR_MALFORMED, "key_malformed",
			       "the public key is malformed (RFC 5280 4.1.2.7)");
	arena_defer(a, release, r->pkey);
	return 0;
}

static struct csr *read_csr(struct arena *a, struct blob der, bool keyless, struct err *e)
{
	OSSL_SCOPE;
	struct csr *r = arena_alloc(a, sizeof(*r));
	struct der whole, info, algorithm, signature;

	if (!der_check(der)) {
		malformed(e, "expected one DER value and nothing after it");
		return NULL;
	}
	r->der = der = arena_blob(a, der.data, der.len);
	if (!der_only(der, DER_SEQUENCE, &whole) ||
	    !der_take(&whole.content, DER_SEQUENCE, &info) ||
	    !der_take(&whole.content, DER_SEQUENCE, &algorithm) ||
	    !der_only(whole.content, DER_BIT_STRING, &signature)) {
		malformed(e, "expected what is requested, its algorithm and its signature");
		return NULL;
	}
	if (signature.content.len < 1 || signature.content.data[0] != 0) {
		malformed(e, "the signature is not of whole octets");
		return NULL;
	}
	r->info = info.whole;
	r->signature = blob_of(signature.content.data + 1, signature.content.len - 1);
	if ((!keyless && csr_part_algorithm(algorithm.content, r, e) < 0) ||
	    read_info(a, info.content, keyless, r, e) < 0 ||
	    (!keyless && csr_part_key(a, r, e) < 0))
		return NULL;
	digest_sha256(der, r->sha256);
	return r;
}

struct csr *csr_read(struct arena *a, struct blob der, struct err *e)
{
	return read_csr(a, der, false, e);
}

struct csr *csr_read_keyless(struct arena *a, struct blob der, struct err *e)
{
	return read_csr(a, der, true, e);
}

/* Its parameters say how: OpenSSL reads them. */
static bool verifies_pss(const struct csr *r)
{
	const unsigned char *p = r->der.data;
	AUTO(X509_REQ) *req = d2i_X509_REQ(NULL, &p, (long)r->der.len);

	return req && X509_REQ_verify(req, r->pkey) == 1;
}

static bool verifies(const struct csr *r)
{
	AUTO(EVP_MD_CTX) *ctx = EVP_MD_CTX_new();
	const EVP_MD *md;

	if (!r->algorithm)
		return verifies_pss(r);
	if ((int)r->algorithm->key != r->key.type)
		return false;
	md = r->algorithm->key == KEY_ED25519 ? NULL : ossl_md_get(r->algorithm->md);
	return ctx && EVP_DigestVerifyInit(ctx, NULL, md, NULL, r->pkey) == 1 &&
	       EVP_DigestVerify(ctx, r->signature.data, r->signature.len, r->info.data,
				r->info.len) == 1;
}

int csr_check_signature(const struct csr *r, struct err *e)
{
	OSSL_SCOPE;

	if (r->pkey && verifies(r))
		return 0;
	return err_set(e, ERR_MALFORMED, "csr_signature",
		       "the request's signature does not verify "
		       "with its own public key (RFC 2986 3)");
}
