/* simpleenroll and simplereenroll (RFC 7030 4.2): one line from the request to the certificate. */
#include "base/hex.h"
#include "ca/enroll.h"
#include "fcgi/est/est.h"

/* RFC 7235 4.1: a 401 names what the DMS accepts. dms NULL: not known yet. */
static struct answer *refuse(struct ctx *c, const struct dms *dms, enum operation op)
{
	const char *challenge = dms ? auth_challenge(dms, op == OP_REENROLL) : "ClientCertificate";

	if (c->err->kind == ERR_UNAUTHENTICATED)
		resp_header(c, "WWW-Authenticate", "%s realm=\"%s\"",
			    challenge ? challenge : "ClientCertificate", dms ? dms->row.id : "est");
	return resp_problem(c);
}

static struct answer *answer(struct ctx *c, enum operation op)
{
	struct env env = est_env(c);
	struct dms dms;
	struct auth_input in = {
		.db = c->db,
		.arena = c->arena,
		.dms = &dms,
		.reenroll = op == OP_REENROLL,
		.client_cert = c->req->client_cert,
		.now = env.now,
	};
	struct order order = { 0 };
	struct enrolled result;

	if (label_find_dms(c, op, &dms, c->err) < 0)
		return refuse(c, NULL, op);
	if (auth_check(&in, c->who, c->err) < 0)
		return refuse(c, &dms, op);
	env.actor = c->who->name;
	resp_note(c, "dms", dms.row.id);
	if (order_read(c->arena, op, &dms, c->req->body, &order, c->err) == 0)
		resp_note(c, "device", order.device);
	if (c->err->kind != ERR_NONE || enroll(&env, &order, c->who, &result, c->err) < 0) {
		enroll_record_refusal(&env, &dms, op, order.device, c->who, c->err);
		return refuse(c, &dms, op);
	}
	resp_note(c, "serial", hex_write(c->arena, result.serial));
	if (result.repeated)
		resp_note(c, "repeated", "true");
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
