/* cacerts (RFC 7030 4.1): what a device needs to trust and to build paths. No authentication. */
#include <stdio.h>
#include <string.h>

#include "fcgi/est/est.h"
#include "fleet/issuer.h"

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

/* The CA's certificate and those above it, up to the self-signed root. */
static int add_ca(struct ctx *c, const char *id, struct chain *out, struct err *e)
{
	struct issuer ca, *v;
	size_t n, i;
	int rc = issuer_load(c->db, c->arena, id, &ca, e);

	if (rc <= 0)
		return rc < 0 ? -1 : err_fault(e, ERR_BUSY, "ca_missing", "CA %s is not there", id);
	if (issuer_load_chain(c->db, c->arena, ca.row.ski, &v, &n, e) < 0)
		return -1;
	for (i = 0; i < n; i++)
		add(c->arena, out, v[i].cert->der);
	return 0;
}

/* The root of the server's own TLS chain (est.system_ca). */
static int add_system_ca(struct ctx *c, struct chain *out, struct err *e)
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
		add(c->arena, out, v[i]->der);
	return 0;
}

static int collect(struct ctx *c, const struct dms_settings *s, struct chain *out, struct err *e)
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

struct answer *est_cacerts(struct ctx *c)
{
	struct chain chain = { 0 };
	struct ca_row ca;
	struct dms dms;
	int rc = label_find_distribution(c, &dms, &ca, c->err);

	if (rc > 0)
		rc = collect(c, &dms.settings, &chain, c->err);
	else if (rc == 0)
		rc = add_ca(c, ca.id, &chain, c->err);
	if (rc < 0)
		return resp_problem(c);
	return est_send_certs(c, "application/pkcs7-mime", chain.v, chain.n);
}
