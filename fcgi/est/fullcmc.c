/* fullcmc (RFC 7030 4.3): CMC over HTTPS, by whomever; the message itself says who it is from, so
 * that it passes every web server. */
#include "ca/cmc.h"
#include "fcgi/est/est.h"
#include "web/problem.h"

/* The signer takes the place of whoever holds the TLS session. */
static void present_signer(struct ctx *c, const struct cmc_message *m)
{
	c->req->client_cert = m->signer ? cert_write_pem(c->arena, m->signer->der) : NULL;
}

static struct answer *refuse(struct ctx *c)
{
	struct dms nobody = { .row.id = NULL };
	struct est_order o = { .dms = nobody };

	return est_refuse(c, &o);
}

/* RFC 7030 4.3.2: a refusal is a CMC response too. */
static struct answer *answer(struct ctx *c, const struct dms *dms, const struct cmc_result *r)
{
	int status = r->why.kind == ERR_NONE ? 200 : problem_status(r->why.kind);

	if (r->devices)
		resp_note(c, "device", r->devices);
	if (r->serials)
		resp_note(c, "serial", r->serials);
	*c->err = r->why;
	if (r->why.kind == ERR_UNAUTHENTICATED)
		resp_header(c, "WWW-Authenticate", "ClientCertificate realm=\"%s\"", dms->row.id);
	problem_headers(c);
	return est_send_der(c, status, "application/pkcs7-mime; smime-type=CMC-response",
			    r->response);
}

struct answer *est_fullcmc(struct ctx *c)
{
	struct auth_request shown;
	struct cmc_message m;
	struct cmc_result result;
	struct auth_input in;
	struct blob der;
	struct dms dms;
	struct env env;
	enum operation op;

	if (cms_read_body(c->arena, c->req->body, &der, c->err) < 0 ||
	    cmc_message_read(c->arena, der, &m, c->err) < 0)
		return resp_problem(c);
	present_signer(c, &m);
	op = cmc_by_registrar(&m) ? OP_ENROLL : OP_REENROLL;
	if (label_find_dms(c, op, true, &dms, c->err) < 0)
		return refuse(c);
	resp_note(c, "dms", dms.row.id);
	in = est_auth_input(c, op);
	in.dms = &dms;
	in.is_signer = true;
	env = est_env(c);
	env.now = in.now;
	shown = est_shown(c, auth_shown_headers(&dms, in.reenroll));
	if (cmc_answer(&env, &in, &shown, &m, c->who, &result, c->err) < 0)
		return resp_problem(c);
	return answer(c, &dms, &result);
}
