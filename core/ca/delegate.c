/* Certificates by which a CA lets another key of this host speak for it, renewed as time passes. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "ca/ca.h"
#include "ca/delegate_key.h"
#include "ca/issue.h"
#include "ca/upkeep.h"
#include "data/validation.h"
#include "pki/name.h"
#include "store/store_cert.h"

static const char scheme[] = "file:";

struct delegate {
	const char *kind;	/* of its certificate, as in cert_row.kind */
	const char *name;	/* what its common name begins with */
	struct delegate_keys keys;
	int (*save)(struct db *db, const struct responder_row *r, struct err *e);
	int64_t life;
	unsigned ext_key_usage;
	bool ocsp_nocheck;
	bool of_revoked;	/* a revoked CA has one, too */
	bool has_key_setting;	/* the CA's settings say of what kind its key is */
};

/* A revoked CA's certificates are asked for as long as they last. */
static const struct delegate responder = {
	.kind = "responder",
	.name = "OCSP responder",
	.keys = { "responders", true, store_responder_load },
	.save = store_responder_save,
	.life = 14 * CLOCK_DAY,
	.ext_key_usage = EKU_OCSP_SIGNING,
	.ocsp_nocheck = true,
	.of_revoked = true,
	.has_key_setting = true,
};

static const struct delegate signer = {
	.kind = "signer",
	.name = "EST signer",
	.keys = { "signers", false, store_signer_load },
	.save = store_signer_save,
	.life = 90 * CLOCK_DAY,
	.ext_key_usage = EKU_CMC_RA | EKU_CM_KGA,
};

struct state {
	struct issuer_row issuer;
	struct responder_row last;
	bool has_last, is_active;	/* is_active: not revoked, in the register */
	struct key_spec wanted, present;	/* the keys: a new one's, and the last one's */
};

static bool is_due(const struct env *env, const struct state *s)
{
	const struct responder_row *r = &s->last;
	const char *file;

	if (!s->has_last)
		return true;
	file = r->key_uri + (strncmp(r->key_uri, scheme, strlen(scheme)) == 0 ? strlen(scheme) : 0);
	if (!s->is_active || access(file, R_OK) < 0 || env->now < r->not_before)
		return true;
	if (s->present.type != s->wanted.type || s->present.bits != s->wanted.bits)
		return true;
	if (r->not_after >= s->issuer.not_after)
		return false;	/* the last one: no other can live longer */
	return env->now >= r->not_before + (r->not_after - r->not_before) / 2;
}

static int read_standing(const struct env *env, struct state *s, struct err *e)
{
	struct cert *cert = cert_read(env->arena, s->last.der, e);
	struct cert_status_row row;
	int found =
		cert ? store_cert_load_status(env->db, s->issuer.ski, cert->serial, &row, e) : -1;

	if (cert)
		s->present = cert->key;
	s->is_active = found > 0 && row.status == CERT_ACTIVE;
	return found < 0 ? -1 : 0;
}

static int read_wanted(const struct env *env, const struct delegate *d, struct state *s,
		       struct err *e)
{
	struct validation v;
	const char *json;
	int found;

	s->wanted = (struct key_spec){ KEY_ECDSA, 256 };
	if (!d->has_key_setting)
		return 0;
	found = store_ca_load_validation(env->db, env->arena, s->issuer.ca, &json, e);
	if (found <= 0)
		return found;
	if (validation_read(env->arena, json, &v, e) < 0)
		return -1;
	s->wanted = validation_responder_key(&v);
	return 0;
}

/* 1: due, 0: nothing to do. */
static int read_state(const struct env *env, const struct delegate *d, struct blob ski,
		      struct state *s, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_READ, e);
	int found = t ? store_issuer_load(env->db, env->arena, ski, &s->issuer, e) : -1;

	if (found <= 0)
		return found;
	if (!s->issuer.key_uri || env->now >= s->issuer.not_after)
		return 0;
	if (!d->of_revoked) {
		found = issuer_find_revoked(env->db, env->arena, ski, e);
		if (found != 0)
			return found < 0 ? -1 : 0;
	}
	found = d->keys.load(env->db, env->arena, ski, &s->last, e);
	if (found < 0 || read_wanted(env, d, s, e) < 0)
		return -1;
	s->has_last = found;
	if (found && read_standing(env, s, e) < 0)
		return -1;
	return is_due(env, s);
}

