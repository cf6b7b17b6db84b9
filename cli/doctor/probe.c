#include "cli/doctor/probe.h"

#include <string.h>
#include <unistd.h>

#include "auth/who.h"
#include "base/clock.h"
#include "ca/issue.h"
#include "cli/file.h"
#include "pki/csr.h"
#include "pki/name.h"

/* Whatever may have issued the web server's certificate, as PEM. */
static int read_anchors(struct doctor *d, struct blob *out, struct err *e)
{
	const char *system_ca = d->cli->conf->est.system_ca;
	struct issuer *v;
	struct blob file;
	struct text t;
	size_t n;

	text_init(&t, d->env.arena);
	if (system_ca) {
		if (file_read(d->env.arena, system_ca, &file, e))
			return -1;
		text_add_mem(&t, file.data, file.len);
		text_add(&t, "\n");
	}
	if (doctor_list_issuers(d, &v, &n, e))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (v[i].cert->self_issued)
			text_add(&t, cert_write_pem(d->env.arena, v[i].cert->der));
	*out = blob_of(t.s, t.len);
	return 0;
}

int probe_send(struct doctor *d, const struct probe *p, const struct http_request *r,
	       struct http_response *out, struct err *e)
{
	struct http_request mine = *r;

	if (p) {
		mine.cert = p->cert_pem;
		mine.key = p->key_pem;
	}
	if (read_anchors(d, &mine.ca, e))
		return -1;
	if (!http_send(d->env.arena, &mine, out, e))
		return 0;
	if (strcmp(e->code, "http_tls") != 0)
		return -1;
	err_clear(e);
	mine.ca = (struct blob){ 0 };
	return http_send(d->env.arena, &mine, out, e);
}

int probe_get(struct doctor *d, const struct probe *p, const char *path, struct http_response *out,
	      struct err *e)
{
	const struct http_request r = {
		.url = arena_printf(d->env.arena, "%s%s", d->cli->conf->public.https_url, path),
	};

	return probe_send(d, p, &r, out, e);
}

static int can_sign(struct doctor *d, const char *ca, struct err *e)
{
	struct issuer i;
	int found = issuer_load(d->env.db, d->env.arena, ca, &i, e);

	if (found <= 0)
		return found;
	return i.row.key_uri && !i.row.revoked_at && i.row.not_after > d->env.now + CLOCK_HOUR;
}

static int find_of_dms(struct doctor *d, const struct dms *dms, const char **ca, struct err *e)
{
	const struct texts *v = &dms->settings.enrollment_settings.est_rfc7030_settings
					 .client_certificate_settings.validation_cas;

	for (size_t i = 0; i < v->n; i++) {
		int can = can_sign(d, v->v[i], e);

		*ca = v->v[i];
		if (can)
			return can;
	}
	return 0;
}

int probe_find_ca(struct doctor *d, const struct dms *dms, const char **ca, struct err *e)
{
	struct dms *v;
	size_t n;

	if (dms)
		return find_of_dms(d, dms, ca, e);
	if (doctor_list_dms(d, &v, &n, e))
		return -1;
	for (size_t i = 0; i < n; i++) {
		int found = find_of_dms(d, &v[i], ca, e);

		if (found)
			return found;
	}
	*ca = OPERATORS_CA;
	return can_sign(d, *ca, e);
}

int probe_make_csr(struct doctor *d, const char *cn, const struct key **key, const struct csr **csr,
		   struct err *e)
{
	const struct key_spec spec = { .type = KEY_ECDSA, .bits = 256 };
	const struct subject subject = { .common_name = cn };
	struct arena *a = d->env.arena;
	struct blob name, der;

	*key = key_new(a, &spec, e);
	if (!*key || name_make(a, &subject, &name, e) ||
	    csr_make(a, name, (struct blob){ 0 }, *key, &der, e))
		return -1;
	*csr = csr_read(a, der, e);
	return *csr ? 0 : -1;
}

int probe_make(struct doctor *d, const char *ca, const char *cn, int seconds, struct probe *p,
	       struct err *e)
{
	struct profile f = *issue_kind_profile("bootstrap");
	const struct key *key;
	const struct csr *csr;
	struct blob pem;
	struct cert *cert;

	f.validity.duration = seconds * CLOCK_SECOND;
	d->env.now = clock_now();
	if (probe_make_csr(d, cn, &key, &csr, e) ||
	    issue_certificate(&d->env, ca, &f, "other", csr, &cert, e))
		return -1;
	pem = key_write_pem(d->env.arena, key, e);
	if (!pem.data)
		return -1;
	*p = (struct probe){
		.cert = cert,
		.cert_pem = cert_write_pem(d->env.arena, cert->der),
		.key_pem = arena_strndup(d->env.arena, (const char *)pem.data, pem.len),
	};
	return 0;
}
