/*
 * Giving a CA a new key under its name. The key of before stays: what it signed goes on to be
 * accepted and renewed, and its CRL and OCSP answers go on.
 *
 * Of a root, with each earlier key whose certificate still holds, two bridges are made (RFC 4210
 * 4.4): the old key certified by the new one (OldWithNew), for whoever trusts the new root and meets
 * a certificate of the old era, and the new key certified by the old one (NewWithOld), the other way
 * round. The CAs below it keep their certificates.
 */
#ifndef CA_REKEY_H
#define CA_REKEY_H

#include "ca/env.h"
#include "fleet/issuer.h"

struct rekey_order {
	const char *ca;
	const struct key_spec *key;	/* NULL: as the present one */
	const struct validity *validity;	/* NULL: as long as the present certificate's; clamped
						 * to the parent's end */
	const char *key_uri;		/* NULL: a new key file in state_dir/keys */
};

/*
 * One write transaction. ERR_NOT_FOUND; ERR_CONFLICT "ca_revoked", "ca_without_key" (it, or the CA
 * above it, has its key elsewhere), "ca_changed" (somebody else was faster), "ca_exists" (the key
 * is a CA's already); ERR_REJECTED "key_uri" (the present key is in a token, and the order would put
 * the new one into a file), "ca_constraints" (what the certificate is limited by cannot be carried
 * over). Nothing has changed then, and no key is left behind.
 */
int rekey_ca(const struct env *env, const struct rekey_order *o, struct issuer *out, struct err *e);

#endif
