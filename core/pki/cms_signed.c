#include "pki/cms_signed.h"

#include <openssl/cms.h>
#include <string.h>

#include "pki/der.h"
#include "pki/name.h"
#include "pki/ossl.h"

#define OID_AND_LEN(oid) oid, sizeof(oid) - 1
#define PKCS1(n) "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01" n
#define PKCS9(n) "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09" n
#define ECDSA_SHA2(n) "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03" n
#define SHA2(n) "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" n

#define OID_SIGNED_DATA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
#define OID_CONTENT_TYPE PKCS9("\x03")		/* RFC 5652 11.1 */
#define OID_MESSAGE_DIGEST PKCS9("\x04")	/* 11.2 */

enum { ATTRIBUTES_MAX = 32 };

AUTO_TYPE(CMS_ContentInfo, CMS_ContentInfo, CMS_ContentInfo_free)

static const struct {
	const char *oid;
	size_t len;
	enum ossl_md md;
} digests[] = {
	{ OID_AND_LEN(SHA2("\x01")), OSSL_SHA256 },
	{ OID_AND_LEN(SHA2("\x02")), OSSL_SHA384 },
	{ OID_AND_LEN(SHA2("\x03")), OSSL_SHA512 },
};

/* RFC 3370 3, RFC 5753 2.1.1, RFC 8419 3 */
static const struct signature {
	const char *oid;
	size_t len;
	enum key_type key;
	bool own_md;		/* the algorithm names its digest; else it is that of the content */
	enum ossl_md md;
} signatures[] = {
	{ OID_AND_LEN(PKCS1("\x01")), KEY_RSA, false, 0 },
	{ OID_AND_LEN(PKCS1("\x0b")), KEY_RSA, true, OSSL_SHA256 },
	{ OID_AND_LEN(PKCS1("\x0c")), KEY_RSA, true, OSSL_SHA384 },
	{ OID_AND_LEN(PKCS1("\x0d")), KEY_RSA, true, OSSL_SHA512 },
	{ OID_AND_LEN(ECDSA_SHA2("\x02")), KEY_ECDSA, true, OSSL_SHA256 },
	{ OID_AND_LEN(ECDSA_SHA2("\x03")), KEY_ECDSA, true, OSSL_SHA384 },
	{ OID_AND_LEN(ECDSA_SHA2("\x04")), KEY_ECDSA, true, OSSL_SHA512 },
	{ OID_AND_LEN("\x06\x03\x2b\x65\x70"), KEY_ED25519, true, 0 },
};

static int malformed(struct err *e, const char *what)
{
	return err_set(e, ERR_MALFORMED, "cms_malformed",
		       "expected a CMS SignedData with a content and one signer: %s (RFC 5652 5)",
		       what);
}

/* Definite lengths, strings in one piece, attributes in the order that is signed (X.690 10, RFC
 * 5652 5.3). */
static int normalise(struct arena *a, struct blob ber, struct blob *der, struct err *e)
{
	const unsigned char *p = ber.data;
	AUTO(CMS_ContentInfo) *cms = d2i_CMS_ContentInfo(NULL, &p, (long)ber.len);
	unsigned char *out = NULL;
	int len = -1;

	if (cms && p == ber.data + ber.len)
		len = i2d_CMS_ContentInfo(cms, &out);
	if (len > 0)
		*der = arena_blob(a, out, (size_t)len);
	OPENSSL_free(out);
	if (len <= 0 || !der_check(*der))
		return malformed(e, "it is not DER, nor BER");
	return 0;
}

static int read_content(struct blob in, struct cms_signed *s, struct err *e)
{
	struct der type, wrap, octets;

	if (!der_take(&in, DER_OID, &type))
		return malformed(e, "eContentType");
	if (in.len == 0)
		return malformed(e, "the content is not in it");
	if (!der_only(in, DER_CONSTRUCTED | 0, &wrap) ||
	    !der_only(wrap.content, DER_OCTET_STRING, &octets))
		return malformed(e, "eContent");
	s->type = type.content;
	s->content = octets.content;
	return 0;
}

