/* Message digests. */
#ifndef PKI_DIGEST_H
#define PKI_DIGEST_H

#include "base/arena.h"

enum { SHA1_LEN = 20, SHA256_LEN = 32, SHA384_LEN = 48, SHA512_LEN = 64 };

void digest_sha1(struct blob data, unsigned char out[SHA1_LEN]);
void digest_sha256(struct blob data, unsigned char out[SHA256_LEN]);

/* The same, the result in the arena. */
struct blob digest_make_sha1(struct arena *a, struct blob data);
struct blob digest_make_sha256(struct arena *a, struct blob data);
struct blob digest_make_sha384(struct arena *a, struct blob data);
struct blob digest_make_sha512(struct arena *a, struct blob data);

/* HMAC-SHA-256 (RFC 2104). */
void digest_hmac_sha256(struct blob key, struct blob data, unsigned char out[SHA256_LEN]);
/* In a time that does not tell where they differ. */
bool digest_equal(const unsigned char a[SHA256_LEN], const unsigned char b[SHA256_LEN]);

#endif
