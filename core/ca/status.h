/* What the OCSP responder says, decided in one read transaction. */
#ifndef CA_STATUS_H
#define CA_STATUS_H

#include "ca/env.h"
#include "pki/ocsp.h"

struct status_answer {
	struct blob der;		/* OCSPResponse */
	bool cacheable;			/* one issued certificate, no nonce */
	int64_t this_update, next_update;
};

/* Always gives an answer: faults become tryLater or internalError in it, and *e tells the log.
 * Returns 0, or -1 when *e is set. */
int status_answer(const struct env *env, struct blob request, struct status_answer *out, struct err *e);

#endif
