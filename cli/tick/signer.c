/* The EST signer of each CA that a DMS enrolls under. */
#include "base/log.h"
#include "ca/upkeep.h"
#include "cli/tick/tick.h"
#include "store/store_dms.h"

static int refresh(struct tick *t, const struct issuer_row *row, struct err *e)
{
	struct issuer issuer = { .row = *row };
	struct ca_row ca;
	bool made = false;
	int found = store_ca_load(t->env.db, t->env.arena, row->ca, &ca, e);

	/* After a rekey the older issuer signs no more. */
	if (found <= 0 || !blob_equal(ca.issuer, row->ski))
		return found < 0 ? -1 : 0;
	found = store_dms_uses_ca(t->env.db, row->ca, e);
	if (found <= 0)
		return found;
	if (upkeep_signer(&t->env, &issuer, &made, e))
		return err_in(e, "CA %s", row->ca);
	if (made)
		log_msg(LOG_INFO, "EST signer of CA %s renewed", row->ca);
	return 0;
}

int tick_signer(struct tick *t, struct err *e)
{
	struct issuer_row *v;
	size_t n;
	int rc = 0;

	if (store_issuer_list(t->env.db, t->env.arena, &v, &n, e))
		return -1;
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
