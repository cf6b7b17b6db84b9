/*
 * Where the answer to a request lies, below the folder of a tree: the base64 of the canonical
 * request, its slashes made subfolders, so that the URL is the path (RFC 6960 A.1). Who revokes a
 * certificate finds its two files by the same function.
 */
#ifndef CA_PUBLISH_PATH_H
#define CA_PUBLISH_PATH_H

#include "pki/ocsp.h"
#include "store/store_ca.h"

/* NULL: it cannot lie anywhere. */
const char *publish_path(struct arena *a, struct blob request);

/* The canonical requests about a certificate of the issuer. */
enum { PUBLISH_HASHES = 2 };
void publish_requests(struct arena *a, const struct issuer_row *issuer, struct blob serial,
		      struct blob out[PUBLISH_HASHES]);

#endif
