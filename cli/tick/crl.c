/* A CRL is due a second after a revocation, and before the last one lapses. */
#include "base/clock.h"
#include "base/hex.h"
#include "base/log.h"
#include "ca/upkeep.h"
#include "cli/tick/tick.h"

/* How often issuers without a new revocation are looked at: their CRLs lapse in days. */
enum { FULL_ROUND = 30 };

static int refresh(struct tick *t, const struct issuer_row *row, struct err *e)
{
	struct issuer issuer;
	bool made = false;
	int found = issuer_load_by_ski(t->env.db, t->env.arena, row->ski, &issuer, e);

	if (found <= 0)
		return found;
	if (upkeep_crl(&t->env, &issuer, &made, e))
		return err_in(e, "CA %s", row->ca);
	if (made)
		log_msg(LOG_INFO, "CRL of CA %s (%s) signed", row->ca,
			hex_write(t->env.arena, row->ski));
	return 0;
}

static int refresh_some(struct tick *t, const struct issuer_row *v, size_t n, bool all,
			struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < n; i++) {
		struct err why = { 0 };

		if (!v[i].key_uri || (!all && !v[i].crl_dirty))
			continue;
		/* One CA whose key is away does not hold up the others. */
		if (refresh(t, &v[i], &why) && !rc) {
			*e = why;
			rc = -1;
		}
	}
	return rc;
}

/* A new revocation is tried for each time. What failed in a full round is tried again in the next
 * one; until then the job goes on to say that it failed. */
int tick_crl(struct tick *t, struct err *e)
{
	struct issuer_row *v;
	size_t n;

	if (store_issuer_list(t->env.db, t->env.arena, &v, &n, e))
		return -1;
	if (n != t->crl.issuers || t->env.now >= t->crl.checked_at + FULL_ROUND * CLOCK_SECOND) {
		t->crl_failure = (struct err){ 0 };
		refresh_some(t, v, n, true, &t->crl_failure);
		t->crl.issuers = n;
		t->crl.checked_at = t->env.now;
	} else if (refresh_some(t, v, n, false, e)) {
		return -1;
	}
	*e = t->crl_failure;
	return e->kind == ERR_NONE ? 0 : -1;
}
