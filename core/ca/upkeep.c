#include "ca/upkeep.h"

#include <string.h>

#include "base/clock.h"
#include "ca/ca.h"
#include "ca/revoke.h"
#include "pki/crl.h"
#include "store/store_cert.h"

struct entries {
	struct arena *arena;
	struct crl_entry *v;
	size_t n, cap;
};

static int add_entry(void *p, struct blob serial, int64_t revoked_at, int reason)
{
	struct entries *l = p;

	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		struct crl_entry *v = arena_array(l->arena, cap, sizeof(*v));

		if (l->n)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
		l->cap = cap;
	}
	/* RFC 5280 5.3.1: removeFromCRL stands in delta CRLs only. */
	if (reason == REASON_REMOVE_FROM_CRL)
		reason = REASON_UNSPECIFIED;
	l->v[l->n++] = (struct crl_entry){ arena_blob(l->arena, serial.data, serial.len),
					   revoked_at, reason };
	return 0;
}

/* Every issuer of the name, whatever its key: clients look for a serial in the CRL of that name. */
static int list_revoked(const struct env *env, const struct issuer_row *own, int64_t since,
			struct entries *l, struct err *e)
{
	struct issuer_row *v;
	size_t n;

	*l = (struct entries){ .arena = env->arena };
	if (store_issuer_list(env->db, env->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (blob_equal(v[i].name_sha256, own->name_sha256) &&
		    store_cert_each_revoked(env->db, env->arena, v[i].ski, since, add_entry, l, e) <
			    0)
			return -1;
	}
	return 0;
}

static bool same_entries(const struct entries *a, const struct entries *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (!blob_equal(a->v[i].serial, b->v[i].serial) ||
		    a->v[i].revoked_at != b->v[i].revoked_at || a->v[i].reason != b->v[i].reason)
			return false;
	}
	return true;
}

struct crl_state {
	struct issuer_row issuer;
	struct crl_row last;
	bool has_last;
	int64_t since;
	struct entries entries;
};

static bool is_crl_due(const struct env *env, const struct crl_state *s)
{
	int64_t half = s->last.this_update + (s->last.next_update - s->last.this_update) / 2;

	return !s->has_last || s->issuer.crl_dirty || env->now >= half;
}

/* An expired certificate leaves the CRL one period after its end, and not before a CRL that was
 * issued after its end had it (RFC 5280 3.3). */
static int64_t entries_since(const struct env *env, const struct crl_state *s)
{
	int64_t since = env->now - env->conf->crl.validity;

	return s->has_last && s->last.this_update < since ? s->last.this_update : since;
}

/* 1: due, *s says all that is needed; 0: nothing to do. */
static int read_crl_state(const struct env *env, struct blob ski, struct crl_state *s,
			  struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_READ, e);
	int found = t ? store_issuer_load(env->db, env->arena, ski, &s->issuer, e) : -1;

	if (found <= 0)
		return found;
	/* A CA that has ended signs no more; its last CRL stays. */
	if (!s->issuer.key_uri || env->now >= s->issuer.not_after)
		return 0;
	found = store_crl_load(env->db, env->arena, ski, &s->last, e);
	if (found < 0)
		return -1;
	s->has_last = found;
	if (!is_crl_due(env, s))
		return 0;
	s->since = entries_since(env, s);
	return list_revoked(env, &s->issuer, s->since, &s->entries, e) < 0 ? -1 : 1;
}

static int sign_crl(const struct env *env, const struct crl_state *s, struct crl_row *c,
		    struct err *e)
{
	const struct key *key = ca_key(env, &s->issuer, e);
	struct cert *cert = key ? cert_read(env->arena, s->issuer.der, e) : NULL;

	if (!cert)
		return -1;
	*c = (struct crl_row){
		.issuer = s->issuer.ski,
		.number = s->has_last ? s->last.number + 1 : 1,
		.this_update = env->now,
		.next_update = env->now + env->conf->crl.validity,
	};
	if (c->next_update > s->issuer.not_after)
		c->next_update = s->issuer.not_after;
	return crl_make(env->arena, cert, key, c->number, c->this_update, c->next_update,
			s->entries.v, s->entries.n, &c->der, e);
}

/* What was revoked while the CRL was being signed keeps it due. A CRL that somebody else stored
 * meanwhile stays: ours would have its number. */
static int store_crl(const struct env *env, const struct crl_state *s, const struct crl_row *c,
		     bool *made, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_WRITE, e);
	struct crl_row present;
	struct entries entries;
	int found = t ? store_crl_load(env->db, env->arena, s->issuer.ski, &present, e) : -1;

	if (found < 0)
		return -1;
	if (found != s->has_last || (found && present.number != s->last.number))
		return 0;
	if (list_revoked(env, &s->issuer, s->since, &entries, e) < 0 ||
	    store_crl_save(env->db, c, e) < 0)
		return -1;
	if (same_entries(&s->entries, &entries) &&
	    store_issuer_set_crl_dirty(env->db, s->issuer.ski, false, e) < 0)
		return -1;
	if (store_commit(&t, e) < 0)
		return -1;
	*made = true;
	return 0;
}

int upkeep_crl(const struct env *env, const struct issuer *i, bool *made, struct err *e)
{
	struct crl_state s = { 0 };
	struct crl_row c;
	int due = read_crl_state(env, i->row.ski, &s, e);

	*made = false;
	if (due <= 0)
		return due;
	if (sign_crl(env, &s, &c, e) < 0)
		return err_in(e, "CRL of CA %s", s.issuer.ca);
	return store_crl(env, &s, &c, made, e);
}
