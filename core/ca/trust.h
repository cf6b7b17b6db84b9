/* The bundle of CAs that the web server asks clients for, and how it hears of a new one. */
#ifndef CA_TRUST_H
#define CA_TRUST_H

#include "ca/env.h"

/* The PEM bundle of all validation, additional, enrollment and operator CAs, of their present keys
 * and those before a re-key, with their chains, without those that are revoked or below one that is, and first a line "# shedu trust generation
 * N". Writes conf->trust.bundle by rename when it differs; runs the reload command when a
 * certificate differs. */
int trust_write(const struct env *env, bool *made, struct err *e);

/* The generation in the bundle file; -1: none, or no file. */
int64_t trust_generation(const struct conf *conf);

#endif
