#include "pki/cms_key.h"

#include <openssl/cms.h>
#include <string.h>

#include "pki/der.h"
#include "pki/ossl.h"

#define OID_AND_LEN(oid) oid, sizeof(oid) - 1
#define AES(n) "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01" n	/* RFC 3565 4.1, RFC 5084 3.2 */
#define KEY_PACKAGE "2.16.840.1.101.2.1.2.78.5"	/* id-ct-KP-aKeyPackage, RFC 5958 3 */

/* Its content is cleansed first: it may have held a key. */
static void free_cms(CMS_ContentInfo *cms)
{
	ASN1_OCTET_STRING **content = CMS_get0_content(cms);

	if (content && *content)
		OPENSSL_cleanse((*content)->data, (size_t)(*content)->length);
	CMS_ContentInfo_free(cms);
}

AUTO_TYPE(CMS_ContentInfo, CMS_ContentInfo, free_cms)
AUTO_TYPE(PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
AUTO_TYPE(ASN1_OBJECT, ASN1_OBJECT, ASN1_OBJECT_free)
AUTO_TYPE(EVP_CIPHER, EVP_CIPHER, EVP_CIPHER_free)

static const struct {
	const char *oid;
	size_t len;
	const char *cipher;
} ciphers[] = {
	{ OID_AND_LEN(AES("\x02")), "AES-128-CBC" }, { OID_AND_LEN(AES("\x16")), "AES-192-CBC" },
	{ OID_AND_LEN(AES("\x2a")), "AES-256-CBC" }, { OID_AND_LEN(AES("\x06")), "AES-128-GCM" },
	{ OID_AND_LEN(AES("\x1a")), "AES-192-GCM" }, { OID_AND_LEN(AES("\x2e")), "AES-256-GCM" },
};

bool cms_can_receive(const struct cert *c)
{
	return c->key.type == KEY_RSA || c->key.type == KEY_ECDSA;
}

int cms_check_recipient(const struct cert *c, struct err *e)
{
	unsigned need = c->key.type == KEY_RSA ? KU_KEY_ENCIPHERMENT : KU_KEY_AGREEMENT;

	if (!cms_can_receive(c))
		return err_set(e, ERR_REJECTED, "recipient",
			       "expected a certificate with an RSA or EC key: nothing can be "
			       "encrypted to another");
	if (c->key_usage && !(c->key_usage & need))
		return err_set(e, ERR_REJECTED, "recipient",
			       "expected a certificate whose keyUsage allows %s (RFC 5280 4.2.1.3)",
			       need == KU_KEY_ENCIPHERMENT ? "keyEncipherment" : "keyAgreement");
	return 0;
}

bool cms_names_cert(struct blob id, const struct cert *c)
{
	unsigned char sha1[SHA1_LEN], sha256[SHA256_LEN];

	digest_sha1(key_read_bits(c->spki), sha1);
	digest_sha256(c->spki, sha256);
	return (c->ski.len && blob_equal(id, c->ski)) || blob_equal(id, blob_of(sha1, SHA1_LEN)) ||
	       blob_equal(id, blob_of(sha256, SHA256_LEN));
}

const char *cms_find_cipher(struct blob in)
{
	struct der capability, oid;

	while (der_take(&in, DER_SEQUENCE, &capability)) {
		if (!der_take(&capability.content, DER_OID, &oid))
			return NULL;
		for (size_t i = 0; i < ARRAY_LEN(ciphers); i++) {
			if (der_equal(oid.content, ciphers[i].oid, ciphers[i].len))
				return ciphers[i].cipher;
		}
	}
	return NULL;
}

int cms_make_private_key(struct arena *a, const struct key *k, struct blob *der, struct err *e)
{
	OSSL_SCOPE;
	AUTO(PKCS8_PRIV_KEY_INFO) *info = EVP_PKEY2PKCS8(k->pkey);
	unsigned char *out = NULL;
	int len = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &out) : -1;

	if (len <= 0)
		return ossl_fault(e, "writing a key");
	*der = arena_blob(a, out, (size_t)len);
	OPENSSL_clear_free(out, (size_t)len);
	return 0;
}

static int write_cms(struct arena *a, CMS_ContentInfo *cms, struct blob *der)
{
	unsigned char *out = NULL;
	int len = i2d_CMS_ContentInfo(cms, &out);

	if (len <= 0)
		return -1;
	*der = arena_blob(a, out, (size_t)len);
	OPENSSL_clear_free(out, (size_t)len);
	return 0;
}

