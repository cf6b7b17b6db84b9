/* The numbers of a CA's CRLs, where they must go on above what this database knows: the CA was
 * imported and had CRLs elsewhere, or the database is an older one, restored. */
#ifndef CA_CRL_NUMBER_H
#define CA_CRL_NUMBER_H

#include "ca/env.h"

#define CRL_NUMBER_MAX INT64_C(1000000000000000)

/* The next CRL of each key of the CA has this number, which must be above all that were given
 * (ERR_CONFLICT "crl_number"); all are due now. ERR_NOT_FOUND "ca_not_found"; ERR_CONFLICT "ca_key"
 * where no key is here. A whole write transaction. */
int crl_number_set(const struct env *env, const char *ca, int64_t number, struct err *e);

#endif
