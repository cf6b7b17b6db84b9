#include "ca/explain.h"

#include "auth/auth.h"
#include "ca/enroll.h"

enum { MAX_STEPS = 64 };

const struct token step_verdicts[] = {
	{ "ok", STEP_OK },
	{ "refused", STEP_REFUSED },
	{ "settled", STEP_SETTLED },
	{ "not_reached", STEP_NOT_REACHED },
	{ "not_asked", STEP_NOT_ASKED },
	{ NULL, 0 },
};

static void add_step(void *arg, const char *name, const char *help, enum step_verdict verdict,
		     const struct err *why)
{
	struct explanation *x = arg;
	struct explained_step *s = &x->v[x->n];

	if (x->n == MAX_STEPS)
		err_die("a decision has more than %d steps", MAX_STEPS);
	*s = (struct explained_step){ .name = name, .help = help, .verdict = verdict };
	if (verdict == STEP_REFUSED || verdict == STEP_NOT_ASKED)
		s->why = *why;
	x->n++;
}

static int add_result(struct explanation *x, const char *name, const char *help, int rc,
		      struct err *e)
{
	add_step(x, name, help, rc < 0 ? STEP_REFUSED : STEP_OK, e);
	return rc < 0 ? err_step(e, name) : 0;
}

static void add_not_asked(struct explanation *x, const char *name, const char *help,
			  const char *needs)
{
	struct err why = { 0 };

	err_set(&why, ERR_PENDING, "not_asked", "needs %s; taken as passed", needs);
	add_step(x, name, help, STEP_NOT_ASKED, &why);
}

static const char label_help[] = "the path leads to this DMS";
static const char operation_help[] = "the DMS serves the operation";
static const char authentication_help[] = "the client proves who it is, as the DMS demands";
static const char request_help[] = "the body is a CSR that names a device";
static const char consult_help[] = "whoever the DMS asks agrees";

/* Is a certificate, or nothing, all that the DMS demands? */
static bool is_offline(const struct auth_input *in)
{
	return !auth_challenge(in->dms, in->reenroll) || auth_by_certificate(in->dms, in->reenroll);
}

/* A secret or a token is the device's alone: who has one is not known here, and what follows takes
 * it that he has been let in. */
static int authenticate(const struct auth_input *in, struct explanation *x, struct who *who,
			struct err *e)
{
	*who = (struct who){ .name = "anonymous" };
	if (is_offline(in))
		return add_result(x, "authentication", authentication_help, auth_check(in, who, e),
				  e);
	add_not_asked(x, "authentication", authentication_help,
		      arena_printf(in->arena, "the device's Authorization: %s",
				   auth_challenge(in->dms, in->reenroll)));
	return 0;
}

/* What stands before the policy. In the order of fcgi/est, which does the same. */
static int take_order(const struct env *env, const struct dms *dms, const struct explain_request *r,
		      struct explanation *x, struct order *o, struct who *who, struct err *e)
{
	const struct auth_input in = {
		.db = env->db,
		.arena = env->arena,
		.conf = env->conf,
		.dms = dms,
		.reenroll = r->op == OP_REENROLL,
		.client_cert = r->client_cert,
		.remote_addr = r->client,
		.now = env->now,
	};
	int rc;

	add_step(x, "label", label_help, STEP_OK, NULL);
	rc = add_result(x, "operation", operation_help, order_check_operation(r->op, dms, e), e);
	if (rc < 0)
		add_step(x, "authentication", authentication_help, STEP_NOT_REACHED, NULL);
	else
		rc = authenticate(&in, x, who, e);
	if (rc < 0)
		add_step(x, "request", request_help, STEP_NOT_REACHED, NULL);
	else
		rc = add_result(x, "request", request_help,
				order_read(env->arena, r->op, dms, r->csr, o, e), e);
	if (rc == 0) {
		x->device = o->device;
		/* what was not asked for speaks for the device, if anything does; a webhook too */
		if (!is_offline(&in) ||
		    (auth_asks(dms, in.reenroll) && !auth_by_certificate(dms, in.reenroll)))
			who->device = o->device;
	}
	if (!auth_asks(dms, in.reenroll))
		return rc;
	if (rc < 0)
		add_step(x, "consult", consult_help, STEP_NOT_REACHED, NULL);
	else
		add_not_asked(x, "consult", consult_help, "the webhook's answer");
	return rc;
}

int explain(const struct env *env, const struct dms *dms, const struct explain_request *r,
	    struct explanation *out, struct err *e)
{
	const struct trace t = { add_step, out };
	struct ruling ruling = { .verdict = VERDICT_ISSUE };
	struct order o;
	struct who who;
	int rc;

	*out = (struct explanation){ .v = arena_array(env->arena, MAX_STEPS, sizeof(*out->v)) };
	if (take_order(env, dms, r, out, &o, &who, e) < 0) {
		enroll_explain_unreached(r->op, &t);
		return -1;
	}
	rc = enroll_explain(env, &o, &who, &t, &ruling, e);
	out->verdict = ruling.verdict;
	return rc;
}
