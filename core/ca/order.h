/* What a device asks for: the decoded request, before anybody has judged it. */
#ifndef CA_ORDER_H
#define CA_ORDER_H

#include "fleet/dms.h"
#include "pki/csr.h"

enum operation { OP_ENROLL, OP_REENROLL, OP_SERVERKEYGEN };	/* RFC 7030 4.2.1, 4.2.2, 4.4 */

struct order {
	enum operation op;
	const struct dms *dms;
	const struct csr *csr;
	const char *device;	/* the device id: the subject's common name */
};

const char *operation_name(enum operation op);	/* "simpleenroll", "simplereenroll" ... */
bool operation_find(const char *name, enum operation *op);

/* Reads an EST body: base64, PEM or DER of a PKCS#10, and the device id from its subject.
 * ERR_MALFORMED or ERR_REJECTED with what was expected. */
int order_read(struct arena *a, enum operation op, const struct dms *dms, struct blob body,
	       struct order *o, struct err *e);

#endif
