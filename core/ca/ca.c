#include "ca/ca.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/text.h"
#include "fleet/dms.h"
#include "fleet/event.h"
#include "pki/name.h"
#include "store/store_cert.h"
#include "store/store_meta.h"

enum { MAX_CHAIN = 16 };	/* longer than any real path: stops at rows that name each other */

/* Keys of this process: a CA key is loaded once, for loading it may mean a token's login. */
struct held_key {
	struct held_key *next;
	struct blob ski;
	const char *uri;
	const struct key *key;
};
static struct arena *held_arena;
static struct held_key *held_keys;

static const struct key *find_held(const struct issuer_row *i)
{
	for (const struct held_key *h = held_keys; h; h = h->next) {
		if (blob_equal(h->ski, i->ski) && strcmp(h->uri, i->key_uri) == 0)
			return h->key;
	}
	return NULL;
}

const struct key *ca_key(const struct env *env, const struct issuer_row *i, struct err *e)
{
	const struct key *key;
	struct held_key *h;
	struct cert *cert;

	if (!i->key_uri) {
		err_fault(e, ERR_BUSY, "ca_key", "CA %s was imported without its key", i->ca);
		return NULL;
	}
	key = find_held(i);
	if (key)
		return key;
	if (!held_arena)
		held_arena = arena_new();
	key = key_load(held_arena, i->key_uri, env->conf->keys.passphrase_file, e);
	cert = key ? cert_read(env->arena, i->der, e) : NULL;
	if (!cert || key_check_pair(key, cert->spki, e) < 0) {
		struct err why = *e;

		err_clear(e);
		err_fault(e, ERR_BUSY, "ca_key", "key of CA %s (%s): %s", i->ca, i->key_uri,
			  err_log_text(&why));
		return NULL;
	}
	h = arena_alloc(held_arena, sizeof(*h));
	*h = (struct held_key){ held_keys, arena_blob(held_arena, i->ski.data, i->ski.len),
				arena_strdup(held_arena, i->key_uri), key };
	held_keys = h;
	return key;
}

static int check_validity(const struct env *env, const struct issuer_row *i, struct err *e)
{
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
	struct issuer_row row = *i;

	if (!row.key_uri)
		return err_fault(e, ERR_BUSY, "ca_inactive",
				 "CA %s was imported without its key and cannot sign", row.ca);
	for (int level = 0; level < MAX_CHAIN; level++) {
		int found;

		if (check_validity(env, &row, e) < 0)
			return -1;
		if (!row.parent.len || blob_equal(row.parent, row.ski))
			return 0;
		found = store_issuer_load(env->db, env->arena, row.parent, &row, e);
		if (found <= 0)
			return found;
	}
	return err_fault(e, ERR_INTERNAL, "issuer", "the chain of CA %s has no end", i->ca);
}

struct blob ca_make_ski(struct arena *a, const struct cert *cert)
{
	return cert->ski.len ? cert->ski : key_make_ski(a, cert->spki);
}

/* The octets of subjectPublicKey without tag, length and unused bits: what the issuerKeyHash of a
 * CertID is taken over (RFC 6960 4.1.1). */
static struct blob spki_bits(struct blob spki)
{
	const unsigned char *p = spki.data, *end = p + spki.len;

	for (int element = 0; element < 3 && end - p >= 2; element++) {
		size_t len = p[1], head = 2;

		if (len & 0x80) {
			size_t octets = len & 0x7f;

			len = 0;
			for (size_t i = 0; i < octets && head < (size_t)(end - p); i++)
				len = len << 8 | p[head++];
		}
		if (len > (size_t)(end - p) - head)
			break;
		if (element == 2 && len > 0)
			return blob_of(p + head + 1, len - 1);
		p += element == 0 ? head : head + len;	/* into the outer SEQUENCE, past the algorithm */
	}
	err_die("a public key that was read is no SubjectPublicKeyInfo");
}

