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
 * When it returns 0 the certificate is durable; whatever else happens, nothing has changed.
 */
int enroll(const struct env *env, const struct order *o, const struct who *w, struct enrolled *out,
	   struct err *e);

#endif
