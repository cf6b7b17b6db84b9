#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "ca/crl_scope.h"
#include "fcgi/ocsp/ocsp.h"
#include "store/store_crl.h"

static const char type[] = "application/pkix-crl";

static int no_crl(struct err *e)
{
	return err_set(
		e, ERR_NOT_FOUND, "crl",
		"no CA of this system has this subject key identifier, or its CRL is elsewhere");
}

/* NULL: there is no such CRL. */
static const char *scope_of(const struct ctx *c)
{
	const char *scope = req_param(c->req, "scope");
	unsigned n, k;

	if (!scope)
		return CRL_COMPLETE;
	return strcmp(scope, CRL_DELTA) == 0 || crl_scope_is_shard(scope, &n, &k) ? scope : NULL;
}

/*
 * A CRL past its nextUpdate is not handed out: who does not look at the date would take it as
 * current, and who does is better told that the fault is here and passes (the tick does not run).
 * The last CRLs of a CA that has ended are no fault, and stay.
 */
static int load(struct ctx *c, const struct env *env, struct crl_row *crl)
{
	AUTO(db_txn) *t = NULL;
	const char *scope = scope_of(c);
	struct issuer_row issuer;
	struct blob ski;
	int found;

	if (!scope)
		return no_crl(c->err);
	if (hex_read(c->arena, req_param(c->req, "ski"), &ski, c->err) < 0) {
		err_clear(c->err);
		return no_crl(c->err);
	}
	t = db_begin(c->db, DB_READ, c->err);
	found = t ? store_crl_load(c->db, c->arena, ski, scope, crl, c->err) : -1;
	if (found > 0)
		found = store_issuer_load(c->db, c->arena, ski, &issuer, c->err);
	if (found <= 0)
		return found < 0 ? -1 : no_crl(c->err);
	if (env->now >= crl->next_update && env->now < issuer.not_after)
		return err_fault(c->err, ERR_BUSY, "crl",
				 "CRL of CA %s lapsed at %s: is the tick running?", issuer.ca,
				 clock_write(c->arena, crl->next_update));
	return 0;
}

struct answer *ocsp_crl(struct ctx *c)
{
	const struct env env = ocsp_env(c);
	struct crl_row crl;

	if (load(c, &env, &crl) < 0)
		return resp_problem(c);
	return ocsp_send_fresh(c, type,
			       &(struct freshness){ .body = crl.der,
						    .now = env.now,
						    .this_update = crl.this_update,
						    .next_update = crl.next_update });
}
