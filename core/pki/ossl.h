/* OpenSSL inside core/pki: scope-bound types, the error queue, conversions. */
#ifndef PKI_OSSL_H
#define PKI_OSSL_H

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* These macros would hide the bits of enum key_usage (data/settings.h). */
#undef KU_DIGITAL_SIGNATURE
#undef KU_KEY_ENCIPHERMENT
#undef KU_DATA_ENCIPHERMENT
#undef KU_KEY_AGREEMENT
#undef KU_CRL_SIGN
#undef KU_ENCIPHER_ONLY
#undef KU_DECIPHER_ONLY

#include "base/arena.h"
#include "base/err.h"

AUTO_TYPE(X509, X509, X509_free)
AUTO_TYPE(X509_REQ, X509_REQ, X509_REQ_free)
AUTO_TYPE(X509_NAME, X509_NAME, X509_NAME_free)
AUTO_TYPE(X509_STORE, X509_STORE, X509_STORE_free)
AUTO_TYPE(X509_STORE_CTX, X509_STORE_CTX, X509_STORE_CTX_free)
AUTO_TYPE(X509_VERIFY_PARAM, X509_VERIFY_PARAM, X509_VERIFY_PARAM_free)
AUTO_TYPE(EVP_PKEY, EVP_PKEY, EVP_PKEY_free)
AUTO_TYPE(EVP_PKEY_CTX, EVP_PKEY_CTX, EVP_PKEY_CTX_free)
AUTO_TYPE(EVP_MD_CTX, EVP_MD_CTX, EVP_MD_CTX_free)
AUTO_TYPE(BIO, BIO, BIO_free_all)

/* A private key, ready to sign. */
struct key {
	EVP_PKEY *pkey;
	EVP_PKEY_CTX *sign;	/* made at the first signature, then kept; NULL for Ed25519 */
	const EVP_MD *md;	/* NULL for Ed25519 */
	struct blob algorithm;	/* DER AlgorithmIdentifier of its signatures */
	struct blob spki;	/* DER; empty when a token does not tell */
};

/* First in every function that calls OpenSSL: its error queue is empty again when the function
 * returns, so that no reason of today explains a failure of tomorrow. */
#define OSSL_SCOPE int ossl_scope_ __attribute__((cleanup(ossl_scope_end), unused)) = 0
static inline void ossl_scope_end(int *unused)
{
	(void)unused;
	ERR_clear_error();
}

/* Sets a fault with what was being done and OpenSSL's reasons, and empties its queue. Returns -1. */
#define ossl_fault(e, doing) ossl_fault_at(e, __FILE__, __LINE__, doing)
int ossl_fault_at(struct err *e, const char *file, int line, const char *doing);
/* The newest reason of OpenSSL's queue as text, which it empties; never NULL. */
const char *ossl_reason(void);

struct blob ossl_bio_blob(struct arena *a, BIO *b);	/* a copy of a memory BIO */

/* Fetched once per process: a look-up costs as much as a short digest. */
enum ossl_md { OSSL_SHA1, OSSL_SHA256, OSSL_SHA384, OSSL_SHA512 };
const EVP_MD *ossl_md_get(enum ossl_md which);

/* The key owns pkey then, and the arena the key. ERR_REJECTED for types that cannot sign here. */
struct key *ossl_key_make(struct arena *a, EVP_PKEY *pkey, struct err *e);
/* The same key signing with another digest (bits as in enum signature_hash; 0: its own). NULL and
 * ERR_REJECTED for a key that knows but one. */
const struct key *ossl_key_with_hash(struct arena *a, const struct key *k, int hash, struct err *e);
/* The public key of a SPKI, owned; NULL when there is none in it. */
EVP_PKEY *ossl_pubkey_read(struct blob spki);

/* SEQUENCE { what is signed, algorithm, signature, rest }: certificates, requests, CRLs and OCSP
 * responses all look like this. */
int ossl_seal(struct arena *a, const struct key *k, struct blob tbs, struct blob rest,
	      struct blob *der, struct err *e);

/* What may be enrolled, told from the octets alone: a hostile key never reaches a decoder. */
struct key_spec;
int ossl_spki_check(struct blob spki, struct key_spec *spec, struct err *e);

struct cert;
/* The library's object of a certificate, made at the first need; borrowed, NULL when it is not to
 * the library's taste. */
X509 *ossl_x509_get(const struct cert *c);
/* The same from DER, owned; of what was read lately the same object again. */
X509 *ossl_x509_read(struct blob der);

#endif
