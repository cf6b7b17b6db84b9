/* Asking the web server as a client does. */
#ifndef CLI_DOCTOR_PROBE_H
#define CLI_DOCTOR_PROBE_H

#include "cli/doctor/doctor.h"
#include "net/http.h"

struct csr;

/* A key and a certificate of a minute's life, to show to the web server. */
struct probe {
	const struct cert *cert;
	const char *cert_pem, *key_pem;	/* NULL: none */
};

/* At public.https_url, trusting est.system_ca, our own roots, and else the system's. */
int probe_send(struct doctor *d, const struct probe *p, const struct http_request *r,
	       struct http_response *out, struct err *e);
int probe_get(struct doctor *d, const struct probe *p, const char *path, struct http_response *out,
	      struct err *e);

/* A CA with a key here whose certificates the web server ought to accept, for the DMS (NULL: any):
 * 1, 0: there is none, -1. */
int probe_find_ca(struct doctor *d, const struct dms *dms, const char **ca, struct err *e);

/* Registered as kind "other", and not revoked: it ends by itself after so many seconds. */
int probe_make(struct doctor *d, const char *ca, const char *cn, int seconds, struct probe *p,
	       struct err *e);

/* A new key; the request as the body of an EST enrollment. */
int probe_make_csr(struct doctor *d, const char *cn, const struct key **key, const struct csr **csr,
		   struct err *e);

#endif
