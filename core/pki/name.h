/* Distinguished names (RFC 5280 4.1.2.4), as the DER of Name. */
#ifndef PKI_NAME_H
#define PKI_NAME_H

#include "base/arena.h"
#include "base/err.h"
#include "data/settings.h"

/* C ST L O OU CN in that order, UTF8String (C: PrintableString); ERR_REJECTED when a part breaks
 * its upper bound (RFC 5280 A.1) or nothing is given. */
int name_make(struct arena *a, const struct subject *s, struct blob *der, struct err *e);

/* The last of each attribute. The texts are UTF-8; an attribute with an embedded NUL is
 * ERR_MALFORMED. */
int name_read(struct arena *a, struct blob der, struct subject *s, struct err *e);
/* For names that others made: a part that cannot be read is NULL. */
int name_read_lax(struct arena *a, struct blob der, struct subject *s, struct err *e);
/* The same of a certificate's two names, and whether they are equal. */
int name_read_pair(struct arena *a, const struct blob der[2], struct subject *const s[2],
		   bool *equal, struct err *e);
/* The last common name with its octets, so that an embedded NUL shows; "" when there is none. */
int name_read_common_name(struct arena *a, struct blob der, const char **cn, size_t *len,
			  struct err *e);

char *name_text(struct arena *a, struct blob der);	/* RFC 4514, UTF-8: "CN=d1,O=Example" */
bool name_equal(struct blob a, struct blob b);		/* RFC 5280 7.1: string types and case do not matter */

#endif
