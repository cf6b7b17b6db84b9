/* One enrollment on its way, for the two files that make it: ca/enroll decides and signs, and
 * ca/enroll_record writes. */
#ifndef CA_ENROLLMENT_H
#define CA_ENROLLMENT_H

#include "ca/policy.h"

/* What one enrollment is about, from the decision to the record. */
struct enrollment {
	const struct env *env;
	const struct order *order;
	const struct who *who;
	struct facts facts;
	struct profile profile;
	const struct cert *cert;	/* the new one */
	int64_t version;		/* of the device's slot */
	bool second_try;		/* of a serverkeygen whose answer was lost */
};

bool enrollment_is_renewal(const struct enrollment *n);

/* Everything that the certificate changes, inside the transaction. */
int enrollment_record(struct enrollment *n, struct err *e);

/* Of a signed message: what this part of it got, and when. */
int enrollment_record_message(const struct enrollment *n, struct blob issuer, struct blob serial,
			      int64_t at, struct err *e);

#endif
