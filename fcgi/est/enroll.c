/* simpleenroll and simplereenroll (RFC 7030 4.2): one line from the request to the certificate. */
#include "base/hex.h"
#include "ca/refusal.h"
#include "fcgi/est/est.h"

int est_take_order(struct ctx *c, enum operation op, struct est_order *o)
{
	struct auth_request asked;

	*o = (struct est_order){ .op = op, .in = est_auth_input(c, op) };
	o->in.dms = &o->dms;
	if (label_find_dms(c, op, &o->dms, c->err) < 0) {
		o->dms.row.id = NULL;
		return err_step(c->err, "label");
	}
	resp_note(c, "dms", o->dms.row.id);
	if (auth_check(&o->in, c->who, c->err) < 0)
		return err_step(c->err, "authentication");
	o->authenticated = true;
	if (order_read(c->arena, op, &o->dms, c->req->body, &o->order, c->err) < 0)
		return err_step(c->err, "request");
	resp_note(c, "device", o->order.device);
	asked = (struct auth_request){ .csr = o->order.csr, .device = o->order.device };
	if (auth_consult(&o->in, &asked, c->who, c->err) < 0)
		return err_step(c->err, "consult");
	return 0;
}

int est_enroll(struct ctx *c, const struct est_order *o, struct enrolled *out)
{
	struct env env = est_env(c);

	env.now = o->in.now;
	if (enroll(&env, &o->order, c->who, out, c->err) < 0)
		return -1;
	resp_note(c, "serial", hex_write(c->arena, out->serial));
	if (out->repeated)
		resp_note(c, "repeated", "true");
	return 0;
}

struct answer *est_refuse(struct ctx *c, const struct est_order *o)
{
	const struct dms *dms = o->dms.row.id ? &o->dms : NULL;
	const char *challenge = dms ? auth_challenge(dms, o->in.reenroll) : NULL;
	struct env env = est_env(c);

	if (dms)
		refusal_record(&env, dms, o->op, o->order.device, c->who, c->err);
	if (c->err->step)
		resp_note(c, "step", c->err->step);
	if (c->err->kind == ERR_UNAUTHENTICATED)
		resp_header(c, "WWW-Authenticate", "%s realm=\"%s\"",
			    challenge ? challenge : "ClientCertificate", dms ? dms->row.id : "est");
	return resp_problem(c);
}

static struct answer *answer(struct ctx *c, enum operation op)
{
	struct est_order o;
	struct enrolled result;

	if (est_take_order(c, op, &o) < 0 || est_enroll(c, &o, &result) < 0)
		return est_refuse(c, &o);
	return est_send_certs(c, "application/pkcs7-mime; smime-type=certs-only", &result.der, 1);
}

struct answer *est_simpleenroll(struct ctx *c)
{
	return answer(c, OP_ENROLL);
}

struct answer *est_simplereenroll(struct ctx *c)
{
	return answer(c, OP_REENROLL);
}
