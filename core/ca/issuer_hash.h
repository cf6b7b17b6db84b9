/* Issuers by the hashes of a CertID (RFC 6960 4.1.1). */
#ifndef CA_ISSUER_HASH_H
#define CA_ISSUER_HASH_H

#include "ca/env.h"
#include "pki/ocsp.h"
#include "store/store_ca.h"

/* The issuer whose name and key both have the CertID's hashes, and whose key is here: 1, 0, -1. SHA-1
 * and SHA-256 stand in the register; the process makes a table of the others at the first need. */
int issuer_hash_find(const struct env *env, const struct ocsp_certid *id, struct issuer_row *row,
		     struct err *e);
/* The same for one issuer. */
bool issuer_hash_is(const struct issuer_row *row, const struct ocsp_certid *id);

/* Forgets the table: the issuers have changed. */
void issuer_hash_drop(void);

#endif
