#include "cli/restore_keep.h"

#include <string.h>

#include "ca/ca.h"
#include "ca/revoke.h"
#include "fleet/issuer.h"
#include "store/store_crl.h"
#include "store/store_device.h"
#include "store/store_dms.h"

enum { DEVICE_PAGE = 500 };

struct keep {
	struct env env;		/* of the copy; its arena is that of the row in hand */
	struct db *gone;
	struct blob issuer;	/* the one in hand */
	struct kept *kept;
	struct err *err;
};

/* One that was issued since the backup is forgotten, but not that it is revoked: whoever goes by CRLs
 * would take it for good. Its device, as the backup has it, knows nothing of it. */
static int add_forgotten(struct keep *k, struct blob serial, struct cert_row *c)
{
	struct issuer_row issuer;
	int found = store_issuer_load(k->env.db, k->env.arena, k->issuer, &issuer, k->err);

	if (found > 0)
		found = store_cert_load(k->gone, k->env.arena, k->issuer, serial, c, k->err);
	if (found <= 0)
		return found;
	c->device = NULL;
	c->version = -1;
	c->status = CERT_ACTIVE;
	c->reason = 0;
	c->revoked_at = 0;
	return store_cert_add(k->env.db, c, k->err) < 0 ? -1 : 1;
}

/* The CA whose certificate it is: those below it are revoked since then, too. */
static int date_issuer(struct keep *k, const struct cert_row *c, int64_t revoked_at, int reason)
{
	struct issuer_row own;
	int found = 0;

	if (strcmp(c->kind, "ca") == 0)
		found = store_issuer_load_by_cert(k->env.db, k->env.arena, c->sha256, &own, k->err);
	if (found <= 0)
		return found;
	return store_issuer_set_revoked(k->env.db, own.ski, revoked_at, reason, k->err);
}

/* The reason never becomes a weaker one, nor the date a later one of the same revocation. */
static int keep_one(struct keep *k, struct blob serial, int64_t revoked_at, int reason)
{
	struct cert_row c;
	int found = store_cert_load(k->env.db, k->env.arena, k->issuer, serial, &c, k->err);

	if (found == 0)
		found = add_forgotten(k, serial, &c);
	if (found <= 0)
		return found;
	k->kept->revocations++;
	if (!revoke_may_say(&c, reason))
		reason = c.reason;
	else if (revoke_certificate(&k->env, &c, reason, k->err) < 0)
		return -1;
	if (store_cert_set_status(k->env.db, k->issuer, serial, CERT_REVOKED, reason, revoked_at,
				  k->env.now, k->err) < 0)
		return -1;
	return date_issuer(k, &c, revoked_at, reason);
}

/* Whether what is revoked here says that, and no later. */
static bool knows(int status, int has_reason, int64_t has_at, int64_t revoked_at, int reason)
{
	const struct cert_row has = { .status = status, .reason = has_reason };

	return !revoke_may_say(&has, reason) && has_at <= revoked_at;
}

/* There may be a million, nearly all of them older than the backup: those cost one look at the status,
 * and no memory. */
static int keep_revocation(void *p, struct blob serial, int64_t revoked_at, int reason)
{
	struct keep *k = p;
	struct cert_status_row s;
	int rc = store_cert_load_status(k->env.db, k->issuer, serial, &s, k->err);

	if (rc < 0)
		return -1;
	if (rc > 0 && knows(s.status, s.reason, s.revoked_at, revoked_at, reason))
		return 0;
	rc = keep_one(k, serial, revoked_at, reason);
	arena_reset(k->env.arena);
	return rc;
}

static int keep_revocations(struct keep *k, const struct issuer_row *v, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		AUTO(arena) *pages = arena_new();

		k->issuer = v[i].ski;
		if (store_cert_each_revoked(k->gone, pages, v[i].ski, 0, keep_revocation, k, e) < 0)
			return -1;
	}
	return 0;
}

struct worst {
	struct blob of;
	int64_t revoked_at;	/* 0: neither it nor one above it is */
	int reason;
};

/* A CA below one that is compromised is not compromised itself, but what it signed counts no more. */
static int see_worst(void *p, const struct issuer_row *row, struct err *e)
{
	struct worst *w = p;
	const struct cert_row has = {
		.status = w->revoked_at ? CERT_REVOKED : CERT_ACTIVE,
		.reason = w->reason,
	};

	(void)e;
	if (!row->revoked_at || !revoke_may_say(&has, row->reason))
		return 0;
	w->revoked_at = row->revoked_at;
	w->reason = row->reason;
	if (revoke_is_compromise(w->reason) && !blob_equal(row->ski, w->of))
		w->reason = REASON_CA_COMPROMISE;
	return 0;
}

/* Its certificate stands elsewhere in the copy, for one of the two does not know the CA above; what
 * befell that one befalls it here. */
