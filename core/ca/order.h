/* What a device asks for: the decoded request, before anybody has judged it. */
#ifndef CA_ORDER_H
#define CA_ORDER_H

#include "fleet/dms.h"
#include "pki/csr.h"

enum operation { OP_ENROLL, OP_REENROLL, OP_SERVERKEYGEN };	/* RFC 7030 4.2.1, 4.2.2, 4.4 */

/* A request's place in a signed message (RFC 5272), by which it causes something only once. */
struct message_part {
	struct blob digest;	/* SHA-256 of what was signed, and by whom */
	int64_t id;		/* bodyPartID */
	int64_t keep_until;	/* of the record; 0: for ever */
};

struct order {
	enum operation op;
	const struct dms *dms;
	const struct csr *csr;
	const char *device;	/* the device id: the subject's common name */
	bool only_repeat;	/* nobody granted it anew: it gets what it got before, or nothing */
	struct blob escrow;	/* the key made for it, encrypted, to be kept; empty: none */
	const struct message_part *part;	/* NULL: it came alone */
};

const char *operation_name(enum operation op);	/* "simpleenroll", "simplereenroll" ... */
bool operation_find(const char *name, enum operation *op);

/* Does the DMS serve the operation? ERR_NOT_FOUND "keygen_disabled". */
int order_check_operation(enum operation op, const struct dms *dms, struct err *e);

/* Reads an EST body: base64, PEM or DER of a PKCS#10, and the device id from its subject.
 * ERR_MALFORMED or ERR_REJECTED with what was expected. For OP_SERVERKEYGEN the CSR has no public
 * key yet, only the kind of key that the DMS has made. */
int order_read(struct arena *a, enum operation op, const struct dms *dms, struct blob body,
	       struct order *o, struct err *e);
/* The same of a request that has been read. */
int order_make(enum operation op, const struct dms *dms, const struct csr *csr, struct order *o,
	       struct err *e);

#endif
