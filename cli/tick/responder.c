/* The delegated OCSP responder of each CA: there from the first second, renewed in time. */
#include "base/clock.h"
#include "base/log.h"
#include "ca/upkeep.h"
#include "cli/tick/tick.h"
#include "store/store_meta.h"

enum { FULL_ROUND = 30 };

static int refresh(struct tick *t, const struct issuer_row *row, struct err *e)
{
	struct issuer issuer;
	bool made = false;
	int found = issuer_load_by_ski(t->env.db, t->env.arena, row->ski, &issuer, e);

	if (found <= 0)
		return found;
	if (upkeep_responder(&t->env, &issuer, &made, e))
		return err_in(e, "CA %s", row->ca);
	if (made)
		log_msg(LOG_INFO, "OCSP responder of CA %s renewed", row->ca);
	return 0;
}

static int refresh_all(struct tick *t, const struct issuer_row *v, size_t n, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < n; i++) {
		struct err why = { 0 };

		/* One CA whose key is away does not hold up the others. */
		if (v[i].key_uri && refresh(t, &v[i], &why) && !rc) {
			*e = why;
			rc = -1;
		}
	}
	return rc;
}

/* What failed is not tried again before the next full round: an attempt costs a signature of the CA
 * and more. Until then the job goes on to say that it failed. */
int tick_responder(struct tick *t, struct err *e)
{
	struct meta_row meta = { 0 };
	struct issuer_row *v;
	size_t n;

	if (store_issuer_list(t->env.db, t->env.arena, &v, &n, e) ||
	    store_meta_load(t->env.db, t->env.arena, &meta, e) < 0)
		return -1;
	/* It counts revocations, too: of a responder, say. This job comes before the one that makes the
	 * CRL of it. A clock that was set back is a reason, too. */
	if (t->env.now < t->responder.checked_at || n != t->responder.issuers ||
	    meta.ca_change != t->responder.ca_change ||
	    t->env.now >= t->responder.checked_at + FULL_ROUND * CLOCK_SECOND) {
		t->responder_failure = (struct err){ 0 };
		refresh_all(t, v, n, &t->responder_failure);
		t->responder.issuers = n;
		t->responder.checked_at = t->env.now;
		t->responder.ca_change = meta.ca_change;
	}
	*e = t->responder_failure;
	return e->kind == ERR_NONE ? 0 : -1;
}
