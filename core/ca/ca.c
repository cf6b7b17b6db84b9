#include "ca/ca.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/text.h"
#include "fleet/event.h"
#include "pki/name.h"

/* Keys of this process: a CA key is loaded once, for loading it may mean a token's login. */
struct held_key {
	struct held_key *next;
	struct arena *arena;
	struct blob ski;
	const char *uri;
	const struct key *key;
};
static struct held_key *held_keys;

static const struct key *find_held(const struct issuer_row *i)
{
	for (const struct held_key *h = held_keys; h; h = h->next) {
		if (blob_equal(h->ski, i->ski) && strcmp(h->uri, i->key_uri) == 0)
			return h->key;
	}
	return NULL;
}

/* In an arena of its own: a key that does not fit leaves nothing in the process. */
static const struct key *hold_key(const struct env *env, const struct issuer_row *i, struct err *e)
{
	AUTO(arena) *a = arena_new();
	struct held_key *h = arena_alloc(a, sizeof(*h));
	struct err why = { 0 };
	struct cert *cert;

	h->key = key_load(a, i->key_uri, env->conf->keys.passphrase_file, &why);
	cert = h->key ? cert_read(env->arena, i->der, &why) : NULL;
	if (!cert || key_check_pair(h->key, cert->spki, &why) < 0) {
		err_fault(e, ERR_BUSY, "ca_key", "key of CA %s (%s): %s", i->ca, i->key_uri,
			  err_log_text(&why));
		return NULL;
	}
	h->ski = arena_blob(a, i->ski.data, i->ski.len);
	h->uri = arena_strdup(a, i->key_uri);
	h->next = held_keys;
	held_keys = h;
	h->arena = steal(&a);
	return h->key;
}

const struct key *ca_key(const struct env *env, const struct issuer_row *i, struct err *e)
{
	const struct key *key;

	if (!i->key_uri) {
		err_fault(e, ERR_BUSY, "ca_key", "CA %s was imported without its key", i->ca);
		return NULL;
	}
	key = find_held(i);
	return key ? key : hold_key(env, i, e);
}

/* Of the issuer and each CA above it: none signs for longer than it holds itself. */
static int see_active(void *p, const struct issuer_row *i, struct err *e)
{
	const struct env *env = p;

	if (i->revoked_at)
		return err_fault(e, ERR_BUSY, "ca_inactive", "CA %s is revoked", i->ca);
	if (env->now < i->not_before)
		return err_fault(e, ERR_BUSY, "ca_inactive", "CA %s is not valid before %s", i->ca,
				 clock_write(env->arena, i->not_before));
	if (env->now >= i->not_after)
		return err_fault(e, ERR_BUSY, "ca_inactive", "CA %s expired at %s", i->ca,
				 clock_write(env->arena, i->not_after));
	return 0;
}

int ca_check_active(const struct env *env, const struct issuer_row *i, struct err *e)
{
	struct env copy = *env;

	if (!i->key_uri)
		return err_fault(e, ERR_BUSY, "ca_inactive",
				 "CA %s was imported without its key and cannot sign", i->ca);
	return issuer_walk(env->db, env->arena, i->ski, see_active, &copy, e);
}

/* "Factory CA 2" gives "Factory-CA-2". */
static const char *id_of_name(struct arena *a, const char *name)
{
	char *id = arena_strdup(a, name);

	for (char *p = id; *p; p++) {
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-",
			    *p))
			*p = '-';
	}
	return id;
}

int64_t ca_make_end(const struct validity *v, int64_t now)
{
	if (v->type == VALIDITY_TIME)
		return v->time;
	return v->duration > INT64_MAX - now ? INT64_MAX : now + v->duration;
}

int ca_load_parent(const struct env *env, const char *id, struct issuer *parent, struct err *e)
{
	int found = issuer_load(env->db, env->arena, id, parent, e);

	if (found < 0)
		return -1;
	if (!found)
		return err_set(e, ERR_NOT_FOUND, "ca", "no CA \"%s\" to be the parent", id);
	if (parent->cert->path_len == 0)
		return err_set(
			e, ERR_REJECTED, "path_length",
			"CA \"%s\" may not have CAs below it (path length 0, RFC 5280 4.2.1.9)",
			id);
	return ca_check_active(env, &parent->row, e);
}

