#include "ca/rekey.h"

#include "base/clock.h"
#include "base/hex.h"
#include "ca/ca.h"
#include "ca/issue.h"
#include "fleet/event.h"
#include "store/store_cert.h"
#include "store/store_meta.h"

/* One key of the root certified by another. */
struct cross {
	struct cert *cert;
	struct blob subject, issuer;	/* SKIs */
};

struct rekey {
	const struct env *env;
	const struct rekey_order *order;
	struct ca_row ca;
	struct issuer old;
	bool is_root;
	struct issuer parent;		/* where it is no root: the present issuer of the CA above */
	const struct key *key;		/* the new one */
	struct ca_draft draft;
	struct cross *crosses;
	size_t ncrosses;
};

static int check_old(const struct issuer_row *i, struct err *e)
{
	if (i->revoked_at)
		return err_set(e, ERR_CONFLICT, "ca_revoked",
			       "CA %s is revoked: its successor is a new CA, not a new key", i->ca);
	if (!i->key_uri)
		return err_set(
			e, ERR_CONFLICT, "ca_without_key",
			"CA %s was imported without its key: it is re-keyed where its key is, and the new certificate imported as a CA of its own",
			i->ca);
	return 0;
}

static int load_old(struct rekey *r, struct err *e)
{
	const struct env *env = r->env;
	int found = store_ca_load(env->db, env->arena, r->order->ca, &r->ca, e);

	if (found > 0)
		found = issuer_load_by_ski(env->db, env->arena, r->ca.issuer, &r->old, e);
	if (found <= 0)
		return found < 0 ? -1 : err_set(e, ERR_NOT_FOUND, "ca_not_found", "CA not found");
	r->is_root = blob_equal(r->old.row.parent, r->old.row.ski);
	if (check_old(&r->old.row, e) < 0)
		return -1;
	if (cert_is_constrained(r->old.cert))
		return err_set(
			e, ERR_REJECTED, "ca_constraints",
			"the certificate of CA %s has name or policy constraints, or extended key usages that are not known here; a new one would be without them",
			r->old.row.ca);
	return 0;
}

/* The CA above signs with its present key, whichever signed before. */
static int load_parent(struct rekey *r, struct err *e)
{
	const struct env *env = r->env;
	struct issuer_row above;
	int found = 0;

	if (r->is_root)
		return 0;
	if (r->old.row.parent.len)
		found = store_issuer_load(env->db, env->arena, r->old.row.parent, &above, e);
	if (found < 0)
		return -1;
	if (!found || !above.key_uri)
		return err_set(
			e, ERR_CONFLICT, "ca_without_key",
			"the CA above %s has its key elsewhere, and so cannot sign a new certificate here",
			r->old.row.ca);
	return ca_load_parent(env, above.ca, &r->parent, e);
}

/* A key that a token guards is not succeeded by one in a file unasked. */
static int make_key(struct rekey *r, struct err *e)
{
	const struct rekey_order *o = r->order;
	const struct key_spec *spec = o->key ? o->key : &r->old.cert->key;

	if (!o->key_uri && key_uri_is_token(r->old.row.key_uri))
		return err_set(
			e, ERR_REJECTED, "key_uri",
			"the key of CA %s is in a token: expected the URI of its new key, made there",
			r->old.row.ca);
	r->key = o->key_uri ? ca_draft_load_key(r->env, &r->draft, o->key_uri, e)
			    : key_new(r->env->arena, spec, e);
	if (!r->key)
		return -1;
	if (!o->key_uri)
		ca_draft_take_key(r->env, &r->draft, r->key);
	return 0;
}

/* What the new certificate has of the old one. */
static struct cert_spec make_spec(const struct rekey *r)
{
	const struct cert *old = r->old.cert;

	return (struct cert_spec){
		.serial = cert_make_serial(r->env->arena),
		.subject_der = old->subject_der,
		.is_ca = true,
		.path_len = old->path_len,
		.key_usage = old->key_usage | KU_CERT_SIGN | KU_CRL_SIGN,
		.ext_key_usage = old->ext_key_usage,
		.san = old->san,
	};
}

