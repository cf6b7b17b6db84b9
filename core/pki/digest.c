#include "pki/digest.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "pki/ossl.h"

static void digest(enum ossl_md which, struct blob data, unsigned char *out)
{
	static EVP_MD_CTX *ctx;	/* kept: a process does one thing at a time */
	OSSL_SCOPE;

	if (!ctx)
		ctx = EVP_MD_CTX_new();
	if (!ctx || EVP_DigestInit_ex2(ctx, ossl_md_get(which), NULL) != 1 ||
	    EVP_DigestUpdate(ctx, data.data, data.len) != 1 ||
	    EVP_DigestFinal_ex(ctx, out, NULL) != 1)
		err_die("message digest failed: %s", ossl_reason());
}

void digest_sha1(struct blob data, unsigned char out[SHA1_LEN])
{
	digest(OSSL_SHA1, data, out);
}

void digest_sha256(struct blob data, unsigned char out[SHA256_LEN])
{
	digest(OSSL_SHA256, data, out);
}

struct blob digest_make_sha1(struct arena *a, struct blob data)
{
	unsigned char *out = arena_alloc(a, SHA1_LEN);

	digest_sha1(data, out);
	return blob_of(out, SHA1_LEN);
}

struct blob digest_make_sha256(struct arena *a, struct blob data)
{
	unsigned char *out = arena_alloc(a, SHA256_LEN);

	digest_sha256(data, out);
	return blob_of(out, SHA256_LEN);
}

struct blob digest_make_sha384(struct arena *a, struct blob data)
{
	unsigned char *out = arena_alloc(a, SHA384_LEN);

	digest(OSSL_SHA384, data, out);
	return blob_of(out, SHA384_LEN);
}

struct blob digest_make_sha512(struct arena *a, struct blob data)
{
	unsigned char *out = arena_alloc(a, SHA512_LEN);

	digest(OSSL_SHA512, data, out);
	return blob_of(out, SHA512_LEN);
}

void digest_hmac_sha256(struct blob key, struct blob data, unsigned char out[SHA256_LEN])
{
	OSSL_SCOPE;

	if (key.len > INT_MAX ||
	    !HMAC(ossl_md_get(OSSL_SHA256), key.data, (int)key.len, data.data, data.len, out, NULL))
		err_die("HMAC failed: %s", ossl_reason());
}

bool digest_equal(const unsigned char a[SHA256_LEN], const unsigned char b[SHA256_LEN])
{
	return CRYPTO_memcmp(a, b, SHA256_LEN) == 0;
}
