/*
 * doctor --enroll: a device that goes the whole way through the web server, as a device does, and
 * is decommissioned again: registered where the DMS wants it, enrolled, asked for by OCSP.
 */
#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/rand.h"
#include "cli/call.h"
#include "cli/doctor/ask_ocsp.h"
#include "cli/doctor/probe.h"
#include "pki/csr.h"

struct canary {
	struct doctor *doctor;
	struct dms dms;
	const char *id;
	struct probe bootstrap;
	struct blob serial;	/* of what it got; empty: nothing */
	struct issuer issuer;
};

static int name_canary(struct canary *n)
{
	unsigned char id[4];
	struct arena *a = n->doctor->env.arena;

	rand_fill(id, sizeof(id));
	n->id = arena_printf(a, "shedu-canary-%s", hex_write(a, blob_of(id, sizeof(id))));
	return 0;
}

static int register_canary(struct canary *n, struct err *e)
{
	struct doc *body = doc_object(n->doctor->env.arena);

	if (n->dms.settings.enrollment_settings.registration_mode == REGISTRATION_JITP)
		return 0;
	doc_set_text(body, "id", n->id);
	doc_set_text(body, "dms_id", n->dms.row.id);
	return call(n->doctor->cli, "POST", "/v2/devices", body, NULL, e);
}

/* Where the key of a validation CA is not here, there is nothing to show; without authentication
 * there is no need. 1, 0: cannot, -1. */
static int make_bootstrap(struct canary *n, struct err *e)
{
	enum { SECONDS = 60 };
	const char *ca;

	if (n->dms.settings.enrollment_settings.est_rfc7030_settings.auth_mode !=
	    AUTH_CLIENT_CERTIFICATE)
		return 1;
	int found = probe_find_ca(n->doctor, &n->dms, &ca, e);
	if (found <= 0)
		return found;
	return probe_make(n->doctor, ca, n->id, SECONDS, &n->bootstrap, e) ? -1 : 1;
}

/* text/plain says why. */
static int refused(const struct http_response *r, const char *what, struct err *e)
{
	return err_fault(e, ERR_INTERNAL, "canary", "%s answers %d: %.*s", what, r->status,
			 (int)strnlen((const char *)r->body.data,
				      r->body.len > 400 ? 400 : r->body.len),
			 (const char *)r->body.data);
}

static int enroll(struct canary *n, struct err *e)
{
	static const char *const headers[] = { "Content-Type: application/pkcs10",
					       "Accept: application/x-pem-file", NULL };
	struct doctor *d = n->doctor;
	const char *path =
		call_target(d->env.arena, "/.well-known/est/%s/simpleenroll", n->dms.row.id);
	struct http_response r;
	const struct key *key;
	const struct csr *csr;

	if (probe_make_csr(d, n->id, &key, &csr, e))
		return -1;
	const char *body = b64_write(d->env.arena, csr->der, 64);
	const struct http_request q = {
		.url = arena_printf(d->env.arena, "%s%s", d->cli->conf->public.https_url, path),
		.headers = headers,
		.body = blob_of(body, strlen(body)),
	};
	if (probe_send(d, &n->bootstrap, &q, &r, e))
		return -1;
	if (r.status != 200)
		return refused(&r, path, e);
	const struct cert *cert =
		cert_read_pem(d->env.arena, (const char *)r.body.data, r.body.len, e);
	if (!cert)
		return -1;
	int found = issuer_load_by_ski(d->env.db, d->env.arena, cert->aki, &n->issuer, e);
	if (found <= 0)
		return found < 0 ? -1
				 : err_fault(e, ERR_INTERNAL, "canary",
					     "%s got a certificate of an "
					     "issuer that is not registered",
					     n->id);
	n->serial = cert->serial;
	doctor_found(d, LEVEL_OK, "%s enrolled with DMS %s, certificate %s", n->id, n->dms.row.id,
		     hex_write(d->env.arena, cert->serial));
	return 0;
}

static int expect_status(struct canary *n, enum ocsp_status wanted, struct err *e)
{
	static const char *const names[] = { "good", "revoked", "unknown" };
	enum ocsp_status status;

	if (ask_ocsp(n->doctor, &n->issuer.row, n->serial, &status, e))
		return -1;
	if (status != wanted)
		doctor_found(n->doctor, LEVEL_FAIL, "OCSP says %s of %s, expected %s",
			     names[status], n->id, names[wanted]);
	else
		doctor_found(n->doctor, LEVEL_OK, "OCSP says %s of %s", names[status], n->id);
	return 0;
}

static int decommission(struct canary *n, struct err *e)
{
	const char *target =
		call_target(n->doctor->env.arena, "/v2/devices/%s/decommission", n->id);

	if (call(n->doctor->cli, "POST", target, NULL, NULL, e))
		return -1;
	doctor_found(n->doctor, LEVEL_OK, "%s is decommissioned", n->id);
	return 0;
}

int check_canary(struct doctor *d, struct err *e)
{
	const char *id = args_find(&d->cli->args, "enroll");
	struct canary n = { .doctor = d };
	int found = dms_load(d->env.db, d->env.arena, id, &n.dms, e);

	if (found < 0)
		return -1;
	if (!found)
		return err_set(e, ERR_NOT_FOUND, "dms", "there is no DMS '%s'", id);
	if (name_canary(&n))
		return -1;
	int can = make_bootstrap(&n, e);
	if (can < 0)
		return -1;
	if (!can) {
		doctor_advise(d, LEVEL_WARN,
			      "enroll a device by hand, with a bootstrap certificate",
			      "not tried: no validation CA of DMS %s has its key here", id);
		return 0;
	}
	if (register_canary(&n, e))
		return -1;
	int rc = enroll(&n, e);
	if (!rc)
		rc = expect_status(&n, OCSP_GOOD, e);
	/* Also where it failed half-way: a device that nobody has must not stay in service. */
	struct err after = { 0 };
	if (decommission(&n, rc ? &after : e) || rc)
		return -1;
	return expect_status(&n, OCSP_REVOKED, e);
}
