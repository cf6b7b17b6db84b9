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

/* Whether enroll() would grant the order as things are, without signing: for what costs something
 * and is to be done in between. What was found out is in *f. */
int enroll_check(const struct env *env, const struct order *o, const struct who *w, struct facts *f,
		 struct err *e);

/*
 * Would enroll() answer with a certificate that it issued before? For who has to ask somebody first:
 * what he granted once is granted, and a lost answer must not depend on his granting it twice. False
 * says nothing else about the order; after true it must be only_repeat.
 */
bool enroll_is_repeat(const struct env *env, const struct order *o, const struct who *w);

/*
 * A refusal is an event too, so that "why was this device refused" is one query: dms.refusal with
 * the operation, the code and the text. Only of who presented a credential that authenticates: a
 * stranger's refusals are log lines, or he could fill the database. device NULL: the request did
 * not even say it. That it could not be recorded changes nothing about the refusal.
 */
void enroll_record_refusal(const struct env *env, const struct dms *dms, enum operation op,
			   const char *device, const struct who *w, const struct err *why);

#endif
