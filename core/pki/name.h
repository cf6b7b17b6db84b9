/* Distinguished names (RFC 5280 4.1.2.4), as the DER of Name. */
#ifndef PKI_NAME_H
#define PKI_NAME_H

#include "base/arena.h"
#include "base/err.h"
#include "data/settings.h"

/* C ST L O OU CN in that order, UTF8String (C: PrintableString); ERR_REJECTED "name_part" for a part
 * that name_read() would refuse, "name_empty" when nothing is given. */
int name_make(struct arena *a, const struct subject *s, struct blob *der, struct err *e);

/* The last of each attribute, as UTF-8, of a name that will be copied: each attribute is a character
 * string (else ERR_MALFORMED) without control characters, no longer than RFC 5280 A.1 allows and not
 * empty ("name_part"), and there is at most one common name ("csr_common_name"). */
int name_read(struct arena *a, struct blob der, struct subject *s, struct err *e);
/* For names that others made: a part that cannot be read is NULL. */
int name_read_lax(struct arena *a, struct blob der, struct subject *s, struct err *e);
/* The same of a certificate's two names, and whether they are equal. */
int name_read_pair(struct arena *a, const struct blob der[2], struct subject *const s[2],
		   bool *equal, struct err *e);

char *name_text(struct arena *a, struct blob der);	/* RFC 4514, UTF-8: "CN=d1,O=Example" */
bool name_equal(struct blob a, struct blob b);		/* RFC 5280 7.1: string types and case do not matter */

#endif
