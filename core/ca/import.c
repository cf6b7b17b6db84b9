#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/text.h"
#include "ca/ca.h"
#include "fleet/event.h"
#include "pki/name.h"

/* RFC 5280 4.2.1.9, 4.2.1.3, and keys that nothing here may rest on. */
static int check_ca_cert(const struct cert *c, struct err *e)
{
	struct key_spec spec;

	if (!c->is_ca)
		return err_set(
			e, ERR_REJECTED, "not_a_ca",
			"expected a CA certificate (basicConstraints CA:TRUE, RFC 5280 4.2.1.9), got one of an end entity");
	if (c->key_usage && !(c->key_usage & KU_CERT_SIGN))
		return err_set(
			e, ERR_REJECTED, "not_a_ca",
			"expected key usage keyCertSign (RFC 5280 4.2.1.3), got a CA certificate without");
	if (c->self_issued && cert_check_signed_by(c, c, e) < 0)
		return err_in(e, "self-signed certificate");
	return key_check_spki(c->spki, &spec, e);
}

/* Is p the CA that signed c? RFC 5280 6.1.3, and 4.2.1.1 where both name keys. */
static bool is_parent(const struct cert *c, const struct cert *p)
{
	struct err ignored = { 0 };

	if (c->aki.len && p->ski.len && !blob_equal(c->aki, p->ski))
		return false;
	return p->is_ca && name_equal(c->issuer_der, p->subject_der) &&
	       cert_check_signed_by(c, p, &ignored) == 0;
}

/* The SKI of the known issuer that signed c; empty when there is none. One that is revoked or on hold
 * counts: what befell it, or will, befalls c too. Where one key has two certificates and c does not
 * say which it means, the one that holds comes first. */
static int find_known_parent(const struct env *env, const struct cert *c, struct blob *ski,
			     struct err *e)
{
	struct issuer *known;
	size_t n;

	*ski = blob_of(NULL, 0);
	if (issuer_load_all(env->db, env->arena, &known, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!is_parent(c, known[i].cert))
			continue;
		*ski = known[i].row.ski;
		if (!known[i].row.revoked_at)
			break;
	}
	return 0;
}

struct import {
	struct cert **certs;	/* the CA, then what came with it */
	size_t n;
	struct ca_draft *drafts;	/* the CA, then its unknown parents, nearest first */
	size_t ndrafts;
};

/* Where the chain brings CAs that are not known here, each becomes a CA without key, "ID.1" the
 * nearest: paths that end at them can then be completed, and cacerts be whole. */
static void add_parent(const struct env *env, struct import *m, struct cert *cert)
{
	struct arena *a = env->arena;
	struct ca_draft *d = &m->drafts[m->ndrafts];

	*d = (struct ca_draft){ .ca = { .metadata = "{}" } };
	d->ca.id = arena_printf(a, "%s.%zu", m->drafts[0].ca.id, m->ndrafts);
	d->ca.name = cert->subject.common_name ? cert->subject.common_name : d->ca.id;
	ca_draft_fill(env, d, cert, blob_of(NULL, 0));
	m->ndrafts++;
}

static struct cert *find_given_parent(const struct import *m, const struct cert *c)
{
	for (size_t i = 1; i < m->n; i++) {
		if (is_parent(c, m->certs[i]))
			return m->certs[i];
	}
	return NULL;
}

/* In the write transaction: links each draft to its parent, and drafts the parents that only the
 * chain knows. */
static int link_parents(const struct env *env, struct import *m, struct err *e)
{
	for (size_t i = 0; i < m->ndrafts; i++) {
		struct issuer *child = &m->drafts[i].issuer;
		struct cert *given;

		if (child->cert->self_issued) {
			child->row.parent = child->row.ski;
			return 0;
		}
		if (find_known_parent(env, child->cert, &child->row.parent, e) < 0)
			return -1;
		if (child->row.parent.len)
			return 0;
		given = find_given_parent(m, child->cert);
		if (!given || m->ndrafts > m->n)
			return 0;
		if (check_ca_cert(given, e) < 0)
			return err_in(e, "chain");
		child->row.parent = ca_make_ski(env->arena, given);
		add_parent(env, m, given);
	}
	return 0;
}

