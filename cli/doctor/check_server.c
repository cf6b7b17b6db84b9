/* The web server, seen from outside. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/hex.h"
#include "cli/call.h"
#include "cli/doctor/probe.h"
#include "store/store_dms.h"

int check_server(struct doctor *d, struct err *e)
{
	const char *url = d->cli->conf->public.https_url;
	struct http_response r;
	struct dms *v;
	size_t n;

	if (probe_get(d, NULL, "/health", &r, e) || doctor_list_dms(d, &v, &n, e))
		return -1;
	if (r.status != 200) {
		doctor_found(d, LEVEL_FAIL, "%s/health answers %d, expected 200", url, r.status);
		return 0;
	}
	if (!n) {
		doctor_found(d, LEVEL_OK, "%s answers; there is no DMS yet", url);
		return 0;
	}
	const char *path = call_target(d->env.arena, "/.well-known/est/%s/cacerts", v[0].row.id);
	if (probe_get(d, NULL, path, &r, e))
		return -1;
	if (r.status != 200)
		doctor_found(d, LEVEL_FAIL, "%s%s answers %d, expected 200", url, path, r.status);
	else
		doctor_found(d, LEVEL_OK, "%s answers, for EST and the API", url);
	return 0;
}

/* The responder never says more than ocsp.max_age. A file of the web server's is given out with what
 * stands in the configuration of that one. */
static void find_max_age(struct doctor *d, const char *url, const struct http_response *r)
{
	int64_t ours = d->cli->conf->ocsp.max_age / CLOCK_SECOND;
	const char *said = strstr(r->caching, "max-age=");
	int64_t age = said ? strtoll(said + strlen("max-age="), NULL, 10) : 0;

	if (age > ours)
		doctor_advise(d, LEVEL_WARN,
			      "give the web server's configuration the max-age of ocsp.max_age: "
			      "so long caches go on with what was revoked",
			      "%s may be kept for %lld s, and ocsp.max_age is %lld s", url,
			      (long long)age, (long long)ours);
}

int check_plain_http(struct doctor *d, struct err *e)
{
	const char *base = d->cli->conf->public.http_url;
	struct http_response r;
	struct issuer *v;
	size_t n, i = 0;

	if (doctor_list_issuers(d, &v, &n, e))
		return -1;
	while (i < n && !v[i].row.key_uri)
		i++;
	if (i == n) {
		doctor_found(d, LEVEL_OK, "no CA signs here: nothing to ask for");
		return 0;
	}
	const struct http_request q = {
		.url = arena_printf(d->env.arena, "%s/crl/%s", base,
				    hex_write(d->env.arena, v[i].row.ski)),
	};
	if (http_send(d->env.arena, &q, &r, e))
		return -1;
	if (r.status != 200 || !r.type || strcmp(r.type, "application/pkix-crl") != 0)
		doctor_found(d, LEVEL_FAIL, "%s answers %d %s, expected 200 application/pkix-crl",
			     q.url, r.status, r.type ? r.type : "");
	else
		doctor_found(d, LEVEL_OK, "%s answers, with the CRL of CA %s", base, v[i].row.ca);
	find_max_age(d, q.url, &r);
	return 0;
}

/* What the API says of a client who is no operator tells whether it saw a certificate: 1, 0, -1. */
static int was_seen(struct doctor *d, const struct probe *p, struct err *e)
{
	struct http_response r;
	struct err why = { 0 };

	if (probe_get(d, p, "/v2/dms", &r, e))
		return -1;
	const struct doc *body =
		doc_read(d->env.arena, (const char *)r.body.data, r.body.len, &why);
	const char *code = body ? doc_find_text(body, "code") : NULL;
	if (r.status != 401 || !code)
		return err_fault(e, ERR_INTERNAL, "server",
				 "%s/v2/dms answers %d to a stranger, expected "
				 "401 and a reason",
				 d->cli->conf->public.https_url, r.status);
	return strcmp(code, "no_client_certificate") != 0;
}

static void wait_for_end(const struct cert *cert)
{
	int64_t rest = cert->not_after + 2 * CLOCK_SECOND - clock_now();
	const struct timespec ts = { rest / CLOCK_SECOND, rest % CLOCK_SECOND * 1000 };

	if (rest > 0)
		nanosleep(&ts, NULL);
}

static bool wants_expired(const struct dms *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct dms_settings *s = &v[i].settings;

		if (s->reenrollment_settings.enable_expired_renewal ||
		    s->enrollment_settings.est_rfc7030_settings.client_certificate_settings
			    .allow_expired)
			return true;
	}
	return false;
}

/* An expired certificate that is refused may show as a failed handshake as well. */
static int check_expired(struct doctor *d, const struct probe *p, struct err *e)
{
	struct err why = { 0 };
	struct dms *v;
	size_t n;

	wait_for_end(p->cert);
	int seen = was_seen(d, p, &why);
	if (seen < 0 && why.kind != ERR_BUSY) {
		*e = why;
		return -1;
	}
	if (doctor_list_dms(d, &v, &n, e))
		return -1;
	if (seen > 0)
		doctor_found(d, LEVEL_OK,
			     "the web server passes expired ones, too: responders decide");
	else if (!wants_expired(v, n))
		doctor_found(d, LEVEL_OK,
			     "the web server keeps expired ones back, and no DMS wants them");
	else
		doctor_advise(
			d, LEVEL_FAIL,
			"load the provider module client-verify.so into the web server "
			"(tls/), or set enable_expired_renewal and allow_expired to false",
			"the web server keeps expired certificates back, but a DMS lets them renew");
	return 0;
}

int check_client_certificates(struct doctor *d, struct err *e)
{
	enum { SECONDS = 4 };
	const char *ca;
	struct probe p;
	int found = probe_find_ca(d, NULL, &ca, e);

	if (found < 0)
		return -1;
	if (!found) {
		doctor_found(d, LEVEL_OK,
			     "not tried: no CA that the web server trusts has its key here");
		return 0;
	}
	/* Without one first: else nothing is learnt, and no certificate is made for it. */
	int seen = was_seen(d, NULL, e);
	if (seen < 0)
		return -1;
	if (seen)
		return err_fault(e, ERR_INTERNAL, "server",
				 "the API sees a client certificate where none was sent");
	if (probe_make(d, ca, "shedu-doctor", SECONDS, &p, e))
		return -1;
	seen = was_seen(d, &p, e);
	if (seen < 0)
		return -1;
	if (!seen) {
		doctor_found(d, LEVEL_FAIL, "a certificate of CA %s does not reach the responders",
			     ca);
		return 0;
	}
	doctor_found(d, LEVEL_OK, "certificates of CA %s reach the responders", ca);
	return check_expired(d, &p, e);
}
