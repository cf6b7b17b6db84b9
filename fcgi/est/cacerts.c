/* cacerts (RFC 7030 4.1): what a device needs to trust and to build paths. No authentication. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/text.h"
#include "fcgi/est/est.h"
#include "fleet/issuer.h"
#include "store/store_cert.h"

struct chain {
	struct blob *v;		/* DER, each once */
	size_t n, cap;
};

static void add(struct arena *a, struct chain *out, struct blob der)
{
	size_t i;

	for (i = 0; i < out->n; i++)
		if (blob_equal(out->v[i], der))
			return;
	if (out->n == out->cap) {
		struct blob *v = arena_array(a, out->cap * 2 + 8, sizeof(*v));

		if (out->n)
			memcpy(v, out->v, out->n * sizeof(*v));
		out->v = v;
		out->cap = out->cap * 2 + 8;
	}
	out->v[out->n++] = der;
}

/* CAs whose certificates have gone in; those that are met in their chains follow. */
struct cas {
	const char **v;
	size_t n, cap;
};

static void note_ca(struct arena *a, struct cas *cas, const char *id)
{
	for (size_t i = 0; i < cas->n; i++)
		if (strcmp(cas->v[i], id) == 0)
			return;
	if (cas->n == cas->cap) {
		const char **v = arena_array(a, cas->cap * 2 + 8, sizeof(*v));

		if (cas->n)
			memcpy(v, cas->v, cas->n * sizeof(*v));
		cas->v = v;
		cas->cap = cas->cap * 2 + 8;
	}
	cas->v[cas->n++] = id;
}

/* What is sent. The bridges stand before the first self-signed certificate: OpenSSL takes the first
 * that fits for each next step, and a self-signed one that is not trusted ends its path. */
struct set {
	struct chain certs, bridges;
	size_t before_roots;		/* certs before the first self-signed one */
	bool has_root;
	struct cas met;
};

static void add_cert(struct arena *a, struct set *out, const struct cert *cert)
{
	if (cert->self_issued && !out->has_root) {
		out->before_roots = out->certs.n;
		out->has_root = true;
	}
	add(a, &out->certs, cert->der);
}

static bool is_revoked(const struct issuer *eras, size_t n, struct blob ski)
{
	for (size_t i = 0; i < n; i++)
		if (blob_equal(eras[i].row.ski, ski))
			return eras[i].row.revoked_at != 0;
	return true;
}

/* What bridges the keys of a root: OldWithNew and NewWithOld (RFC 7030 4.1.3). Those of the newest
 * signer first: it is bridged to all others, so that whoever does not go back finds a way too. */
static int add_bridges(struct ctx *c, const char *ca, const struct issuer *eras, size_t neras,
		       struct set *out, struct err *e)
{
	int64_t now = clock_now();
	struct cross_row *v;
	size_t n;

	if (store_cross_list_by_ca(c->db, c->arena, ca, &v, &n, e) < 0)
		return -1;
	for (size_t k = 0; k < neras; k++) {
		for (size_t i = 0; i < n && !eras[k].row.revoked_at; i++) {
			if (blob_equal(v[i].issuer, eras[k].row.ski) &&
			    v[i].status == CERT_ACTIVE && now < v[i].not_after &&
			    !is_revoked(eras, neras, v[i].subject))
				add(c->arena, &out->bridges, v[i].der);
		}
	}
	return 0;
}

