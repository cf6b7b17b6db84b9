/* Certificates that are out of use as soon as their device is seen to have its new one (DESIGN
 * section 5, Replay): the answer of serverkeygen may get lost, and cannot be repeated. */
#ifndef CA_SUPERSEDE_H
#define CA_SUPERSEDE_H

#include "ca/env.h"
#include "store/store_cert.h"

/* Both in the caller's write transaction. */
int supersede_later(const struct env *env, const char *device, const struct cert_row *c,
		    struct err *e);
/* Revokes (Superseded) what waits for this device's new certificate and still holds. */
int supersede_now(const struct env *env, const char *device, struct err *e);

#endif
