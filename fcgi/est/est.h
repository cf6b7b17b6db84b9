/* The EST responder (RFC 7030): what its operations share. */
#ifndef FCGI_EST_EST_H
#define FCGI_EST_EST_H

#include "auth/auth.h"
#include "ca/enroll.h"
#include "store/store_ca.h"
#include "web/serve.h"

struct env est_env(const struct ctx *c);
/* What the request brings to authenticate with; dms is the caller's to set. */
struct auth_input est_auth_input(const struct ctx *c, enum operation op);

/*
 * Which DMS a label means (DESIGN section 5): a DMS id, a CA's id or name, or none at all. For a
 * CA's the presented certificate chooses. ERR_NOT_FOUND, ERR_MALFORMED when it is ambiguous,
 * ERR_UNAUTHENTICATED when no DMS of that CA accepts the certificate. is_signer: as in struct auth_input.
 */
int label_find_dms(struct ctx *c, enum operation op, bool is_signer, struct dms *dms,
		   struct err *e);

/* The same for cacerts: a DMS (1), or the CA that the label names (0, *ca set), or -1. */
int label_find_distribution(struct ctx *c, struct dms *dms, struct ca_row *ca, struct err *e);

/*
 * An order on its way: from the label to the authenticated, decoded request. What is known when it
 * is refused is said by what is set.
 */
struct est_order {
	enum operation op;
	struct dms dms;			/* row.id NULL: the label was refused */
	struct auth_input in;
	struct order order;		/* device NULL: the request did not even say it */
	bool authenticated;
};

/* What of the request somebody else is shown, its headers by these names (NULL: none); the CSR and
 * the device are the caller's to set. */
struct auth_request est_shown(const struct ctx *c, const struct texts *names);

/* Label, authentication, CSR, and whoever has to be asked about it. 0, or -1 and c->err. */
int est_take_order(struct ctx *c, enum operation op, struct est_order *o);
/* The certificate, recorded. 0, or -1 and c->err. */
int est_enroll(struct ctx *c, const struct est_order *o, struct enrolled *out);
/* Answers with c->err: the challenge of a 401 names what the DMS accepts (RFC 7235 4.1); a refusal
 * is recorded. */
struct answer *est_refuse(struct ctx *c, const struct est_order *o);

/* In lines that the client can read, each with this end, the last too (RFC 8951 3). */
const char *est_base64(const struct ctx *c, struct blob der, const char *eol);

/* One certificate, or many: certs-only CMS in base64, or PEM for who asks for it. */
struct answer *est_send_certs(struct ctx *c, const char *type, const struct blob *certs, size_t n);

/* DER in base64, in lines for who reads lines. */
struct answer *est_send_der(struct ctx *c, int status, const char *type, struct blob der);

struct answer *est_cacerts(struct ctx *c);
struct answer *est_csrattrs(struct ctx *c);
struct answer *est_fullcmc(struct ctx *c);
struct answer *est_simpleenroll(struct ctx *c);
struct answer *est_simplereenroll(struct ctx *c);
struct answer *est_serverkeygen(struct ctx *c);

#endif
