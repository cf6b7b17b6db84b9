/* The EST responder (RFC 7030): what its operations share. */
#ifndef FCGI_EST_EST_H
#define FCGI_EST_EST_H

#include "auth/auth.h"
#include "ca/env.h"
#include "ca/order.h"
#include "store/store_ca.h"
#include "web/serve.h"

struct env est_env(const struct ctx *c);

/*
 * Which DMS a label means (DESIGN section 5): a DMS id, a CA's id or name, or none at all. For a
 * CA's the presented certificate chooses. ERR_NOT_FOUND, ERR_MALFORMED when it is ambiguous,
 * ERR_UNAUTHENTICATED when no DMS of that CA accepts the certificate.
 */
int label_find_dms(struct ctx *c, enum operation op, struct dms *dms, struct err *e);

/* The same for cacerts: a DMS (1), or the CA that the label names (0, *ca set), or -1. */
int label_find_distribution(struct ctx *c, struct dms *dms, struct ca_row *ca, struct err *e);

/* One certificate, or many: certs-only CMS in base64, or PEM for who asks for it. */
struct answer *est_send_certs(struct ctx *c, const char *type, const struct blob *certs, size_t n);

struct answer *est_cacerts(struct ctx *c);
struct answer *est_simpleenroll(struct ctx *c);
struct answer *est_simplereenroll(struct ctx *c);

#endif
