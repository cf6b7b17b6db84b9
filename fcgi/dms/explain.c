/* Explain: what a request would be answered, step by step, without doing it. */
#include "fcgi/dms/api.h"

#include <string.h>

#include "base/b64.h"
#include "base/clock.h"
#include "ca/explain.h"
#include "web/problem.h"

struct explain_body {
	const char *csr, *cert;
	int operation;
	int64_t at;
};

static const struct token operations[] = {
	{ "simpleenroll", OP_ENROLL },
	{ "simplereenroll", OP_REENROLL },
	{ "serverkeygen", OP_SERVERKEYGEN },
	{ NULL, 0 },
};

#define F(member) offsetof(struct explain_body, member)
/* clang-format off */
static const struct field fields[] = {
	{ .name = "csr", .type = FIELD_TEXT, .offset = F(csr), .flags = FIELD_REQUIRED,
	  .max = 96 << 10, .help = "Base64 of what the device sends, or a PEM request itself." },
	{ .name = "cert", .type = FIELD_TEXT, .offset = F(cert), .max = 96 << 10,
	  .help = "PEM, or its base64: the certificate that the device presents; absent: none." },
	{ .name = "operation", .type = FIELD_ENUM, .offset = F(operation), .tokens = operations,
	  .def = "simpleenroll", .help = "The EST operation." },
	{ .name = "at", .type = FIELD_TIME, .offset = F(at),
	  .help = "When; absent: now. What is registered is taken as it is now." },
	FIELD_END
};
/* clang-format on */
#undef F

/* A body that no device could send is to be explained too, so nothing is refused here. */
static struct blob read_csr(struct ctx *c, const char *value)
{
	struct err ignored = { 0 };
	struct blob b;

	if (!strstr(value, "-----BEGIN ") &&
	    b64_read(c->arena, value, strlen(value), B64_SPACE, &b, &ignored) == 0)
		return b;
	return blob_of(value, strlen(value));
}

static struct doc *step_doc(struct ctx *c, const struct explained_step *s)
{
	struct doc *o = doc_object(c->arena);

	doc_set_text(o, "step", s->name);
	doc_set_text(o, "verdict", token_name(step_verdicts, (int)s->verdict));
	doc_set_text(o, "help", s->help);
	if (s->verdict == STEP_REFUSED)
		doc_set_text(o, "code", s->why.code);
	if (s->verdict == STEP_REFUSED || s->verdict == STEP_NOT_ASKED)
		doc_set_text(o, "text", err_log_text(&s->why));
	return o;
}

/* What is granted has no error; what waits for an approval that nobody has asked for yet has none
 * either, and is not granted. */
static void set_result(struct doc *o, const struct explanation *x, const struct err *why)
{
	static const char *const results[] = {
		[VERDICT_ISSUE] = "a certificate would be issued",
		[VERDICT_REPEAT] = "the certificate that was issued for this request, once more",
		[VERDICT_WAIT] = "the request would wait for an operator's approval",
	};
	bool waits = x->verdict == VERDICT_WAIT && why->kind == ERR_NONE;
	bool granted = why->kind == ERR_NONE && !waits;

	doc_set_bool(o, "granted", granted);
	doc_set_int(o, "status",
		    waits     ? problem_status(ERR_PENDING)
		    : granted ? 200
			      : problem_status(why->kind));
	doc_set_text(o, "step", why->step);
	doc_set_text(o, "code", why->kind == ERR_NONE ? NULL : why->code);
	doc_set_text(o, "text", why->kind == ERR_NONE ? results[x->verdict] : err_log_text(why));
}

static int load(struct ctx *c, struct dms *dms)
{
	const char *id = req_param(c->req, "dms");
	int found;

	if (api_check_reach(c, id) < 0)
		return -1;
	found = dms_load(c->db, c->arena, id, dms, c->err);
	if (found == 0)
		return err_set(c->err, ERR_NOT_FOUND, "dms_not_found", "DMS not found");
	return found < 0 ? -1 : 0;
}

struct answer *explain_post(struct ctx *c)
{
	struct problems *p = api_problems(c);
	struct env env = api_env(c);
	struct err why = { 0 };
	struct explain_body b;
	struct explain_request r;
	struct explanation x;
	struct doc *o = doc_object(c->arena), *steps = doc_array(c->arena);
	struct dms dms;

	if (api_read_fields(c, fields, &b, p) < 0)
		return resp_problem(c);
	r = (struct explain_request){ .op = (enum operation)b.operation };
	r.client_cert = api_read_pem(c, b.cert, "/cert", p);
	if (problems_check(p, c->err) < 0 || load(c, &dms) < 0)
		return resp_problem(c);
	r.csr = read_csr(c, b.csr);
	if (b.at)
		env.now = b.at;
	explain(&env, &dms, &r, &x, &why);
	set_result(o, &x, &why);
	doc_set_text(o, "dms", dms.row.id);
	doc_set_text(o, "device", x.device);
	doc_set_text(o, "operation", operation_name(r.op));
	doc_set_time(o, "at", env.now);
	for (size_t i = 0; i < x.n; i++)
		doc_add(steps, step_doc(c, &x.v[i]));
	doc_set(o, "steps", steps);
	return resp_doc(c, 200, o);
}