static struct cert *sign(const struct env *env, const struct delegate *d,
			 const struct issuer_row *issuer, const struct key *ca,
			 const struct key *key, struct err *e)
{
	struct arena *a = env->arena;
	struct subject subject = { 0 };
	struct cert_spec spec = {
		.serial = cert_make_serial(a),
		.spki = key_get_spki(a, key),
		.not_before = env->now - env->conf->ocsp.backdate,
		.not_after = env->now + d->life,
		.path_len = -1,
		.key_usage = KU_DIGITAL_SIGNATURE,
		.ext_key_usage = d->ext_key_usage,
		.ocsp_nocheck = d->ocsp_nocheck,
	};
	struct cert *cert = cert_read(a, issuer->der, e);

	subject.common_name = arena_printf(a, "%s %.16s", d->name, hex_write(a, issuer->ski));
	if (!cert || name_make(a, &subject, &spec.subject_der, e) < 0)
		return NULL;
	if (spec.not_before < issuer->not_before)
		spec.not_before = issuer->not_before;
	if (spec.not_after > issuer->not_after)
		spec.not_after = issuer->not_after;
	return cert_make(a, &spec, cert, ca, e);
}

static int store(const struct env *env, const struct delegate *d, const struct state *s,
		 const struct cert *cert, const char *file, bool *made, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_WRITE, e);
	struct responder_row present, row = {
		.issuer = s->issuer.ski,
		.der = cert->der,
		.key_uri = arena_printf(env->arena, "%s%s", scheme, file),
		.not_before = cert->not_before,
		.not_after = cert->not_after,
	};
	const struct issue_record record = { .cert = cert,
					     .issuer = s->issuer.ski,
					     .kind = d->kind,
					     .version = -1,
					     .of_revoked = d->of_revoked };
	int found = t ? d->keys.load(env->db, env->arena, s->issuer.ski, &present, e) : -1;

	if (found < 0)
		return -1;
	if (found != s->has_last || (found && !blob_equal(present.der, s->last.der)))
		return 0;	/* somebody else was faster */
	if (d->save(env->db, &row, e) < 0 || issue_record(env, &record, e) < 0 ||
	    store_commit(&t, e) < 0)
		return -1;
	*made = true;
	return 0;
}

static int upkeep(const struct env *env, const struct delegate *d, const struct issuer *i,
		  bool *made, struct err *e)
{
	struct state s = { 0 };
	const char *file = NULL;
	const struct key *ca;
	struct cert *cert;
	struct key *key;
	int due = read_state(env, d, i->row.ski, &s, e);

	*made = false;
	if (due <= 0)
		return due;
	ca = ca_key(env, &s.issuer, e);
	key = ca ? key_new(env->arena, &s.wanted, e) : NULL;
	if (!key || delegate_key_save(env, &d->keys, key, &file, e) < 0)
		return -1;
	delegate_key_sweep(env, &d->keys);
	cert = sign(env, d, &s.issuer, ca, key, e);
	if (!cert) {
		unlink(file);
		return -1;
	}
	/* From here on the file stays: it is not known what became of a commit that failed. */
	if (store(env, d, &s, cert, file, made, e) < 0)
		return -1;
	if (!*made)
		unlink(file);
	else if (s.has_last)
		delegate_key_retire(s.last.key_uri);
	return 0;
}

int upkeep_responder(const struct env *env, const struct issuer *i, bool *made, struct err *e)
{
	return upkeep(env, &responder, i, made, e);
}

int upkeep_signer(const struct env *env, const struct issuer *i, bool *made, struct err *e)
{
	return upkeep(env, &signer, i, made, e);
}
