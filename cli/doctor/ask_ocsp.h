/* What the OCSP responder says over HTTP of one certificate (RFC 6960 A.1), as any client asks. */
#ifndef CLI_DOCTOR_ASK_OCSP_H
#define CLI_DOCTOR_ASK_OCSP_H

#include "cli/doctor/doctor.h"
#include "pki/ocsp.h"

/* ERR_BUSY or ERR_INTERNAL when there is no answer, or one that is no status. The signature is not
 * verified: whether the responder's key signs is another check. */
int ask_ocsp(struct doctor *d, const struct issuer_row *issuer, struct blob serial,
	     enum ocsp_status *status, struct err *e);

#endif
