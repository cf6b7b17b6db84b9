/* CRLs are due a second after a revocation, and before the last ones lapse; they are published as
 * files, too. */
#include <sys/stat.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/log.h"
#include "ca/crl_publish.h"
#include "ca/upkeep.h"
#include "cli/tick/tick.h"
#include "store/store_meta.h"

/* How often issuers without a new revocation are looked at, at least: a key may be back. */
enum { FULL_ROUND = 30 };

static int sign(struct tick *t, const struct issuer_row *row, bool *made, struct err *e)
{
	struct issuer issuer;
	int64_t due_at = INT64_MAX;
	int found = issuer_load_by_ski(t->env.db, t->env.arena, row->ski, &issuer, e);

	if (found <= 0)
		return found;
	if (t->once ? upkeep_crl(&t->env, &issuer, made, e)
		    : upkeep_crl_paced(&t->env, &issuer, made, &due_at, e))
		return err_in(e, "CA %s", row->ca);
	if (due_at < t->crl_due_at)
		t->crl_due_at = due_at;
	if (*made)
		log_msg(LOG_INFO, "CRL of CA %s (%s) signed", row->ca,
			hex_write(t->env.arena, row->ski));
	return 0;
}

/* A CRL that cannot be signed is one more reason to look whether the file has lapsed. */
static int refresh(struct tick *t, const struct issuer_row *row, bool all, struct err *e)
{
	bool made = false;
	int rc = row->key_uri ? sign(t, row, &made, e) : 0;
	struct err why = { 0 };

	if (!(all || made) || crl_publish(&t->env, row->ski, rc ? &why : e) == 0)
		return rc;
	return rc ? rc : err_in(e, "CA %s", row->ca);
}

static int refresh_some(struct tick *t, const struct issuer_row *v, size_t n, bool all,
			struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < n; i++) {
		struct err why = { 0 };

		if (!all && !(v[i].key_uri && v[i].crl_dirty))
			continue;
		/* One CA whose key is away does not hold up the others. */
		if (refresh(t, &v[i], all, &why) && !rc) {
			*e = why;
			rc = -1;
		}
	}
	return rc;
}

/* The tree is empty after a start, or was put away: it is another folder then. */
static uint64_t published_folder(const struct tick *t)
{
	const char *dir = t->env.conf->ocsp.publish_dir;
	struct stat st;

	if (!dir || stat(arena_printf(t->env.arena, "%s/www/crl", dir), &st) != 0)
		return 0;
	return st.st_ino;
}

/* A clock that was set back is a reason, too: what is due is another thing now. */
static bool is_time(const struct tick *t, size_t issuers, const struct meta_row *meta)
{
	return t->env.now < t->crl.checked_at || issuers != t->crl.issuers ||
	       meta->ca_change != t->crl.ca_change || t->env.now >= t->crl_due_at ||
	       t->env.now >= t->crl.checked_at + FULL_ROUND * CLOCK_SECOND ||
	       published_folder(t) != t->crl_folder;
}

/* A new revocation is tried for each time. What failed in a full round is tried again in the next
 * one; until then the job goes on to say that it failed. */
int tick_crl(struct tick *t, struct err *e)
{
	struct meta_row meta = { 0 };
	struct issuer_row *v;
	size_t n;

	if (store_issuer_list(t->env.db, t->env.arena, &v, &n, e) ||
	    store_meta_load(t->env.db, t->env.arena, &meta, e) < 0)
		return -1;
	if (is_time(t, n, &meta)) {
		t->crl_failure = (struct err){ 0 };
		t->crl_due_at = INT64_MAX;
		refresh_some(t, v, n, true, &t->crl_failure);
		t->crl.issuers = n;
		t->crl.checked_at = t->env.now;
		t->crl.ca_change = meta.ca_change;
		t->crl_folder = published_folder(t);
	} else if (refresh_some(t, v, n, false, e)) {
		return -1;
	}
	*e = t->crl_failure;
	return e->kind == ERR_NONE ? 0 : -1;
}