/* Of the choices of RFC 5652 10.2.2 only certificates are of any use here. */
static int read_certs(struct blob in, struct cms_signed *s, struct err *e)
{
	struct der v;

	while (in.len) {
		if (!der_next(&in, &v))
			return malformed(e, "certificates");
		if (v.tag != DER_SEQUENCE)
			continue;
		if (s->ncerts == CMS_MAX_CERTS)
			return malformed(e, "more than 16 certificates");
		s->certs[s->ncerts++] = v.whole;
	}
	return 0;
}

static bool read_algorithm(struct blob *in, struct blob *oid)
{
	struct der seq, v;

	if (!der_take(in, DER_SEQUENCE, &seq) || !der_take(&seq.content, DER_OID, &v))
		return false;
	*oid = v.content;
	return true;
}

static int read_signer(struct blob in, struct cms_signed *s, struct err *e)
{
	struct der v;

	if (!der_take(&in, DER_INTEGER, &v) || !der_next(&in, &v) ||
	    (v.tag != DER_SEQUENCE && v.tag != (DER_CONTEXT | 0)))
		return malformed(e, "sid");
	s->signer_id = v.whole;
	if (!read_algorithm(&in, &s->digest_algorithm))
		return malformed(e, "digestAlgorithm");
	if (der_take(&in, DER_CONSTRUCTED | 0, &v))
		s->attributes = v.whole;
	if (!read_algorithm(&in, &s->signature_algorithm))
		return malformed(e, "signatureAlgorithm");
	if (!der_take(&in, DER_OCTET_STRING, &v))
		return malformed(e, "signature");
	s->signature = v.content;
	der_take(&in, DER_CONSTRUCTED | 1, &v);	/* unsignedAttrs: anybody's */
	return in.len == 0 ? 0 : malformed(e, "something follows the signature");
}

static int read_signed_data(struct blob in, struct cms_signed *s, struct err *e)
{
	struct der v, signers, signer;

	if (!der_take(&in, DER_INTEGER, &v) || !der_take(&in, DER_SET, &v))
		return malformed(e, "version, digestAlgorithms");
	if (!der_take(&in, DER_SEQUENCE, &v))
		return malformed(e, "encapContentInfo");
	if (read_content(v.content, s, e) < 0)
		return -1;
	if (der_take(&in, DER_CONSTRUCTED | 0, &v) && read_certs(v.content, s, e) < 0)
		return -1;
	der_take(&in, DER_CONSTRUCTED | 1, &v);	/* crls: what is revoked is known here */
	if (!der_only(in, DER_SET, &signers))
		return malformed(e, "signerInfos");
	if (signers.content.len == 0)
		return malformed(e, "it is not signed");
	if (!der_only(signers.content, DER_SEQUENCE, &signer))
		return malformed(e, "it has more than one signer");
	return read_signer(signer.content, s, e);
}

int cms_signed_read(struct arena *a, struct blob der, struct cms_signed *s, struct err *e)
{
	OSSL_SCOPE;
	struct der whole, oid, wrap, data;

	*s = (struct cms_signed){ .ncerts = 0 };
	if (der_check(der))
		der = arena_blob(a, der.data, der.len);
	else if (normalise(a, der, &der, e) < 0)
		return -1;
	if (!der_only(der, DER_SEQUENCE, &whole) || !der_take(&whole.content, DER_OID, &oid) ||
	    !der_is(&oid, OID_SIGNED_DATA))
		return malformed(e, "the content type is another");
	if (!der_only(whole.content, DER_CONSTRUCTED | 0, &wrap) ||
	    !der_only(wrap.content, DER_SEQUENCE, &data))
		return malformed(e, "contentInfo");
	return read_signed_data(data.content, s, e);
}

static bool names_cert(struct blob id, const struct cert *c)
{
	struct blob magnitude;
	struct der v, name, serial;
	bool negative;

	if (der_only(id, DER_CONTEXT | 0, &v))
		return c->ski.len && blob_equal(c->ski, v.content);
	return der_only(id, DER_SEQUENCE, &v) && der_take(&v.content, DER_SEQUENCE, &name) &&
	       der_only(v.content, DER_INTEGER, &serial) &&
	       der_read_integer(&serial, &magnitude, &negative) && !negative &&
	       blob_equal(c->serial, magnitude) && name_equal(c->issuer_der, name.whole);
}

const struct cert *cms_signed_find_signer(struct arena *a, const struct cms_signed *s)
{
	for (size_t i = 0; i < s->ncerts; i++) {
		struct err unreadable = { 0 };
		const struct cert *c = cert_read(a, s->certs[i], &unreadable);

		if (c && names_cert(s->signer_id, c))
			return c;
	}
	return NULL;
}

