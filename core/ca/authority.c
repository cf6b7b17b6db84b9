#include "ca/authority.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "ca/issuer_hash.h"
#include "ca/revoke.h"
#include "fleet/issuer.h"
#include "store/store_cert.h"
#include "store/store_meta.h"

enum { MAX_KEPT = 256 };

struct kept {
	struct kept *next;
	struct arena *arena;
	struct authority authority;
};
static struct kept *kept;
static size_t nkept;
static struct authority_stamp kept_stamp;

void authority_drop(void)
{
	while (kept) {
		struct kept *k = kept;

		kept = k->next;
		arena_free(k->arena);
	}
	nkept = 0;
	issuer_hash_drop();
}

int authority_refresh(const struct env *env, struct authority_stamp *stamp, struct err *e)
{
	struct meta_row meta;
	int found = store_meta_load(env->db, env->arena, &meta, e);

	if (found < 0)
		return -1;
	if (!found || meta.epoch.len != sizeof(stamp->epoch))
		return err_fault(e, ERR_INTERNAL, "database", "no epoch in the table meta");
	*stamp = (struct authority_stamp){ .ca_change = meta.ca_change };
	memcpy(stamp->epoch, meta.epoch.data, sizeof(stamp->epoch));
	if (memcmp(stamp, &kept_stamp, sizeof(*stamp)) != 0 || nkept > MAX_KEPT)
		authority_drop();
	kept_stamp = *stamp;
	return 0;
}

/* RFC 6960 2.7: when a CA's key is compromised, none of its certificates can be told from a forged
 * one; nor those of the CAs below it. */
struct sight {
	const struct env *env;
	struct authority *authority;
};

static int see_compromise(void *p, const struct issuer_row *row, struct err *e)
{
	struct sight *s = p;
	struct authority *a = s->authority;
	struct cert_status_row cert;
	int64_t known_at = row->revoked_at;
	int found;

	if (!row->revoked_at || !revoke_is_compromise(row->reason))
		return 0;
	found = store_cert_load_status(s->env->db, issuer_above(row), row->serial, &cert, e);
	if (found < 0)
		return -1;
	if (found)
		known_at = cert.status_at;
	if (!a->compromised_at || row->revoked_at < a->compromised_at)
		a->compromised_at = row->revoked_at;
	if (known_at > a->compromise_known_at)
		a->compromise_known_at = known_at;
	return 0;
}

/* Clients do not ask (nocheck): whoever revoked it relies on us to use it no more. */
static int check_responder_status(const struct env *env, const struct authority *a, struct err *e)
{
	struct cert_status_row row;
	int found = store_cert_load_status(env->db, a->issuer.ski, a->responder->serial, &row, e);

	if (found < 0)
		return -1;
	if (!found || row.status != CERT_ACTIVE)
		return err_fault(e, ERR_BUSY, "responder",
				 "OCSP responder of CA %s is revoked: is the tick running?",
				 a->issuer.ca);
	return 0;
}

static int load_responder(const struct env *env, struct authority *a, struct err *e)
{
	struct responder_row row;
	struct err why = { 0 };
	int found = store_responder_load(env->db, env->arena, a->issuer.ski, &row, e);

	if (found < 0)
		return -1;
	if (!found)
		return err_fault(e, ERR_BUSY, "responder", "CA %s has no OCSP responder yet",
				 a->issuer.ca);
	a->responder = cert_read(env->arena, row.der, &why);
	a->key = a->responder ? key_load(env->arena, row.key_uri, NULL, &why) : NULL;
	if (!a->key || key_check_pair(a->key, a->responder->spki, &why) < 0)
		return err_fault(e, ERR_BUSY, "responder", "OCSP responder's key %s: %s",
				 row.key_uri, err_log_text(&why));
	return check_responder_status(env, a, e);
}

static int load_validation(const struct env *env, struct authority *a, struct err *e)
{
	const char *json;
	int found = store_ca_load_validation(env->db, env->arena, a->issuer.ca, &json, e);

	if (found < 0)
		return -1;
	return validation_read(env->arena, found ? json : "{}", &a->validation, e);
}

static const struct kept *find_kept(const struct ocsp_certid *id)
{
	for (const struct kept *k = kept; k; k = k->next) {
		if (issuer_hash_is(&k->authority.issuer, id))
			return k;
	}
	return NULL;
}

static const struct kept *find_kept_issuer(struct blob ski)
{
	for (const struct kept *k = kept; k; k = k->next) {
		if (blob_equal(k->authority.issuer.ski, ski))
			return k;
	}
	return NULL;
}

/* What cannot be loaded is not kept: a key that comes back needs no change of the database. */
static int load(const struct env *env, const struct ocsp_certid *id, const struct kept **out,
		struct err *e)
{
	AUTO(arena) *arena = arena_new();
	struct env own = *env;
	struct kept *k = arena_alloc(arena, sizeof(*k));
	struct authority *a = &k->authority;
	struct sight sight = { &own, a };
	int found;

	own.arena = arena;
	found = issuer_hash_find(&own, id, &a->issuer, e);
	if (found < 0)
		return -1;
	if (!found || !a->issuer.key_uri)
		return 0;
	/* What is compared is the pointer: one issuer, however it is named, is kept once. */
	*out = find_kept_issuer(a->issuer.ski);
	if (*out)
		return 1;
	if (load_validation(&own, a, e) < 0 || load_responder(&own, a, e) < 0 ||
	    issuer_walk(own.db, arena, a->issuer.ski, see_compromise, &sight, e) < 0)
		return -1;
	k->arena = steal(&arena);
	k->next = kept;
	kept = k;
	nkept++;
	*out = k;
	return 1;
}

const struct authority *authority_find_kept(const struct ocsp_certid *id,
					    struct authority_stamp *stamp)
{
	const struct kept *k = find_kept(id);

	*stamp = kept_stamp;
	return k ? &k->authority : NULL;
}

bool authority_is_stamped(const struct authority_stamp *stamp, struct blob epoch, int64_t ca_change)
{
	return stamp->ca_change == ca_change &&
	       blob_equal(blob_of(stamp->epoch, sizeof(stamp->epoch)), epoch);
}

/* By the clock, so with each request. */
int authority_check_time(const struct env *env, const struct authority *a, struct err *e)
{
	if (env->now >= a->responder->not_before && env->now < a->responder->not_after)
		return 0;
	return err_fault(e, ERR_BUSY, "responder",
			 "OCSP responder of CA %s is valid from %s to %s: is the tick running?",
			 a->issuer.ca, clock_write(env->arena, a->responder->not_before),
			 clock_write(env->arena, a->responder->not_after));
}

int authority_find(const struct env *env, const struct ocsp_certid *id,
		   const struct authority **out, struct err *e)
{
	const struct kept *k = find_kept(id);

	if (!k) {
		int found = load(env, id, &k, e);

		if (found < 0)
			return -1;
		if (!found) {
			err_set(e, ERR_NOT_FOUND, "ocsp_issuer",
				"expected a certificate of a CA of this system, got issuer key hash %s",
				hex_write(env->arena, id->key_hash));
			return 0;
		}
	}
	*out = &k->authority;
	return authority_check_time(env, *out, e) < 0 ? -1 : 1;
}
