/* Who is asking: the answer of authentication, and what later stages may know of it. */
#ifndef AUTH_WHO_H
#define AUTH_WHO_H

#include "data/field.h"
struct cert;

enum role { ROLE_NONE, ROLE_AUDITOR, ROLE_OPERATOR, ROLE_ADMIN };	/* each may what the lesser may */
extern const struct token role_names[];	/* "auditor" "operator" "admin" */

/* The CA whose certificates are operators'; nobody else's certificate is ever one. */
#define OPERATORS_CA "operators"

struct who {
	enum role role;			/* of an operator or the CLI; ROLE_NONE for EST clients */
	const char *name;		/* for log and events: "operator:alice", "cli:0", "cert:CN", "anonymous" */
	bool all_dms;			/* an operator's reach ... */
	struct texts dms;		/* ... or these DMSs only */
	const struct cert *cert;	/* the certificate that authenticated; NULL: none */
	struct blob issuer;		/* SKI of the CA that signed it, as verified; empty: none */
	struct blob credential;		/* identity for replay: SHA-256 of that certificate, or of what
					 * else authenticated; empty: nothing did */
	const char *device;		/* the only device that the credential speaks for; NULL: any */
	const char *secret;		/* the id of the secret that authenticated; NULL: none */
	bool bootstrap;			/* re-enrollment by a bootstrap certificate */
	bool registrar;			/* an RA (id-kp-cmcRA, RFC 6402 2.10): enrolls for others,
					 * and is not used up by it */
};

bool who_all_dms(const struct who *w);	/* an admin, or an operator of every DMS */
bool who_may_dms(const struct who *w, const char *dms);	/* within the operator's reach? */

#endif
