/*
 * The keys of a token's issuer: those in the settings, or those that its URL gave.
 *
 * What was fetched is kept in the database for all workers. It is fetched again when it is older
 * than jwks_max_age, or when it has no key for the token, and begun by one worker at most every 30
 * seconds, whatever comes of it: strangers with unknown keys must not hammer the issuer. While the
 * issuer does not answer, or with something that is no key set, what there is serves for up to 24
 * hours; a key that the issuer withdraws is therefore good for jwks_max_age, and for that long at
 * the most.
 */
#ifndef AUTH_ISSUER_KEYS_H
#define AUTH_ISSUER_KEYS_H

#include "auth/auth.h"
#include "data/jwks.h"

/* The set to verify the token with. It has no key for it only where that is sure. ERR_BUSY with
 * Retry-After when it cannot be known: "jwks", or as net/http.h and auth/slot.h say. Not inside a
 * transaction. */
int issuer_keys_load(const struct auth_input *in, const struct jwt_settings *s, const struct jwt *t,
		     const struct doc **out, struct err *e);

#endif
