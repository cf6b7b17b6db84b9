/* OpenSSL inside core/pki: scope-bound types, the error queue, conversions. */
#ifndef PKI_OSSL_H
#define PKI_OSSL_H

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/arena.h"
#include "base/err.h"

AUTO_TYPE(X509, X509, X509_free)
AUTO_TYPE(X509_REQ, X509_REQ, X509_REQ_free)
AUTO_TYPE(X509_NAME, X509_NAME, X509_NAME_free)
AUTO_TYPE(X509_STORE, X509_STORE, X509_STORE_free)
AUTO_TYPE(X509_STORE_CTX, X509_STORE_CTX, X509_STORE_CTX_free)
AUTO_TYPE(EVP_PKEY, EVP_PKEY, EVP_PKEY_free)
AUTO_TYPE(EVP_PKEY_CTX, EVP_PKEY_CTX, EVP_PKEY_CTX_free)
AUTO_TYPE(EVP_MD_CTX, EVP_MD_CTX, EVP_MD_CTX_free)
AUTO_TYPE(BIO, BIO, BIO_free_all)
AUTO_TYPE(GENERAL_NAMES, GENERAL_NAMES, GENERAL_NAMES_free)
AUTO_TYPE(ASN1_TIME, ASN1_TIME, ASN1_TIME_free)
AUTO_TYPE(ASN1_INTEGER, ASN1_INTEGER, ASN1_INTEGER_free)
AUTO_TYPE(ASN1_OCTET_STRING, ASN1_OCTET_STRING, ASN1_OCTET_STRING_free)

struct key {
	EVP_PKEY *pkey;
};

/* Sets a fault with what was being done and OpenSSL's reasons, and empties its queue. Returns -1. */
int ossl_fault(struct err *e, const char *doing);
/* The newest reason of OpenSSL's queue as text, which it empties; never NULL. */
const char *ossl_reason(void);

struct blob ossl_bio_blob(struct arena *a, BIO *b);	/* a copy of a memory BIO */
int64_t ossl_time_read(const ASN1_TIME *t);		/* microseconds */
ASN1_TIME *ossl_time_make(int64_t us);			/* owned */
struct blob ossl_integer_read(struct arena *a, const ASN1_INTEGER *i);	/* magnitude */
ASN1_INTEGER *ossl_integer_make(struct blob magnitude);	/* owned */
/* The digest that goes with a private key; NULL for Ed25519. */
const EVP_MD *ossl_key_digest(const EVP_PKEY *k);

#endif
