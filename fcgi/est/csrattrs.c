/* csrattrs (RFC 7030 4.5): what a request for a certificate should have in it. No authentication. */
#include "ca/asked.h"
#include "ca/issue.h"
#include "fcgi/est/est.h"

static int asked_of(struct ctx *c, const struct dms *dms, struct blob *der)
{
	const struct dms_settings *s = &dms->settings;
	struct env env = est_env(c);
	struct profile f;

	if (issue_profile(&env, s->issuance_profile_id, s->issuance_profile,
			  s->enrollment_settings.enrollment_ca, &f, c->err) < 0)
		return -1;
	return asked_write(&env, dms, &f, der, c->err);
}

/* A CA's label means the DMSs that enroll under it: they answer when they say the same, for nothing
 * tells yet which of them the device will be. */
static int asked_below(struct ctx *c, const struct ca_row *ca, struct blob *der)
{
	struct dms_row *v;
	struct dms dms;
	size_t n;

	if (store_dms_list_by_ca(c->db, c->arena, ca->id, &v, &n, c->err) < 0)
		return -1;
	if (n == 0)
		return err_set(c->err, ERR_NOT_FOUND, "dms_not_found",
			       "DMS not found: none enrolls under the CA %s", ca->id);
	for (size_t i = 0; i < n; i++) {
		struct blob one;

		if (dms_read(c->arena, &v[i], &dms, c->err) < 0 || asked_of(c, &dms, &one) < 0)
			return -1;
		if (i == 0)
			*der = one;
		else if (!blob_equal(*der, one))
			return err_set(c->err, ERR_MALFORMED, "ambiguous_label",
				       "%zu DMSs enroll under the CA %s and ask for different "
				       "attributes; name the DMS instead: "
				       "/.well-known/est/{dms}/csrattrs",
				       n, ca->id);
	}
	return 0;
}

struct answer *est_csrattrs(struct ctx *c)
{
	struct ca_row ca;
	struct blob der;
	struct dms dms;
	int rc = label_find_distribution(c, &dms, &ca, c->err);

	if (rc < 0)
		return resp_problem(c);
	if (rc > 0)
		resp_note(c, "dms", dms.row.id);
	rc = rc > 0 ? asked_of(c, &dms, &der) : asked_below(c, &ca, &der);
	if (rc < 0)
		return resp_problem(c);
	if (der.len == 0)
		return resp_empty(c, 204);
	return est_send_der(c, 200, "application/csrattrs", der);
}
