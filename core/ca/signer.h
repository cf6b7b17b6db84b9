/* The EST signer of a CA: the key, and its certificate with cmcRA and cmKGA (RFC 6402 2.10), that
 * speak for the CA where a CA key need not: CMC answers, and keys made here (RFC 7030 4.3, 4.4.2).
 * The tick makes and renews it (upkeep_signer) for each CA that a DMS enrolls under. */
#ifndef CA_SIGNER_H
#define CA_SIGNER_H

#include "ca/env.h"
#include "pki/cert.h"

/* issuer: the CA's SKI. ERR_BUSY "signer" while there is none that holds. The certificate lives in
 * the request's arena, the key at least until the next call. */
int signer_load(const struct env *env, struct blob issuer, const struct cert **cert,
		const struct key **key, struct err *e);

#endif
