#include "pki/digest.h"

#include "pki/ossl.h"

static void digest(enum ossl_md which, struct blob data, unsigned char *out)
{
	OSSL_SCOPE;

	if (EVP_Digest(data.data, data.len, out, NULL, ossl_md_get(which), NULL) != 1)
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
