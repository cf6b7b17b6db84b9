/* Changing the status of a certificate, and all that follows from it, in one transaction. */
#ifndef CA_REVOKE_H
#define CA_REVOKE_H

#include "ca/env.h"
#include "data/field.h"
#include "store/store_cert.h"

enum crl_reason {			/* RFC 5280 5.3.1 */
		  REASON_UNSPECIFIED = 0,
		  REASON_KEY_COMPROMISE = 1,
		  REASON_CA_COMPROMISE = 2,
		  REASON_AFFILIATION_CHANGED = 3,
		  REASON_SUPERSEDED = 4,
		  REASON_CESSATION_OF_OPERATION = 5,
		  REASON_CERTIFICATE_HOLD = 6,
		  REASON_REMOVE_FROM_CRL = 8,
		  REASON_PRIVILEGE_WITHDRAWN = 9,
		  REASON_AA_COMPROMISE = 10,
};
extern const struct token crl_reasons[];	/* Lamassu's: "Unspecified" "KeyCompromise" ... */

/* KeyCompromise, CACompromise. */
bool revoke_is_compromise(int reason);

/* Both run in the caller's write transaction: the status, crl_dirty, the device whose active
 * version it is, the CA whose certificate it is, and the events. Revoking what is on hold gives it
 * the new reason and keeps the time; so does a compromise that is learned of after a revocation for
 * another reason. To revoke what is revoked is otherwise ERR_CONFLICT, and so is to release what is
 * not on hold. */
int revoke_certificate(const struct env *env, const struct cert_row *c, int reason, struct err *e);
int revoke_release(const struct env *env, const struct cert_row *c, struct err *e);

/* The device is out for good: every certificate of it that still holds is revoked
 * (CessationOfOperation), its state is DEVICE_DECOMMISSIONED. Done already: 0, nothing changes.
 * Caller's write transaction. */
int revoke_decommission(const struct env *env, const char *device, struct err *e);

#endif