void ca_draft_fill(const struct env *env, struct ca_draft *d, struct cert *cert, struct blob parent)
{
	struct arena *a = env->arena;
	struct blob bits = spki_bits(cert->spki);
	struct blob ski = ca_make_ski(a, cert);

	d->issuer.cert = cert;
	d->issuer.row = (struct issuer_row){
		.ski = ski,
		.ca = d->ca.id,
		.der = cert->der,
		.sha256 = blob_of(cert->sha256, sizeof(cert->sha256)),
		.parent = parent,
		.serial = cert->serial,
		.key_uri = d->issuer.row.key_uri,
		.name_sha1 = digest_make_sha1(a, cert->subject_der),
		.name_sha256 = digest_make_sha256(a, cert->subject_der),
		.key_sha1 = digest_make_sha1(a, bits),
		.key_sha256 = digest_make_sha256(a, bits),
		.not_before = cert->not_before,
		.not_after = cert->not_after,
		.crl_dirty = d->issuer.row.key_uri != NULL,	/* its first CRL is due */
		.created_at = env->now,
	};
	d->ca.issuer = ski;
	d->ca.created_at = env->now;
}

void ca_draft_drop(struct ca_draft *d)
{
	if (d->key_file)
		unlink(d->key_file);
}

/* An import that was cut off after the key was written left this very key there. */
static bool holds_key(const struct env *env, const char *uri, const char *file, struct blob spki)
{
	struct err ignored = { 0 };
	const struct key *key;

	if (access(file, F_OK) < 0)
		return false;
	key = key_load(env->arena, uri, env->conf->keys.passphrase_file, &ignored);
	return key && key_check_pair(key, spki, &ignored) == 0;
}

int ca_draft_save_key(const struct env *env, struct ca_draft *d, const struct key *key, struct err *e)
{
	struct arena *a = env->arena;
	const char *dir = arena_printf(a, "%s/keys", env->conf->state_dir);
	struct blob spki = key_get_spki(a, key);
	struct blob ski = d->ca.issuer.len ? d->ca.issuer : key_make_ski(a, spki);
	const char *file = arena_printf(a, "%s/%s.key", dir, hex_write(a, ski));

	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return err_fault(e, ERR_INTERNAL, "state_dir", "%s: %s", dir, strerror(errno));
	d->issuer.row.key_uri = arena_printf(a, "file:%s", file);
	if (holds_key(env, d->issuer.row.key_uri, file, spki))
		return 0;
	if (key_save(key, file, env->conf->keys.passphrase_file, e) < 0)
		return -1;
	d->key_file = file;
	return 0;
}

int ca_check_free(const struct env *env, const struct ca_draft *d, struct err *e)
{
	struct issuer_row other;
	struct dms_row dms;
	int found;

	if (dms_check_name_free(env->db, env->arena, d->ca.id, e) < 0)
		return -1;
	found = store_dms_load(env->db, env->arena, d->ca.name, &dms, e);
	if (found < 0)
		return -1;
	if (found)
		return err_set(e, ERR_CONFLICT, "name_taken",
			       "common name \"%s\" is the id of a DMS: as a label of EST paths it must name one thing",
			       d->ca.name);
	if (!d->ca.issuer.len)
		return 0;
	found = store_issuer_load(env->db, env->arena, d->ca.issuer, &other, e);
	if (found > 0)
		err_set(e, ERR_CONFLICT, "ca_exists", "CA %s has this key already", other.ca);
	return found ? -1 : 0;
}

/* The certificate stands in the register too, so that OCSP and CRL of the CA above answer for it:
 * unless that CA is not known here, or it was issued here before and is imported back. */
static int record_certificate(const struct env *env, const struct ca_draft *d, struct err *e)
{
	const struct issuer_row *i = &d->issuer.row;
	const struct cert *cert = d->issuer.cert;
	struct cert_row known, row = {
		.issuer = i->parent,
		.serial = i->serial,
		.subject = name_text(env->arena, cert->subject_der),
		.common_name = d->ca.name,
		.not_before = i->not_before,
		.not_after = i->not_after,
		.status = CERT_ACTIVE,
		.status_at = env->now,
		.der = i->der,
		.sha256 = i->sha256,
		.kind = "ca",
		.version = -1,
		.created_at = env->now,
	};
	int found;

	if (!i->parent.len)
		return 0;
	found = store_cert_load_by_sha256(env->db, env->arena, i->sha256, &known, e);
	if (found < 0)
		return -1;
	if (!found)
		return store_cert_add(env->db, &row, e);
	if (known.status != CERT_REVOKED)
		return 0;
	return store_issuer_set_revoked(env->db, i->ski, known.revoked_at, known.reason, e);
}