static int keep_moved(struct keep *k, const struct issuer_row *ca)
{
	struct issuer own = { .row = *ca, .cert = cert_read(k->env.arena, ca->der, k->err) };
	struct worst w = { .of = ca->ski };

	if (issuer_walk(k->gone, k->env.arena, ca->ski, see_worst, &w, k->err) < 0)
		return -1;
	if (!w.revoked_at)
		return 0;
	/* What has no certificate can't be revoked. */
	if (!own.cert || ca_record_certificate(&k->env, &own, k->err) < 0)
		return -1;
	k->issuer = issuer_above(ca);
	return keep_revocation(k, ca->serial, w.revoked_at, w.reason);
}

static int keep_cas(struct keep *k, struct arena *a)
{
	struct issuer_row *v, now;
	size_t n;

	if (store_issuer_list(k->env.db, a, &v, &n, k->err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int found = store_issuer_load(k->gone, a, v[i].ski, &now, k->err);

		if (found < 0)
			return -1;
		if (!found || (v[i].parent.len && blob_equal(v[i].parent, now.parent)))
			continue;
		if (keep_moved(k, &v[i]) < 0)
			return -1;
	}
	return 0;
}

/* One that the backup does not know must not register anew by its identifier. */
static int keep_decommission(struct keep *k, const struct device_row *d, struct err *e)
{
	struct device_row known;
	int found = store_device_load(k->env.db, k->env.arena, d->id, &known, e);

	if (found < 0)
		return -1;
	if (found && known.state == DEVICE_DECOMMISSIONED)
		return 0;
	k->kept->decommissions++;
	if (found)
		return revoke_decommission(&k->env, d->id, e);
	known = *d;
	known.active_version = -1;
	known.active_not_after = 0;
	return store_device_add(k->env.db, &known, e);
}

static int keep_decommissions_of(struct keep *k, const char *dms, struct err *e)
{
	AUTO(arena) *a = arena_new();
	struct device_range r = {
		.dms = dms, .state = DEVICE_DECOMMISSIONED, .lo = INT64_MIN, .hi = INT64_MAX
	};
	struct device_row *v;
	size_t n;

	do {
		if (store_device_list_range(k->gone, a, &r, DEVICE_PAGE, &v, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (keep_decommission(k, &v[i], e) < 0)
				return -1;
			r.after_not_after = v[i].active_not_after;
			r.after_id = v[i].id;
			arena_reset(k->env.arena);
		}
	} while (n == DEVICE_PAGE);
	return 0;
}

/* By the DMSs of the copy: by another nothing can enroll. */
static int keep_decommissions(struct keep *k, struct arena *a, struct err *e)
{
	struct dms_row *v;
	size_t n;
	const char *after = NULL;

	do {
		if (store_dms_list(k->env.db, a, after, DEVICE_PAGE, &v, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (keep_decommissions_of(k, v[i].id, e) < 0)
				return -1;
			after = v[i].id;
		}
	} while (n == DEVICE_PAGE);
	return 0;
}

int restore_keep(const struct env *copied, struct db *gone, struct kept *kept, struct err *e)
{
	AUTO(arena) *row = arena_new();
	struct keep k = { .env = *copied, .gone = gone, .kept = kept, .err = e };
	struct issuer_row *v;
	size_t n;

	k.env.arena = row;
	if (store_issuer_list(gone, copied->arena, &v, &n, e) < 0 ||
	    keep_revocations(&k, v, n, e) < 0 || keep_cas(&k, copied->arena) < 0 ||
	    keep_decommissions(&k, copied->arena, e) < 0)
		return -1;
	return 0;
}

static int keep_crl(const struct env *copied, struct db *gone, const struct crl_row *row,
		    struct err *e)
{
	AUTO(arena) *a = arena_new();
	struct crl_row now, then;
	int found = store_crl_load(copied->db, a, row->issuer, row->scope, &then, e);

	if (found < 0 || (found > 0 && then.number >= row->number))
		return found < 0 ? -1 : 0;
	found = store_crl_load(gone, a, row->issuer, row->scope, &now, e);
	return found <= 0 ? found : store_crl_save(copied->db, &now, e);
}

/* Until others are signed, for which a key may be missing: the backup's would be given out after those
 * that were newer, and lack what was revoked since. */
int restore_keep_crls(const struct env *copied, struct db *gone, struct err *e)
{
	struct issuer_row *v;
	struct crl_row *rows;
	size_t n, nrows;

	if (store_issuer_list(copied->db, copied->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (store_crl_list(gone, copied->arena, v[i].ski, &rows, &nrows, e) < 0)
			return -1;
		for (size_t k = 0; k < nrows; k++) {
			if (keep_crl(copied, gone, &rows[k], e) < 0)
				return -1;
		}
	}
	return 0;
}