/* The certificate and those above it, up to the self-signed root. */
static int add_chain(struct ctx *c, struct blob ski, struct set *out, struct err *e)
{
	struct issuer *v;
	size_t n;

	if (issuer_load_chain(c->db, c->arena, ski, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		add_cert(c->arena, out, v[i].cert);
		note_ca(c->arena, &out->met, v[i].row.ca);
	}
	return 0;
}

/* All keys of a CA that still hold, the present one first, and what bridges them: a device that
 * knows one of them builds a path to what any other signed. */
static int add_eras(struct ctx *c, const char *ca, struct set *out, struct err *e)
{
	int64_t now = clock_now();
	struct issuer *eras;
	size_t n;

	if (issuer_load_eras(c->db, c->arena, ca, &eras, &n, e) < 0)
		return -1;
	if (n < 2)
		return 0;	/* its only one has come with the chain */
	for (size_t i = 0; i < n; i++) {
		if (!eras[i].row.revoked_at && now < eras[i].row.not_after &&
		    add_chain(c, eras[i].row.ski, out, e) < 0)
			return -1;
	}
	return add_bridges(c, ca, eras, n, out, e);
}

/* What the re-keys of the CAs met so far, and of those above them, left. */
static int add_met(struct ctx *c, struct set *out, struct err *e)
{
	for (size_t i = 0; i < out->met.n; i++)
		if (add_eras(c, out->met.v[i], out, e) < 0)
			return -1;
	return 0;
}

static int add_ca(struct ctx *c, const char *id, struct set *out, struct err *e)
{
	struct ca_row ca;
	int rc = store_ca_load(c->db, c->arena, id, &ca, e);

	if (rc <= 0)
		return rc < 0 ? -1 : err_fault(e, ERR_BUSY, "ca_missing", "CA %s is not there", id);
	return add_chain(c, ca.issuer, out, e);
}

/* It may be one of ours that was re-keyed since the file was written. */
static int add_system_cert(struct ctx *c, const struct cert *cert, struct set *out, struct err *e)
{
	struct issuer_row row;
	int found = store_issuer_load_by_cert(c->db, c->arena, blob_of(cert->sha256, SHA256_LEN),
					      &row, e);

	add_cert(c->arena, out, cert);
	if (found > 0)
		note_ca(c->arena, &out->met, row.ca);
	return found < 0 ? -1 : 0;
}

/* The root of the server's own TLS chain (est.system_ca). */
static int add_system_ca(struct ctx *c, struct set *out, struct err *e)
{
	const char *path = c->conf->est.system_ca;
	struct cert **v;
	char buf[64 * 1024];
	size_t n, i;
	FILE *f;

	if (!path)
		return err_fault(e, ERR_BUSY, "system_ca",
				 "include_system_ca is set, and est.system_ca is not");
	f = fopen(path, "re");
	if (!f)
		return err_fault(e, ERR_BUSY, "system_ca", "%s: %m", path);
	n = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	if (cert_read_pem_list(c->arena, buf, n, &v, &n, e) < 0)
		return err_fault(e, ERR_BUSY, "system_ca", "%s holds no certificate", path);
	for (i = 0; i < n; i++)
		if (add_system_cert(c, v[i], out, e) < 0)
			return -1;
	return 0;
}

static int collect(struct ctx *c, const struct dms_settings *s, struct set *out, struct err *e)
{
	size_t i;

	if (s->ca_distribution_settings.include_system_ca && add_system_ca(c, out, e) < 0)
		return -1;
	for (i = 0; i < s->ca_distribution_settings.managed_cas.n; i++)
		if (add_ca(c, s->ca_distribution_settings.managed_cas.v[i], out, e) < 0)
			return -1;
	if (s->ca_distribution_settings.include_enrollment_ca)
		return add_ca(c, s->enrollment_settings.enrollment_ca, out, e);
	return 0;
}

/* Of what is sent and of all that decides on its form. A re-key changes it. */
static const char *make_tag(struct ctx *c, const struct chain *chain)
{
	struct arena *a = c->arena;
	struct text t;

	text_init(&t, a);
	text_addf(&t, "%s\n%s\n", c->req->accept ? c->req->accept : "",
		  c->req->user_agent ? c->req->user_agent : "");
	for (size_t i = 0; i < chain->n; i++)
		text_add(&t, hex_write(a, digest_make_sha256(a, chain->v[i])));
	return arena_printf(a, "\"%s\"", hex_write(a, digest_make_sha256(a, blob_of(t.s, t.len))));
}

static struct answer *send(struct ctx *c, const struct chain *chain)
{
	const char *tag = make_tag(c, chain);

	/* It may be kept, and is asked for each time: after a re-key or a revocation at once. */
	resp_header(c, "Cache-Control", "no-cache");
	resp_header(c, "ETag", "%s", tag);
	if (req_has_tag(c->req, tag))
		return resp_empty(c, 304);
	return est_send_certs(c, "application/pkcs7-mime", chain->v, chain->n);
}

static int find_certs(struct ctx *c, struct set *out, struct err *e)
{
	AUTO(db_txn) *t = db_begin(c->db, DB_READ, e);	/* not one half before a re-key */
	struct ca_row ca;
	struct dms dms;
	int rc = t ? label_find_distribution(c, &dms, &ca, e) : -1;

	if (rc < 0 || (rc > 0 ? collect(c, &dms.settings, out, e) : add_ca(c, ca.id, out, e)) < 0)
		return -1;
	return add_met(c, out, e);
}

struct answer *est_cacerts(struct ctx *c)
{
	struct chain all = { 0 };
	struct set set = { 0 };
	size_t i;

	if (find_certs(c, &set, c->err) < 0)
		return resp_problem(c);
	for (i = 0; i < set.before_roots; i++)
		add(c->arena, &all, set.certs.v[i]);
	for (i = 0; i < set.bridges.n; i++)
		add(c->arena, &all, set.bridges.v[i]);
	for (i = set.before_roots; i < set.certs.n; i++)
		add(c->arena, &all, set.certs.v[i]);
	return send(c, &all);
}
