/* Object identifiers between their DER and the dotted text that people write. */
#ifndef PKI_OID_H
#define PKI_OID_H

#include "base/arena.h"

/* With tag and length; empty when the text is none, or an arc does not fit 32 bits. */
struct blob oid_read(struct arena *a, const char *dotted);
/* content: of the OBJECT IDENTIFIER, without tag and length; "" when it is none. */
char *oid_write(struct arena *a, struct blob content);

/* X.690 8.19: each arc ends, and none begins with nothing. */
bool oid_check(struct blob content);

#endif
