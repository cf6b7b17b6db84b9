#include "ca/signer.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "store/store_ca.h"
#include "store/store_cert.h"

/* Keys of this process, the newest first. A key lasts for weeks: of many the oldest is let go. */
enum { HELD_MAX = 16 };
static struct held {
	struct arena *arena;
	const char *uri;
	const struct key *key;
} held[HELD_MAX];

static const struct key *find_held(const char *uri)
{
	for (size_t i = 0; i < HELD_MAX && held[i].arena; i++) {
		if (strcmp(held[i].uri, uri) == 0)
			return held[i].key;
	}
	return NULL;
}

static const struct key *hold(const struct env *env, const struct responder_row *r,
			      const struct cert *cert, struct err *e)
{
	AUTO(arena) *a = arena_new();
	struct err why = { 0 };
	struct held h = { .uri = arena_strdup(a, r->key_uri) };

	h.key = key_load(a, r->key_uri, env->conf->keys.passphrase_file, &why);
	if (!h.key || key_check_pair(h.key, cert->spki, &why) < 0) {
		err_fault(e, ERR_BUSY, "signer", "EST signer's key %s: %s", r->key_uri,
			  err_log_text(&why));
		return NULL;
	}
	arena_free(held[HELD_MAX - 1].arena);
	memmove(&held[1], &held[0], sizeof(held) - sizeof(held[0]));
	h.arena = steal(&a);
	held[0] = h;
	return h.key;
}

static int check_standing(const struct env *env, struct blob issuer, const struct cert *cert,
			  struct err *e)
{
	struct cert_status_row row;
	int found = store_cert_load_status(env->db, issuer, cert->serial, &row, e);

	if (found < 0)
		return -1;
	if (found && row.status == CERT_ACTIVE && cert->not_before <= env->now &&
	    env->now < cert->not_after)
		return 0;
	return err_fault(
		e, ERR_BUSY, "signer",
		"the EST signer of CA %s does not hold (valid until %s): is the tick running?",
		hex_write(env->arena, issuer), clock_write(env->arena, cert->not_after));
}

int signer_load(const struct env *env, struct blob issuer, const struct cert **cert,
		const struct key **key, struct err *e)
{
	struct responder_row r;
	int found = store_signer_load(env->db, env->arena, issuer, &r, e);

	if (found < 0)
		return -1;
	if (!found)
		return err_fault(e, ERR_BUSY, "signer",
				 "CA %s has no EST signer yet: the tick makes it",
				 hex_write(env->arena, issuer));
	*cert = cert_read(env->arena, r.der, e);
	if (!*cert || check_standing(env, issuer, *cert, e) < 0)
		return -1;
	*key = find_held(r.key_uri);
	if (!*key)
		*key = hold(env, &r, *cert, e);
	return *key ? 0 : -1;
}
