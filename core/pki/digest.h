/* Message digests. */
#ifndef PKI_DIGEST_H
#define PKI_DIGEST_H

#include "base/arena.h"

enum { SHA1_LEN = 20, SHA256_LEN = 32 };

void digest_sha1(struct blob data, unsigned char out[SHA1_LEN]);
void digest_sha256(struct blob data, unsigned char out[SHA256_LEN]);

/* The same, the result in the arena. */
struct blob digest_make_sha1(struct arena *a, struct blob data);
struct blob digest_make_sha256(struct arena *a, struct blob data);

#endif
