#include "fcgi/est/est.h"

#include <string.h>

#include "base/b64.h"
#include "base/clock.h"
#include "base/text.h"
#include "ca/published.h"
#include "ca/refusal.h"
#include "fcgi/est/quirks.h"
#include "pki/cms.h"
#include "web/problem.h"

enum { MAX_BODY = 64 * 1024 };

#define CERTS_TYPES "application/pkcs7-mime application/x-pem-file"

/* An operation's rows, without a label and with one (RFC 7030 3.2.2). */
/* clang-format off */
#define OPERATION(prefix, method, name, in, out, max, handler, help)                               \
	{ method, prefix "/" name, ACCESS_TLS, in, out, max, handler, help },                      \
	{ method, prefix "/{label}/" name, ACCESS_TLS, in, out, max, handler, help }

#define OPERATIONS(prefix)                                                                         \
	OPERATION(prefix, METHOD_GET, "cacerts", NULL, CERTS_TYPES, 0, est_cacerts,                \
		  "CA certificates (RFC 7030 4.1)"),                                               \
	OPERATION(prefix, METHOD_GET, "csrattrs", NULL, "application/csrattrs", 0, est_csrattrs,    \
		  "what a request should have in it (RFC 7030 4.5)"),                              \
	OPERATION(prefix, METHOD_POST, "simpleenroll", "application/pkcs10", CERTS_TYPES,          \
		  MAX_BODY, est_simpleenroll, "enroll (RFC 7030 4.2.1)"),                          \
	OPERATION(prefix, METHOD_POST, "simplereenroll", "application/pkcs10", CERTS_TYPES,        \
		  MAX_BODY, est_simplereenroll, "renew (RFC 7030 4.2.2)"),                         \
	OPERATION(prefix, METHOD_POST, "serverkeygen", "application/pkcs10", NULL, MAX_BODY,       \
		  est_serverkeygen, "enroll with a key that is made here (RFC 7030 4.4)"),         \
	OPERATION(prefix, METHOD_POST, "fullcmc", "application/pkcs7-mime",                        \
		  "application/pkcs7-mime", MAX_BODY, est_fullcmc,                                 \
		  "a CMC message (RFC 7030 4.3)")
/* clang-format on */

/* The paths of the two pages: Lamassu's gateway prefixes, there also without the "est" segment. */
/* clang-format off */
static const struct route est_routes[] = {
	OPERATIONS("/.well-known/est"),
	OPERATIONS("/api/dmsmanager/.well-known/est"),
	OPERATIONS("/api/dmsmanager/.well-known"),
	OPERATIONS("/api/devmanager/.well-known/est"),
	OPERATIONS("/api/devmanager/.well-known"),
};
/* clang-format on */

struct env est_env(const struct ctx *c)
{
	const char *client = c->req->remote_addr;

	return (struct env){ .db = c->db,
			     .arena = c->arena,
			     .conf = c->conf,
			     .actor = c->who->name,
			     .client = client && *client ? client : NULL,
			     .now = clock_now() };
}

struct auth_input est_auth_input(const struct ctx *c, enum operation op)
{
	return (struct auth_input){ .db = c->db,
				    .arena = c->arena,
				    .conf = c->conf,
				    .reenroll = op == OP_REENROLL,
				    .client_cert = c->req->client_cert,
				    .authorization = c->req->authorization,
				    .remote_addr = c->req->remote_addr,
				    .now = clock_now() };
}

/* Is the type named in Accept, not merely covered by a wildcard? */
static bool names_type(const char *accept, const char *type, struct arena *a)
{
	while (accept && *accept) {
		size_t n;

		accept += strspn(accept, " \t,");
		n = strcspn(accept, ",; \t");
		if (text_equal_nocase(arena_strndup(a, accept, n), type))
			return true;
		accept += n;
		accept += strcspn(accept, ",");
	}
	return false;
}

static struct answer *send_pem(struct ctx *c, const struct blob *certs, size_t n)
{
	struct text t;
	size_t i;

	text_init(&t, c->arena);
	for (i = 0; i < n; i++)
		text_add(&t, cert_write_pem(c->arena, certs[i]));
	return resp_blob(c, 200, "application/x-pem-file", blob_of(t.s, t.len));
}

const char *est_base64(const struct ctx *c, struct blob der, const char *eol)
{
	const char *s = b64_write(c->arena, der, quirk_base64_columns(c->req));
	struct text t;

	text_init(&t, c->arena);
	while (*s) {
		size_t n = strcspn(s, "\n");

		text_add_mem(&t, s, n);
		text_add(&t, eol);
		s += n + (s[n] == '\n');
	}
	return t.s;
}

struct answer *est_send_der(struct ctx *c, int status, const char *type, struct blob der)
{
	const char *body = est_base64(c, der, "\n");

	resp_header(c, "Content-Transfer-Encoding", "base64");
	return resp_blob(c, status, type, blob_of(body, strlen(body)));
}

struct answer *est_send_certs(struct ctx *c, const char *type, const struct blob *certs, size_t n)
{
	struct blob cms;

	if (names_type(c->req->accept, "application/x-pem-file", c->arena))
		return send_pem(c, certs, n);
	if (cms_make_certs_only(c->arena, certs, n, &cms, c->err) < 0)
		return resp_problem(c);
	return est_send_der(c, 200, type, cms);
}

/* Of a CMC message that was not read: as one that does not say that it is an RA's. */
static bool find_operation(const char *name, enum operation *op)
{
	if (strcmp(name, "fullcmc") != 0)
		return operation_find(name, op);
	*op = OP_REENROLL;
	return true;
}

/* What the routes refuse (a wrong Content-Type, a body too large) never reaches a handler. It is a
 * refusal like the others, where the path names a DMS and an operation that enrolls. */
static struct answer *est_problem(struct ctx *c)
{
	const char *label = req_param(c->req, "label");
	const char *operation = strrchr(c->req->path, '/');
	struct env env = est_env(c);
	struct err ignored = { 0 };
	enum operation op;
	struct dms dms;

	if (!c->err->step && c->db && label && operation &&
	    (c->err->kind == ERR_MEDIA || c->err->kind == ERR_TOO_LARGE) &&
	    find_operation(operation + 1, &op) &&
	    dms_load(c->db, c->arena, label, &dms, &ignored) > 0)
		refusal_record(&env, &dms, op, NULL, c->who, c->err);
	return problem_text(c);
}

static const struct service est_service = {
	.name = "est",
	.routes = est_routes,
	.nroutes = ARRAY_LEN(est_routes),
	.open = published_open,
	.close = db_close,
	.problem = est_problem,
};

int main(int argc, char **argv)
{
	return serve(&est_service, argc, argv);
}