static void set_urls(const struct rekey *r, struct cert_spec *spec, struct blob signer)
{
	const char *url = r->env->conf->public.http_url;

	if (!url || !*url)
		return;
	spec->ocsp_url = arena_printf(r->env->arena, "%s/ocsp", url);
	spec->crl_url =
		arena_printf(r->env->arena, "%s/crl/%s", url, hex_write(r->env->arena, signer));
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void limit_by_parent(const struct rekey *r, struct cert_spec *spec)
{
	const struct issuer *p = &r->parent;

	spec->not_after = earlier(spec->not_after, p->row.not_after);
	if (p->cert->path_len > 0 && (spec->path_len < 0 || spec->path_len >= p->cert->path_len))
		spec->path_len = p->cert->path_len - 1;
	set_urls(r, spec, p->row.ski);
}

/* NewWithNew of a root; of another CA what the one above signs. */
static struct cert *make_cert(const struct rekey *r, struct err *e)
{
	const struct env *env = r->env;
	const struct validity same = { .type = VALIDITY_DURATION,
				       .duration = r->old.row.not_after - r->old.row.not_before };
	const struct key *signer = r->is_root ? r->key : ca_key(env, &r->parent.row, e);
	struct cert_spec spec = make_spec(r);

	if (!signer)
		return NULL;
	spec.spki = key_get_spki(env->arena, r->key);
	spec.not_before = env->now;
	spec.not_after = ca_make_end(r->order->validity ? r->order->validity : &same, env->now);
	if (!r->is_root)
		limit_by_parent(r, &spec);
	if (spec.not_after <= env->now) {
		err_set(e, ERR_REJECTED, "validity",
			"expected a validity that ends after now, got %s",
			clock_write(env->arena, spec.not_after));
		return NULL;
	}
	return cert_make(env->arena, &spec, r->is_root ? NULL : r->parent.cert, signer, e);
}

static int add_cross(struct rekey *r, struct cert_spec *spec, const struct issuer *of,
		     const struct issuer *by, const struct key *key, struct err *e)
{
	struct cross *x = &r->crosses[r->ncrosses++];

	spec->serial = cert_make_serial(r->env->arena);
	spec->spki = of->cert->spki;
	spec->ski = of->row.ski;	/* what its certificates say of their issuer */
	set_urls(r, spec, by->row.ski);
	*x = (struct cross){ cert_make(r->env->arena, spec, by->cert, key, e), of->row.ski,
			     by->row.ski };
	return x->cert ? 0 : -1;
}

/* RFC 4210 4.4.1: OldWithNew covers the old certificate's time, NewWithOld ends with it. */
static int make_pair(struct rekey *r, const struct issuer *old, struct err *e)
{
	const struct issuer *fresh = &r->draft.issuer;
	const struct key *key = ca_key(r->env, &old->row, e);
	struct cert_spec spec = make_spec(r);

	if (!key)
		return -1;
	spec.not_before = old->row.not_before;
	spec.not_after = earlier(old->row.not_after, fresh->row.not_after);
	if (add_cross(r, &spec, old, fresh, r->key, e) < 0)
		return -1;
	spec.not_before = r->env->now;
	return add_cross(r, &spec, fresh, old, key, e);
}

/* With every earlier key that still holds, not with the last one alone: a client that does not go
 * back in its search, as OpenSSL, finds no path that leads over a third key. */
static int make_crosses(struct rekey *r, struct err *e)
{
	const struct env *env = r->env;
	struct issuer *eras;
	size_t n;

	if (!r->is_root)
		return 0;
	if (issuer_load_eras(env->db, env->arena, r->ca.id, &eras, &n, e) < 0)
		return -1;
	r->crosses = arena_array(env->arena, 2 * n + 1, sizeof(*r->crosses));
	for (size_t i = 0; i < n; i++) {
		if (!eras[i].row.revoked_at && env->now < eras[i].row.not_after &&
		    make_pair(r, &eras[i], e) < 0)
			return -1;
	}
	return 0;
}

static int make_draft(struct rekey *r, struct err *e)
{
	struct cert *cert;

	if (make_key(r, e) < 0 || !(cert = make_cert(r, e)))
		return -1;
	ca_draft_fill(r->env, &r->draft, cert,
		      r->is_root ? ca_make_ski(r->env->arena, cert) : r->parent.row.ski);
	return make_crosses(r, e);
}

/* Under the write gate: what was read before still holds. */
static int check_again(const struct rekey *r, struct err *e)
{
	const struct env *env = r->env;
	struct issuer_row row;
	struct ca_row ca;
	int found = store_ca_load(env->db, env->arena, r->ca.id, &ca, e);

	if (found < 0 || store_issuer_load(env->db, env->arena, r->old.row.ski, &row, e) < 0)
		return -1;
	if (!found || !blob_equal(ca.issuer, r->old.row.ski))
		return err_set(e, ERR_CONFLICT, "ca_changed", "CA %s got another key meanwhile",
			       r->ca.id);
	if (check_old(&row, e) < 0 || (!r->is_root && ca_check_active(env, &r->parent.row, e) < 0))
		return -1;
	found = store_issuer_load(env->db, env->arena, r->draft.issuer.row.ski, &row, e);
	if (found > 0)
		err_set(e, ERR_CONFLICT, "ca_exists", "CA %s has this key already", row.ca);
	return found ? -1 : 0;
}

static int record_crosses(const struct rekey *r, struct err *e)
{
	for (size_t i = 0; i < r->ncrosses; i++) {
		const struct cross *x = &r->crosses[i];
		const struct issue_record record = {
			.cert = x->cert, .issuer = x->issuer, .kind = "cross", .version = -1
		};
		const struct cross_row row = { .ca = r->ca.id,
					       .subject = x->subject,
					       .issuer = x->issuer,
					       .serial = x->cert->serial };

		if (issue_record(r->env, &record, e) < 0 ||
		    store_cross_add(r->env->db, &row, e) < 0)
			return -1;
	}
	return 0;
}

static int add_event(const struct rekey *r, struct err *e)
{
	const struct issuer_row *i = &r->draft.issuer.row;
	struct arena *a = r->env->arena;
	struct doc *data = doc_object(a);
	const struct event v = { .type = EVENT_CA_REKEY,
				 .subject = arena_printf(a, "ca/%s", r->ca.id),
				 .data = data };

	doc_set_text(data, "id", r->ca.id);
	doc_set_text(data, "name", r->ca.name);
	doc_set_text(data, "previous_subject_key_id", hex_write(a, r->old.row.ski));
	doc_set_text(data, "subject_key_id", hex_write(a, i->ski));
	doc_set_text(data, "serial_number", hex_write(a, i->serial));
	doc_set_time(data, "valid_to", i->not_after);
	doc_set_int(data, "cross_certificates", (int64_t)r->ncrosses);
	return event_add(r->env->db, a, r->env->actor, r->env->now, &v, e);
}

static int record(struct rekey *r, struct err *e)
{
	const struct env *env = r->env;
	const struct issuer *fresh = &r->draft.issuer;
	AUTO(db_txn) *t = db_begin(env->db, DB_WRITE, e);

	if (!t || check_again(r, e) < 0 || ca_draft_save_key(env, &r->draft, e) < 0 ||
	    store_issuer_add(env->db, &fresh->row, e) < 0 ||
	    store_ca_set_issuer(env->db, r->ca.id, r->old.row.ski, fresh->row.ski, e) < 0 ||
	    ca_record_certificate(env, fresh, e) < 0 || record_crosses(r, e) < 0 ||
	    add_event(r, e) < 0 || store_meta_bump_trust(env->db, e) < 0)
		return -1;
	return store_commit(&t, e);
}

int rekey_ca(const struct env *env, const struct rekey_order *o, struct issuer *out, struct err *e)
{
	struct rekey r = { .env = env, .order = o };

	if (load_old(&r, e) < 0 || load_parent(&r, e) < 0)
		return -1;
	r.draft.ca = (struct ca_row){ .id = r.ca.id, .name = r.ca.name };
	if (make_draft(&r, e) < 0 || record(&r, e) < 0) {
		ca_draft_drop(env, &r.draft);
		return -1;
	}
	*out = r.draft.issuer;
	return 0;
}