static struct cert *make_cert(const struct env *env, const struct ca_order *o,
			      const struct issuer *parent, const struct key *key, struct err *e)
{
	struct arena *a = env->arena;
	const char *url = env->conf->public.http_url;
	struct cert_spec spec = {
		.serial = cert_make_serial(a),
		.spki = key_get_spki(a, key),
		.not_before = env->now,
		.not_after = ca_make_end(&o->validity, env->now),
		.is_ca = true,
		.path_len = -1,
		.key_usage = KU_CERT_SIGN | KU_CRL_SIGN,
	};
	const struct key *signer = parent ? ca_key(env, &parent->row, e) : key;

	if (!signer || name_make(a, &o->subject, &spec.subject_der, e) < 0)
		return NULL;
	if (parent && spec.not_after > parent->row.not_after)
		spec.not_after = parent->row.not_after;
	if (spec.not_after <= env->now) {
		err_set(e, ERR_REJECTED, "validity",
			"expected a validity that ends after now, got %s",
			clock_write(a, spec.not_after));
		return NULL;
	}
	if (parent && parent->cert->path_len > 0)
		spec.path_len = parent->cert->path_len - 1;
	if (parent && url) {
		spec.ocsp_url = arena_printf(a, "%s/ocsp", url);
		spec.crl_url = arena_printf(a, "%s/crl/%s", url, hex_write(a, parent->row.ski));
	}
	return cert_make(a, &spec, parent ? parent->cert : NULL, signer, e);
}

static int make_draft(const struct env *env, const struct ca_order *o, struct ca_draft *d,
		      struct err *e)
{
	struct key_spec spec =
		o->key.type == KEY_UNKNOWN ? (struct key_spec){ KEY_ECDSA, 256 } : o->key;
	struct issuer parent;
	const struct key *key;
	struct cert *cert;

	if (o->parent && ca_load_parent(env, o->parent, &parent, e) < 0)
		return -1;
	key = o->key_uri ? ca_draft_load_key(env, d, o->key_uri, e) : key_new(env->arena, &spec, e);
	if (!key)
		return -1;
	cert = make_cert(env, o, o->parent ? &parent : NULL, key, e);
	if (!cert)
		return -1;
	if (!o->key_uri)
		ca_draft_take_key(env, d, key);
	ca_draft_fill(env, d, cert, o->parent ? parent.row.ski : ca_make_ski(env->arena, cert));
	return 0;
}

static int record_draft(const struct env *env, struct ca_draft *d, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_WRITE, e);

	if (!t || ca_check_free(env, d, e) < 0 || ca_draft_save_key(env, d, e) < 0 ||
	    ca_record(env, d, EVENT_CA_CREATE, e) < 0)
		return -1;
	return store_commit(&t, e);
}

int ca_create(const struct env *env, const struct ca_order *o, struct issuer *out, struct err *e)
{
	struct ca_draft d = { .ca = { .id = o->id,
				      .name = o->subject.common_name,
				      .profile = o->profile,
				      .metadata = o->metadata } };

	if (!d.ca.name || !*d.ca.name)
		return err_set(e, ERR_REJECTED, "subject",
			       "expected the subject's common_name, got none");
	if (!d.ca.id || !*d.ca.id)
		d.ca.id = id_of_name(env->arena, d.ca.name);
	if (!d.ca.metadata)
		d.ca.metadata = "{}";
	/* Free now: a key that is not needed is not made. What counts is asked again when recording. */
	if (text_check_id("CA", d.ca.id, e) < 0 || ca_check_free(env, &d, e) < 0)
		return -1;
	if (make_draft(env, o, &d, e) < 0 || record_draft(env, &d, e) < 0) {
		ca_draft_drop(env, &d);
		return -1;
	}
	*out = d.issuer;
	return 0;
}
