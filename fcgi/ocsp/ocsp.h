/* The OCSP and CRL responder. */
#ifndef FCGI_OCSP_OCSP_H
#define FCGI_OCSP_OCSP_H

#include "ca/env.h"
#include "web/resp.h"

enum { OCSP_MAX_BODY = 64 * 1024 };

/* status.c */
struct answer *ocsp_get(struct ctx *c);		/* the request in the path */
struct answer *ocsp_post(struct ctx *c);	/* the request in the body */
/* tryLater, for c->err: whoever asks for a status gets an OCSP answer (RFC 6960 2.3). */
struct answer *ocsp_try_later(struct ctx *c);

/* crl.c */
struct answer *ocsp_crl(struct ctx *c);

/* ocsp.c */
struct env ocsp_env(const struct ctx *c);

/* What may be kept, and until when. */
struct freshness {
	struct blob body;
	struct blob sha256;	/* of it, for the ETag; empty: computed */
	int64_t now, this_update, next_update;
};
/* The headers of RFC 5019 6.2, and the answer: the body, or 304 to a client that has these very
 * octets. Where nothing is left until next_update, the body with no-store. */
struct answer *ocsp_send_fresh(struct ctx *c, const char *type, const struct freshness *f);
struct answer *ocsp_send_unkept(struct ctx *c, const char *type, struct blob body);

#endif
