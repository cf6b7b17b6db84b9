/*
 * Why is it refused, and would it be granted? The whole decision about a request, taken by the very
 * functions that enrollment takes it by, without issuing, recording, or asking anybody else.
 */
#ifndef CA_EXPLAIN_H
#define CA_EXPLAIN_H

#include "ca/policy.h"

struct explain_request {
	enum operation op;
	struct blob csr;		/* as an EST body: base64, PEM or DER */
	const char *client_cert;	/* PEM; NULL: none is presented */
	const char *client;		/* the address it would come from; NULL: none */
};

struct explained_step {
	const char *name, *help;
	enum step_verdict verdict;
	struct err why;			/* of STEP_REFUSED; of STEP_NOT_ASKED its text says what it needs */
};

struct explanation {
	struct explained_step *v;	/* in the order of the decision */
	size_t n;
	enum verdict verdict;		/* where nothing refuses */
	const char *device;		/* NULL: the CSR does not even say it */
};

extern const struct token step_verdicts[];	/* "ok" "refused" "settled" "not_reached" "not_asked" */

/* At env->now. 0 and the verdict, or -1 and in *e what the device would be told; out is complete in
 * both cases. */
int explain(const struct env *env, const struct dms *dms, const struct explain_request *r,
	    struct explanation *out, struct err *e);

#endif
