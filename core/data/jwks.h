/*
 * The keys of a token's issuer (RFC 7517), and signatures under them. The only user of libjose.
 *
 * The key decides which algorithms may be used with it, never the token (RFC 8725 3.1): P-256 ES256,
 * P-384 ES384, RSA RS256 or PS256, and only its "alg" where it has one. Others, "none" and HS* among
 * them, do not exist here; EdDSA is not in libjose 11.
 *
 * A key that is not usable is passed over as if it were not in the set: of another type or curve, an
 * RSA modulus of less than 2048 or more than 8192 bits, meant for something else ("use", "key_ops"),
 * or with a private member, for what was published signs for anybody.
 */
#ifndef DATA_JWKS_H
#define DATA_JWKS_H

#include "base/problems.h"
#include "data/jwt.h"

/* A set as it came from outside, down to the usable keys and their public members. NULL and
 * ERR_MALFORMED "jwks" when it is no key set; without a usable key it is a set all the same. */
struct doc *jwks_read(struct arena *a, const char *s, size_t len, struct err *e);

/* Is the algorithm that the token says one of those above? ERR_UNAUTHENTICATED "token_alg" if not. */
int jwks_check_alg(const struct jwt *t, struct err *e);

/* Is there a usable key that may have signed the token: with its kid, or any where it names none? */
bool jwks_has_key(struct arena *a, const struct doc *set, const struct jwt *t);

/* Is the token signed by a usable key of the set? As jwks_check_alg(), and ERR_UNAUTHENTICATED
 * "token_key" or "token_signature". Where several keys fit, only the first eight are tried. */
int jwks_verify(struct arena *a, const struct doc *set, const struct jwt *t, struct err *e);

/* For a set that an operator writes: it is one, has a usable key, and holds no secret. */
void jwks_check(const struct doc *set, const char *prefix, struct problems *p);

#endif