static const EVP_MD *find_digest(struct blob oid)
{
	for (size_t i = 0; i < ARRAY_LEN(digests); i++) {
		if (der_equal(oid, digests[i].oid, digests[i].len))
			return ossl_md_get(digests[i].md);
	}
	return NULL;
}

static const struct signature *find_signature(struct blob oid)
{
	for (size_t i = 0; i < ARRAY_LEN(signatures); i++) {
		if (der_equal(oid, signatures[i].oid, signatures[i].len))
			return &signatures[i];
	}
	return NULL;
}

static int bad(struct err *e, const char *why)
{
	return err_set(e, ERR_MALFORMED, "cms_signature",
		       "the message's signature does not hold: %s (RFC 5652 5.4)", why);
}

/* The only value of the only attribute of the kind (RFC 5652 11: both MUST be so). */
static bool find_attribute(struct blob in, const char *oid, size_t len, struct der *value)
{
	struct der attribute, type, set;
	size_t found = 0, n = 0;

	while (in.len) {
		if (n++ == ATTRIBUTES_MAX || !der_take(&in, DER_SEQUENCE, &attribute) ||
		    !der_take(&attribute.content, DER_OID, &type) ||
		    !der_only(attribute.content, DER_SET, &set))
			return false;
		if (!der_equal(type.content, oid, len))
			continue;
		if (!der_next(&set.content, value) || set.content.len || found++)
			return false;
	}
	return found == 1;
}

/* RFC 5652 5.3: a content that is not id-data MUST have them. */
static int check_attributes(const struct cms_signed *s, const EVP_MD *md, struct err *e)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct der set, v;
	unsigned len;

	if (!der_only(s->attributes, DER_CONSTRUCTED | 0, &set))
		return bad(e, "there are no signed attributes");
	if (!find_attribute(set.content, OID_AND_LEN(OID_CONTENT_TYPE), &v) || v.tag != DER_OID ||
	    !blob_equal(v.content, s->type))
		return bad(e, "the attribute content-type is not that of the content");
	if (!find_attribute(set.content, OID_AND_LEN(OID_MESSAGE_DIGEST), &v) ||
	    v.tag != DER_OCTET_STRING)
		return bad(e, "the attribute message-digest is not there");
	if (EVP_Digest(s->content.data, s->content.len, digest, &len, md, NULL) != 1)
		return ossl_fault(e, "digesting a message");
	if (!blob_equal(v.content, blob_of(digest, len)))
		return bad(e, "the content is not what was signed");
	return 0;
}

/* What is signed is the SET OF itself, not the tag [0] that it has here (RFC 5652 5.4). */
static bool verifies(const struct cms_signed *s, const struct cert *signer, const EVP_MD *md)
{
	AUTO(arena) *scratch = arena_new();
	AUTO(EVP_PKEY) *key = ossl_pubkey_read(signer->spki);
	AUTO(EVP_MD_CTX) *ctx = EVP_MD_CTX_new();
	unsigned char *set = arena_alloc(scratch, s->attributes.len);

	memcpy(set, s->attributes.data, s->attributes.len);
	set[0] = DER_SET;
	return key && ctx && EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) == 1 &&
	       EVP_DigestVerify(ctx, s->signature.data, s->signature.len, set, s->attributes.len) ==
		       1;
}

int cms_signed_check(const struct cms_signed *s, const struct cert *signer, struct err *e)
{
	OSSL_SCOPE;
	const EVP_MD *md = find_digest(s->digest_algorithm), *signs;
	const struct signature *how = find_signature(s->signature_algorithm);

	if (!md || !how)
		return err_set(e, ERR_REJECTED, "weak_signature",
			       "expected a message signed with SHA-256, SHA-384 or SHA-512 and RSA "
			       "(PKCS #1 v1.5) or ECDSA, or with Ed25519 (RFC 5754, RFC 8419)");
	if (check_attributes(s, md, e) < 0)
		return -1;
	signs = how->key == KEY_ED25519 ? NULL : how->own_md ? ossl_md_get(how->md) : md;
	if ((int)how->key != signer->key.type || !verifies(s, signer, signs))
		return bad(e, "it is not by the key of the signer's certificate");
	return 0;
}
