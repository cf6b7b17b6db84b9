/* What must be renewed as time passes; the tick calls these. Each is safe to run twice at once. */
#ifndef CA_UPKEEP_H
#define CA_UPKEEP_H

#include "ca/env.h"
#include "fleet/issuer.h"
#include "store/store_crl.h"

/*
 * Signs those CRLs of the issuer that are due (ca/crl_scope.h): the complete one, which lists each
 * revoked serial of the issuer's name, of earlier and later keys too, that has not expired before the
 * last CRL; its delta and the shards, where the CA has them. They are due when something was revoked
 * or released, when they are missing, and when the CA's refresh interval is over, or half of their
 * validity. *made tells whether any was signed.
 *
 * Where there is a delta CRL a revocation makes that, and the complete CRL, its base, stays until its
 * own time.
 */
int upkeep_crl(const struct env *env, const struct issuer *i, bool *made, struct err *e);

/* The same for who comes again at *due_at, and at each revocation: while they go on, the CRLs come in
 * growing intervals. */
int upkeep_crl_paced(const struct env *env, const struct issuer *i, bool *made, int64_t *due_at,
		     struct err *e);

/* Until then a revocation makes no CRL for that one. */
int64_t upkeep_crl_paused_until(const struct crl_series *s);

/* A P-256 key in state_dir/responders and a certificate for it: OCSPSigning, nocheck, at most 14
 * days, renewed after half of its life, or when it is revoked. Other users' OCSP workers must be able to read the key:
 * it gets the mode 0640 and the directory's group. A revoked CA has one too: OCSP goes on. */
int upkeep_responder(const struct env *env, const struct issuer *i, bool *made, struct err *e);

/* The CA's EST signer (ca/signer.h): a P-256 key in state_dir/signers and a certificate for it:
 * cmcRA and cmKGA, at most 90 days, renewed after half of its life, or when it is revoked. The key
 * is the state owner's alone. A CA that is revoked, or below such a one, gets none. */
int upkeep_signer(const struct env *env, const struct issuer *i, bool *made, struct err *e);

#endif
