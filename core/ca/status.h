/*
 * What the OCSP responder says, decided in one read transaction.
 *
 * - CertIDs of one issuer are all answered, in order; of several issuers, or of one that is not
 *   ours: unauthorized. Both hashes of the issuer count.
 * - A serial that the issuer did not issue is what the CA's settings say (enum unissued), never good;
 *   unauthorized is said of the whole request, be it one serial of many.
 * - When the issuer's key, or that of a CA above it, is compromised, its certificates are revoked
 *   (cACompromise) since then (RFC 6960 2.7), and unissued serials by the extended revoke.
 * - An expired certificate keeps its last status, with the archive cutoff (RFC 6960 4.4.4).
 * - No responder certificate, one that is out of its validity or revoked, a key that does not load, a database
 *   that does not answer: tryLater.
 */
#ifndef CA_STATUS_H
#define CA_STATUS_H

#include "ca/env.h"
#include "pki/ocsp.h"
#include "store/store_cert.h"

struct status_answer {
	struct blob der;		/* OCSPResponse */
	unsigned char sha256[SHA256_LEN];	/* of it, where it is cacheable */
	bool cacheable;			/* one issued certificate, no nonce */
	int64_t this_update, next_update;
};

/* The process's keys, answers and locks: at its end. */
void status_close(void);

/* What is said of a certificate by its own row: the end of a CA above it may say more. */
void status_say_row(const struct cert_status_row *row, struct ocsp_single *s);

/* Always gives an answer: what went wrong is said by its status, and *e tells the log. Returns 0,
 * or -1 when *e is set. */
int status_answer(const struct env *env, struct blob request, struct status_answer *out,
		  struct err *e);

#endif
