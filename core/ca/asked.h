/* What csrattrs asks of the devices of a DMS (RFC 7030 4.5), and whether a request has it. */
#ifndef CA_ASKED_H
#define CA_ASKED_H

#include "ca/env.h"
#include "ca/order.h"
#include "pki/csrattrs.h"

/* What there is to say, DER of CsrAttrs: the DMS's own csr_attributes, else of the profile, with
 * challengePassword where it demands POP linking. Empty: nothing. */
int asked_write(const struct env *env, const struct dms *dms, const struct profile *f,
		struct blob *der, struct err *e);

/* enforce_csr_attributes: ERR_REJECTED "csr_attributes" with all that the request lacks, the same
 * for renewals; for serverkeygen all but the key and the signature, which are not the device's. */
int asked_check(const struct env *env, const struct order *o, const struct profile *f,
		struct err *e);

#endif
