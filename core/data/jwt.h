/*
 * A JSON Web Token (RFC 7519) in compact form: read and bounded before anything in it is believed,
 * its claims checked after jwks_verify() has found its signature good (RFC 8725).
 */
#ifndef DATA_JWT_H
#define DATA_JWT_H

#include "data/doc.h"

enum { JWT_MAX = 16 << 10 };	/* octets of a token */

struct jwt {
	const char *alg;		/* of the header: what the token says, to be judged by the key */
	const char *kid;		/* NULL: it names no key */
	const struct doc *claims;
	const char *header, *payload, *signature;	/* base64url, as they came */
	size_t signature_len;		/* octets of the decoded signature */
};

/* ERR_UNAUTHENTICATED "token_malformed" for all but three parts of strict base64url (RFC 7515 2), a
 * header and claims that are JSON objects without duplicate members, and at most JWT_MAX octets;
 * "token_refused" for a header with "crit", of which nothing is understood here (RFC 7515 4.1.11).
 * Other members of the header, jwk and jku among them, are never looked at. */
int jwt_read(struct arena *a, const char *token, struct jwt *t, struct err *e);

struct jwt_rules {
	const char *issuer;		/* what iss must be; NULL: not looked at */
	const char *audience;		/* what aud must contain; NULL: there must be no aud */
	int64_t skew, now;		/* microseconds */
};

/* ERR_UNAUTHENTICATED with the claim that fails: "token_expired" (exp is required),
 * "token_not_yet_valid" (nbf, and iat in the future), "token_issuer", "token_audience",
 * "token_claims" for one of a wrong type. That an aud must be understood: RFC 7519 4.1.3. */
int jwt_check_claims(const struct jwt *t, const struct jwt_rules *r, struct err *e);

/* The claim as a text, by its name or, with '/' first, by a JSON pointer (RFC 6901) through objects.
 * NULL: it is not there, is no text, or has a NUL in it. */
const char *jwt_claim(struct arena *a, const struct jwt *t, const char *name);

#endif