int ca_record(const struct env *env, const struct ca_draft *d, const char *event, struct err *e)
{
	struct arena *a = env->arena;
	struct doc *data = doc_object(a);
	struct event v = { .type = event, .data = data };

	if (store_ca_add(env->db, &d->ca, e) < 0 ||
	    store_issuer_add(env->db, &d->issuer.row, e) < 0 || record_certificate(env, d, e) < 0)
		return -1;
	v.subject = arena_printf(a, "ca/%s", d->ca.id);
	doc_set_text(data, "id", d->ca.id);
	doc_set_text(data, "name", d->ca.name);
	doc_set_text(data, "subject_key_id", hex_write(a, d->issuer.row.ski));
	doc_set_text(data, "serial_number", hex_write(a, d->issuer.row.serial));
	doc_set_time(data, "valid_to", d->issuer.row.not_after);
	doc_set_bool(data, "has_key", d->issuer.row.key_uri != NULL);
	if (event_add(env->db, a, env->actor, env->now, &v, e) < 0)
		return -1;
	/* It may be the CA of the operators, or complete a chain of the bundle. */
	return store_meta_bump_trust(env->db, e);
}

/* "Factory CA 2" gives "Factory-CA-2". */
static const char *id_of_name(struct arena *a, const char *name)
{
	char *id = arena_strdup(a, name);

	for (char *p = id; *p; p++) {
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", *p))
			*p = '-';
	}
	return id;
}

static int64_t validity_end(const struct validity *v, int64_t now)
{
	if (v->type == VALIDITY_TIME)
		return v->time;
	return v->duration > INT64_MAX - now ? INT64_MAX : now + v->duration;
}

/* The parent, able to sign for a CA below it; a root has none. */
static int load_parent(const struct env *env, const char *id, struct issuer *parent, struct err *e)
{
	int found = issuer_load(env->db, env->arena, id, parent, e);

	if (found < 0)
		return -1;
	if (!found)
		return err_set(e, ERR_NOT_FOUND, "ca", "no CA \"%s\" to be the parent", id);
	if (parent->cert->path_len == 0)
		return err_set(e, ERR_REJECTED, "path_length",
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
		.not_after = validity_end(&o->validity, env->now),
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
		err_set(e, ERR_REJECTED, "validity", "expected a validity that ends after now, got %s",
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
	struct key_spec spec = o->key.type == KEY_UNKNOWN ? (struct key_spec){ KEY_ECDSA, 256 } : o->key;
	struct issuer parent;
	struct key *key;
	struct cert *cert;

	if (o->parent && load_parent(env, o->parent, &parent, e) < 0)
		return -1;
	key = o->key_uri ? key_load(env->arena, o->key_uri, env->conf->keys.passphrase_file, e) :
			   key_new(env->arena, &spec, e);
	if (!key)
		return -1;
	cert = make_cert(env, o, o->parent ? &parent : NULL, key, e);
	if (!cert)
		return -1;
	d->issuer.row.key_uri = o->key_uri;
	if (!o->key_uri && ca_draft_save_key(env, d, key, e) < 0)
		return -1;
	ca_draft_fill(env, d, cert, o->parent ? parent.row.ski : ca_make_ski(env->arena, cert));
	return 0;
}

static int record_draft(const struct env *env, const struct ca_draft *d, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_WRITE, e);

	if (!t || ca_check_free(env, d, e) < 0 || ca_record(env, d, EVENT_CA_CREATE, e) < 0)
		return -1;
	return store_commit(&t, e);
}

int ca_create(const struct env *env, const struct ca_order *o, struct issuer *out, struct err *e)
{
	struct ca_draft d = { .ca = { .id = o->id, .name = o->subject.common_name,
				      .profile = o->profile, .metadata = o->metadata } };

	if (!d.ca.name || !*d.ca.name)
		return err_set(e, ERR_REJECTED, "subject", "expected the subject's common_name, got none");
	if (!d.ca.id || !*d.ca.id)
		d.ca.id = id_of_name(env->arena, d.ca.name);
	if (!d.ca.metadata)
		d.ca.metadata = "{}";
	/* Free now: a key that is not needed is not made. What counts is asked again when recording. */
	if (text_check_id("CA", d.ca.id, e) < 0 || ca_check_free(env, &d, e) < 0)
		return -1;
	if (make_draft(env, o, &d, e) < 0 || record_draft(env, &d, e) < 0) {
		ca_draft_drop(&d);
		return -1;
	}
	*out = d.issuer;
	return 0;
}
