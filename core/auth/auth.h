/*
 * The ways to prove who you are. A way is one file that exports a row; the rows stand in
 * auth_modes[]. Input is plain: no request, no HTTP.
 *
 * Here a path is found, once. Whether the certificate, if this system issued it, or a CA above it has
 * been revoked is decided where it counts, in the transaction that acts on it (ca/policy).
 */
#ifndef AUTH_AUTH_H
#define AUTH_AUTH_H

#include "auth/who.h"
#include "data/conf.h"
#include "fleet/dms.h"
#include "pki/csr.h"

struct auth_input {
	struct db *db;
	struct arena *arena;
	const struct conf *conf;
	const struct dms *dms;
	bool reenroll;			/* else the enrollment block of the settings */
	const char *client_cert;	/* PEM as the web server passed it; NULL: none */
	bool is_signer;			/* client_cert signed the message, not a TLS handshake: a
					 * device's own, or an RA's (id-kp-cmcRA) unless reenroll */
	const char *authorization;	/* the header's value; NULL: none */
	const char *remote_addr;
	int64_t now;
};

struct auth_header {
	const char *name, *value;
};

/* What is asked for: who authenticates a request by asking somebody else shows him this. */
struct auth_request {
	const struct csr *csr;
	const char *device;
	const char *url;		/* as in the request: path and query */
	const char *request_id;
	const struct auth_header *headers;	/* of auth_shown_headers() those that came */
	size_t nheaders;
};

struct auth_mode {
	enum auth_mode_id id;
	const char *challenge;		/* for WWW-Authenticate: "ClientCertificate"; NULL: none */
	bool by_certificate;		/* a client certificate is presented */
	int (*check)(const struct auth_input *in, struct who *who, struct err *e);
	/* Asked after check, once the request has been decoded: ERR_FORBIDDEN when the answer is no.
	 * NULL: nobody is asked. */
	int (*consult)(const struct auth_input *in, const struct auth_request *r, struct who *who,
		       struct err *e);
};

/* ERR_UNAUTHENTICATED with what is missing. */
int auth_check(const struct auth_input *in, struct who *who, struct err *e);
/* The header fields of the request that the second half may show; NULL: nobody is asked. */
const struct texts *auth_shown_headers(const struct dms *dms, bool reenroll);
/* The second half, for the modes that have one. */
int auth_consult(const struct auth_input *in, const struct auth_request *r, struct who *who,
		 struct err *e);
const char *auth_challenge(const struct dms *dms, bool reenroll);
bool auth_asks(const struct dms *dms, bool reenroll);	/* does auth_consult() ask somebody? */
bool auth_by_certificate(const struct dms *dms, bool reenroll);

extern const struct auth_mode auth_client_cert, auth_none, auth_jwt, auth_psk;
extern const struct auth_mode auth_webhook, auth_client_cert_and_webhook;

/* An operator: the presented certificate is pinned, within its validity, not revoked, and issued by
 * the CA "operators". ERR_UNAUTHENTICATED else. */
int auth_operator(struct db *db, struct arena *a, const char *client_cert, int64_t now,
		  struct who *who, struct err *e);

#endif
