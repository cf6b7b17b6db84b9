/* simpleenroll and simplereenroll (RFC 7030 4.2): one line from the request to the certificate. */
#include "base/clock.h"
#include "base/hex.h"
#include "ca/refusal.h"
#include "fcgi/est/est.h"

struct auth_request est_shown(const struct ctx *c, const struct texts *names)
{
	const char *query = c->req->query;
	const size_t n = names ? names->n : 0;
	struct auth_header *headers = arena_array(c->arena, n + 1, sizeof(*headers));
	struct auth_request r = { .url = arena_printf(c->arena, "%s%s%s", c->req->path,
						      query ? "?" : "", query ? query : ""),
				  .request_id = c->req->request_id,
				  .headers = headers };

	for (size_t i = 0; i < n; i++) {
		const char *value = req_header(c->req, c->arena, names->v[i]);

		if (value)
			headers[r.nheaders++] = (struct auth_header){ names->v[i], value };
	}
	return r;
}

/* Asks whom the DMS's way of authentication wants to be asked. */
static int consult(struct ctx *c, struct est_order *o)
{
	const struct texts *shown = auth_shown_headers(&o->dms, o->in.reenroll);
	struct env env = est_env(c);
	struct auth_request r;

	if (!shown)
		return 0;
	if (enroll_before_asking(&env, &o->order, c->who, &o->order.only_repeat, c->err) < 0)
		return -1;
	if (o->order.only_repeat)
		return 0;
	r = est_shown(c, shown);
	r.csr = o->order.csr;
	r.device = o->order.device;
	if (auth_consult(&o->in, &r, c->who, c->err) < 0)
		return -1;
	o->in.now = clock_now();	/* it may have taken its time */
	return 0;
}

int est_take_order(struct ctx *c, enum operation op, struct est_order *o)
{
	*o = (struct est_order){ .op = op, .in = est_auth_input(c, op) };
	o->in.dms = &o->dms;
	if (label_find_dms(c, op, false, &o->dms, c->err) < 0) {
		o->dms.row.id = NULL;
		return err_step(c->err, "label");
	}
	resp_note(c, "dms", o->dms.row.id);
	if (order_check_operation(op, &o->dms, c->err) < 0)
		return err_step(c->err, "operation");
	if (auth_check(&o->in, c->who, c->err) < 0)
		return err_step(c->err, "authentication");
	o->authenticated = true;
	if (order_read(c->arena, op, &o->dms, c->req->body, &o->order, c->err) < 0)
		return err_step(c->err, "request");
	resp_note(c, "device", o->order.device);
	/* There is nothing to compare it with: est.fcgi(8). */
	if (o->order.csr->has_challenge_password &&
	    !o->dms.settings.enrollment_settings.require_pop_linking)
		resp_note(c, "challenge_password", "ignored");
	return consult(c, o) < 0 ? err_step(c->err, "consult") : 0;
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
