/*
 * CMC messages (RFC 5272, RFC 7030 4.3): what a signed PKIData means here.
 *
 * It speaks by its signature, not by the TLS session. A device's own certificate renews that
 * device, under the rules of re-enrollment, and revokes itself. A certificate with id-kp-cmcRA under
 * the enrollment block's validation CAs is an RA: its requests are enrollments, of whatever device.
 *
 * Each request is a transaction of its own, which also records the message's digest and the
 * request's bodyPartID: when the message comes again it gets what it got, and nothing happens. The
 * digest is of what cannot be written in another way, the content and the signer's issuer and
 * serial number. A refusal is recorded too, and final: what is refused today must not be what
 * somebody else, who has recorded the message, has done tomorrow. Only faults, and what waits, may be
 * sent again. Records are kept for as long as the message could do harm:
 * - a device's renewal that was granted: the replay window. Its signer is not the active version any
 *   more, by which the rules refuse it from then on.
 * - one that was refused: until the signer's certificate cannot be renewed any more.
 * - what an RA or a bootstrap certificate signed, and revocations: for ever. These are refused by
 *   nothing else.
 *
 * What gives no certificate is recorded within a bound for each signer (ca/message), and is a fault
 * beyond. Of a signer that is revoked for good no refusal is recorded: it is refused for ever.
 */
#ifndef CA_CMC_H
#define CA_CMC_H

#include "auth/auth.h"
#include "ca/env.h"
#include "pki/cmc.h"
#include "pki/cms_signed.h"

struct cmc_message {
	struct cms_signed cms;
	const struct cert *signer;	/* as the message says; NULL: it holds no such certificate */
	struct cmc_data data;
	struct err malformed;		/* of data; ERR_NONE: it is whole */
};

/* ERR_MALFORMED: this is no signed PKIData, and cannot be answered by CMC. */
int cmc_message_read(struct arena *a, struct blob der, struct cmc_message *m, struct err *e);

/* Does the signer say that it is an RA? */
bool cmc_by_registrar(const struct cmc_message *m);

struct cmc_result {
	struct blob response;		/* DER of the signed PKIResponse */
	struct err why;			/* what it comes to as a whole; ERR_NONE: something was granted */
	const char *devices, *serials;	/* for the log; NULL: none */
};

/* in: of the signer as client_cert, is_signer; reenroll unless it is an RA. shown: what somebody who
 * has to be asked (auth_consult) is shown beside each request. *who is filled. Gives a response
 * whatever is refused; -1 and nothing done only when there is nobody to sign it. */
int cmc_answer(const struct env *env, const struct auth_input *in, const struct auth_request *shown,
	       const struct cmc_message *m, struct who *who, struct cmc_result *out, struct err *e);

#endif
