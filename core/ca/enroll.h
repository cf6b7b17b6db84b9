/* Enrollment and renewal: from an authenticated order to a recorded certificate. */
#ifndef CA_ENROLL_H
#define CA_ENROLL_H

#include "ca/policy.h"

struct enrolled {
	struct blob der;	/* the certificate */
	struct blob serial;
	bool repeated;		/* it had been issued to the same order before */
};

/*
 * Decides, signs, and records the certificate, the device, its slot, the revocation of what is
 * replaced and the events in one transaction, in which the decision is taken again on fresh facts.
 * When it returns 0 the certificate is durable; whatever else happens, nothing has changed - but
 * that an order which has to be approved is recorded as a request, and ERR_PENDING. A refusal has the
 * step in *e: the policy rule's name, or "profile", "csr_profile", "issuer", "ca".
 */
int enroll(const struct env *env, const struct order *o, const struct who *w, struct enrolled *out,
	   struct err *e);

/* Whether enroll() would grant the order as things are (VERDICT_ISSUE), or have it wait
 * (VERDICT_WAIT), without signing: for what costs something and is to be done in between. What was
 * found out is in *f. */
int enroll_check(const struct env *env, const struct order *o, const struct who *w, struct facts *f,
		 enum verdict *v, struct err *e);
/* Records the request for approval of such an order, if it is not there yet: ERR_PENDING. */
int enroll_wait(const struct env *env, const struct order *o, const struct who *w, struct err *e);

/*
 * For who has to ask somebody first. *repeat: enroll() would answer with a certificate that it issued
 * before, and nobody is to be asked: what he granted once is granted, and a lost answer must not
 * depend on his granting it twice; the order must be only_repeat then. -1: it is refused, by what
 * his answer does not change. Nothing is said so to who has shown no credential himself.
 */
int enroll_before_asking(const struct env *env, const struct order *o, const struct who *w,
			 bool *repeat, struct err *e);

/*
 * The same decision, without a signature and without a trace in the database: each step is told, and
 * the result is what enroll() would say now: 0 and the verdict, or -1 and the refusal. A request that
 * is known and waits is ERR_PENDING; one that would have to wait is VERDICT_WAIT.
 */
int enroll_explain(const struct env *env, const struct order *o, const struct who *w,
		   const struct trace *t, struct ruling *out, struct err *e);
/* The same steps, where it does not come to that. */
void enroll_explain_unreached(enum operation op, const struct trace *t);

#endif
