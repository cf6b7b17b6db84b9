/*
 * The answers of this process's last minute. An answer is kept under the request's digest together
 * with the facts that it was made from, and is used again only where the facts, read anew from the
 * database, are the same: it saves a signature, never a look at the status. The same bytes give the
 * same ETag, so that a cache's question "still this one?" can be answered with 304.
 */
#ifndef CA_RECENT_H
#define CA_RECENT_H

#include "ca/status.h"

struct recent_facts {
	unsigned char request[SHA256_LEN];	/* digest of the request */
	unsigned char signer[SHA256_LEN];	/* digest of the responder's certificate */
	int64_t status, reason, revoked_at, status_at, not_after, archive_cutoff;
};

/* true and the answer, its bytes copied into the arena; age: how old it may be. */
bool recent_find(struct arena *a, const struct recent_facts *f, int64_t now, int64_t age,
		 struct status_answer *out);
void recent_keep(const struct recent_facts *f, int64_t now, const struct status_answer *answer);

#endif
