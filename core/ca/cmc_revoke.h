/* revokeRequest (RFC 5272 6.11): for ca/cmc only. */
#ifndef CA_CMC_REVOKE_H
#define CA_CMC_REVOKE_H

#include "auth/who.h"
#include "ca/env.h"
#include "ca/order.h"
#include "pki/cmc.h"

/* A device gives its own certificate back: the one that signed the message, of this DMS. Done, and
 * the message recorded, in one transaction; a message that was recorded changes nothing. Its
 * invalidityDate and comment are not kept. ERR_NOT_FOUND "certificate_not_found", ERR_FORBIDDEN
 * "other_certificate"; ERR_REJECTED for a reason that is no device's to give (RFC 5280 5.3.1), and for
 * a passphrase, of which none is known. renewed_at: when another part of the message renewed, and so may
 * have superseded, the certificate; 0: none did. */
int cmc_revoke(const struct env *env, const struct dms *dms, const struct who *who,
	       const struct cmc_control *control, const struct message_part *part,
	       int64_t renewed_at, struct err *e);

#endif
