/* CAs: the numbers of their CRLs. */
#include "ca/crl_number.h"
#include "fcgi/dms/api.h"

struct crl_body {
	int64_t number;
};

static const struct field crl_fields[] = {
	{ .name = "number",
	  .type = FIELD_INT,
	  .offset = offsetof(struct crl_body, number),
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = CRL_NUMBER_MAX,
	  .help = "Of the next CRL; above all that were given." },
	FIELD_END
};

struct answer *cas_crl(struct ctx *c)
{
	struct problems *p = api_problems(c);
	const char *ca = req_param(c->req, "ca");
	struct env env = api_env(c);
	struct crl_body b = { 0 };

	if (api_read_fields(c, crl_fields, &b, p) < 0 || problems_check(p, c->err) < 0 ||
	    crl_number_set(&env, ca, b.number, c->err) < 0)
		return resp_problem(c);
	return ca_answer(c, 200, ca);
}
