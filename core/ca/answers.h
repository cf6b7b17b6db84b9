/*
 * The signed answers that are used again: in the process's memory, and behind that in a file that the
 * workers share and a restart leaves (ocsp.cache_dir).
 *
 * An answer is kept with the stamps of what it was derived from: the database's epoch, the counter of
 * what stands above the certificate, and the row's own counter of changes. It is found only with the
 * same stamps, read anew in the transaction of the request: it saves a signature, never a look at the
 * status, so that it cannot be stale. Neither nonces nor serials that were not issued have answers
 * here.
 *
 * A cache that does not work is no reason to refuse an answer: it is logged, once, and done without.
 */
#ifndef CA_ANSWERS_H
#define CA_ANSWERS_H

#include "ca/authority.h"
#include "pki/digest.h"

struct answer_key {
	/* Of the CertID as received, the responder's certificate, and how it signs and is named. */
	unsigned char sha256[SHA256_LEN];
};

struct answer_stamp {
	struct authority_stamp authority;
	int64_t change;			/* of the certificate's row */
};

struct kept_answer {
	struct blob der;
	unsigned char sha256[SHA256_LEN];	/* of der */
	int64_t made_at, this_update, next_update;
};

/* One that is in the first half of its time. The bytes are in the arena. */
bool answers_find(const struct env *env, const struct answer_key *key,
		  const struct answer_stamp *stamp, struct kept_answer *out);
/* The same without this process's memory: what another worker may just have made. */
bool answers_find_shared(const struct env *env, const struct answer_key *key,
			 const struct answer_stamp *stamp, struct kept_answer *out);
void answers_keep(const struct env *env, const struct answer_key *key,
		  const struct answer_stamp *stamp, const struct kept_answer *answer);

/* What another worker keeps will be found here, as far as can be told. */
bool answers_are_shared(const struct env *env);

/* ocsp.cache_dir, made when it is not there; NULL: it cannot be, which was logged. */
const char *answers_dir(const struct env *env);

void answers_close(void);

#endif