/* Not by CMS_final(): its buffer keeps a copy of the content. The chain that is freed here is the
 * library's own. */
static bool put_content(CMS_ContentInfo *cms, struct blob content)
{
	AUTO(BIO) *chain = CMS_dataInit(cms, NULL);

	return chain && BIO_write(chain, content.data, (int)content.len) == (int)content.len &&
	       BIO_flush(chain) == 1 && CMS_dataFinal(cms, chain) == 1;
}

static struct blob make_package(struct arena *a, struct blob private_key)
{
	struct der_out w;
	size_t seq;

	der_init(&w, a, private_key.len + 16);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_raw(&w, private_key);
	der_close(&w, seq);
	return der_done(&w);
}

static bool add_chain(CMS_ContentInfo *cms, const struct cms_signer *s)
{
	for (size_t i = 0; i < s->nchain; i++) {
		X509 *x509 = ossl_x509_get(s->chain[i]);

		if (!x509 || CMS_add1_cert(cms, x509) != 1)
			return false;
	}
	return true;
}

static bool sign(CMS_ContentInfo *cms, struct blob content, const struct cms_signer *s)
{
	AUTO(ASN1_OBJECT) *type = OBJ_txt2obj(KEY_PACKAGE, 1);
	X509 *x509 = ossl_x509_get(s->cert);
	const unsigned flags = CMS_BINARY | CMS_NOSMIMECAP;

	return type && x509 && CMS_set1_eContentType(cms, type) == 1 &&
	       CMS_add1_signer(cms, x509, s->key->pkey, s->key->md, flags) && add_chain(cms, s) &&
	       put_content(cms, content);
}

int cms_sign_private_key(struct arena *a, struct blob private_key, const struct cms_signer *s,
			 struct blob *der, struct err *e)
{
	OSSL_SCOPE;
	struct blob package = make_package(a, private_key);
	AUTO(CMS_ContentInfo) *cms =
		CMS_sign(NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP);

	if (!cms || !sign(cms, package, s) || write_cms(a, cms, der) < 0)
		return ossl_fault(e, "signing a key package");
	return 0;
}

static bool add_symmetric(CMS_ContentInfo *cms, const struct cms_recipient *to)
{
	unsigned char *key = OPENSSL_memdup(to->key.data, to->key.len);
	unsigned char *id = OPENSSL_memdup(to->id.data, to->id.len);

	/* On success it owns both. */
	if (key && id &&
	    CMS_add0_recipient_key(cms, NID_undef, key, to->key.len, id, to->id.len, NULL, NULL,
				   NULL))
		return true;
	OPENSSL_clear_free(key, to->key.len);
	OPENSSL_free(id);
	return false;
}

/* Key agreement derives by SHA-256, not by the library's SHA-1 (RFC 5753 7.1.4). */
static bool add_cert(CMS_ContentInfo *cms, const struct cert *c)
{
	X509 *x509 = ossl_x509_get(c);
	const unsigned named = c->ski.len ? CMS_USE_KEYID : 0;
	CMS_RecipientInfo *r =
		x509 ? CMS_add1_recipient_cert(cms, x509, named | CMS_KEY_PARAM) : NULL;
	EVP_PKEY_CTX *ctx = r ? CMS_RecipientInfo_get0_pkey_ctx(r) : NULL;

	if (c->key.type == KEY_RSA)
		return r != NULL;
	return ctx && EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, ossl_md_get(OSSL_SHA256)) == 1;
}

int cms_encrypt(struct arena *a, struct blob content, const struct cms_recipient *to,
		const char *cipher, struct blob *der, struct err *e)
{
	OSSL_SCOPE;
	const unsigned flags = CMS_PARTIAL | CMS_BINARY;
	AUTO(EVP_CIPHER) *c = EVP_CIPHER_fetch(NULL, cipher, NULL);
	AUTO(CMS_ContentInfo) *cms = c ? CMS_encrypt(NULL, NULL, c, flags) : NULL;

	if (!cms || !(to->cert ? add_cert(cms, to->cert) : add_symmetric(cms, to)) ||
	    !put_content(cms, content) || write_cms(a, cms, der) < 0)
		return ossl_fault(e, "encrypting a key");
	return 0;
}