static int take_key(const struct env *env, const struct ca_import_order *o, struct ca_draft *d,
		    const struct cert *cert, struct err *e)
{
	const struct key *key;

	if (o->private_key && o->key_uri)
		return err_set(e, ERR_REJECTED, "key",
			       "expected a private key or a key URI, got both");
	if (!o->private_key && !o->key_uri)
		return 0;
	if (o->private_key)
		key = key_read_pem(env->arena, blob_of(o->private_key, strlen(o->private_key)), e);
	else
		key = ca_draft_load_key(env, d, o->key_uri, e);
	if (!key)
		return -1;
	if (key_check_pair(key, cert->spki, e) < 0) {
		err_clear(e);
		return err_set(e, ERR_REJECTED, "key_mismatch",
			       "expected the private key of the certificate, got another key");
	}
	if (!o->key_uri)
		ca_draft_take_key(env, d, key);
	return 0;
}

static int see_child(void *child, const struct issuer_row *row, struct err *e)
{
	(void)e;
	return blob_equal(row->ski, ((const struct issuer_row *)child)->ski);
}

/* A CA that was imported before its parent gets to know it now. Not where it stands above that one: of
 * two that certified each other, the chain ends at the one that was here first. */
static int adopt(const struct env *env, const struct issuer *parent, struct err *e)
{
	struct issuer_row *v;
	size_t n;

	if (store_issuer_list(env->db, env->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct issuer child = { .row = v[i] };
		int above;

		if (v[i].parent.len)
			continue;
		child.cert = cert_read(env->arena, v[i].der, e);
		if (!child.cert)
			return -1;
		if (!is_parent(child.cert, parent->cert))
			continue;
		above = issuer_walk(env->db, env->arena, parent->row.ski, see_child, &v[i], e);
		if (above < 0)
			return -1;
		if (above)
			continue;
		child.row.parent = parent->row.ski;
		if (store_issuer_set_parent(env->db, child.row.ski, parent->row.ski, e) < 0 ||
		    ca_record_certificate(env, &child, e) < 0)
			return -1;
	}
	return 0;
}

/* Parents first: a row names its issuer's. */
static int record_import(const struct env *env, struct import *m, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_WRITE, e);

	if (!t || ca_check_free(env, &m->drafts[0], e) < 0 || link_parents(env, m, e) < 0 ||
	    ca_draft_save_key(env, &m->drafts[0], e) < 0)
		return -1;
	for (size_t i = m->ndrafts; i-- > 0;) {
		if (i > 0 && ca_check_free(env, &m->drafts[i], e) < 0)
			return err_in(e, "chain");
		if (ca_record(env, &m->drafts[i], EVENT_CA_IMPORT, e) < 0 ||
		    adopt(env, &m->drafts[i].issuer, e) < 0)
			return -1;
	}
	return store_commit(&t, e);
}

int ca_import(const struct env *env, const struct ca_import_order *o, struct issuer *out,
	      struct err *e)
{
	struct import m = { 0 };
	struct ca_draft *d;
	struct cert *cert;

	if (text_check_id("CA", o->id ? o->id : "", e) < 0 ||
	    cert_read_pem_list(env->arena, o->certificate, strlen(o->certificate), &m.certs, &m.n,
			       e) < 0)
		return -1;
	if (!m.n)
		return err_set(e, ERR_MALFORMED, "certificate",
			       "expected a PEM certificate, got none");
	cert = m.certs[0];
	m.drafts = arena_array(env->arena, m.n + 1, sizeof(*m.drafts));
	m.ndrafts = 1;
	d = &m.drafts[0];
	d->ca = (struct ca_row){ .id = o->id,
				 .profile = o->profile,
				 .metadata = o->metadata ? o->metadata : "{}" };
	d->ca.name = cert->subject.common_name ? cert->subject.common_name : o->id;
	d->ca.issuer = ca_make_ski(env->arena, cert);
	if (check_ca_cert(cert, e) < 0 || ca_check_free(env, d, e) < 0)
		return -1;
	if (take_key(env, o, d, cert, e) == 0) {
		ca_draft_fill(env, d, cert, blob_of(NULL, 0));
		if (record_import(env, &m, e) == 0) {
			*out = d->issuer;
			return 0;
		}
	}
	ca_draft_drop(env, d);
	return -1;
}
