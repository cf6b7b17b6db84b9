/* What is allowed, and better not done: the best practices of enrollment, a row each. */
#include <string.h>

#include "base/clock.h"
#include "ca/issue.h"
#include "cli/doctor/doctor.h"
#include "store/store_cert.h"

/* Asks each DMS; the question warns, and tells whether it did. */
static int ask_each(struct doctor *d, int (*ask)(struct doctor *, const struct dms *, struct err *),
		    const char *good, struct err *e)
{
	struct dms *v;
	size_t n, bad = 0;

	if (doctor_list_dms(d, &v, &n, e))
		return -1;
	for (size_t i = 0; i < n; i++) {
		int warned = ask(d, &v[i], e);

		if (warned < 0)
			return -1;
		bad += warned > 0;
	}
	if (!bad)
		doctor_found(d, LEVEL_OK, "%s", good);
	return 0;
}

static int ask_no_auth(struct doctor *d, const struct dms *dms, struct err *e)
{
	const struct dms_settings *s = &dms->settings;
	int warned = 0;

	(void)e;
	if (s->enrollment_settings.est_rfc7030_settings.auth_mode == AUTH_NO_AUTH) {
		doctor_found(d, LEVEL_WARN, "DMS %s enrolls whoever asks (NO_AUTH)", dms->row.id);
		warned = 1;
	}
	if (s->reenrollment_settings.est_rfc7030_settings.auth_mode == AUTH_NO_AUTH) {
		doctor_found(d, LEVEL_WARN,
			     "DMS %s renews for whoever knows a device's name (NO_AUTH)",
			     dms->row.id);
		warned = 1;
	}
	return warned;
}

int check_no_auth(struct doctor *d, struct err *e)
{
	return ask_each(d, ask_no_auth, "each DMS asks who is there", e);
}

static int ask_jitp(struct doctor *d, const struct dms *dms, struct err *e)
{
	const struct dms_settings *s = &dms->settings;

	(void)e;
	if (s->enrollment_settings.registration_mode != REGISTRATION_JITP ||
	    s->enrollment_settings.est_rfc7030_settings.auth_mode != AUTH_NO_AUTH)
		return 0;
	doctor_found(d, LEVEL_WARN,
		     "DMS %s registers devices that nobody knows, and that prove nothing "
		     "(JITP with NO_AUTH): anybody makes as many as he likes",
		     dms->row.id);
	return 1;
}

int check_jitp(struct doctor *d, struct err *e)
{
	return ask_each(d, ask_jitp, "devices that register themselves are authenticated", e);
}

/* Whoever stands between us and the webhook can say yes in its place. */
static bool is_open_webhook(const struct est_settings *s)
{
	const struct webhook_settings *w = &s->external_webhook_settings;

	if (s->auth_mode != AUTH_EXTERNAL_WEBHOOK &&
	    s->auth_mode != AUTH_CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK)
		return false;
	return !w->config.validate_server_cert || (w->url && strncmp(w->url, "http://", 7) == 0);
}

static int ask_webhooks(struct doctor *d, const struct dms *dms, struct err *e)
{
	const struct dms_settings *s = &dms->settings;

	(void)e;
	if (!is_open_webhook(&s->enrollment_settings.est_rfc7030_settings) &&
	    !is_open_webhook(&s->reenrollment_settings.est_rfc7030_settings))
		return 0;
	doctor_found(d, LEVEL_WARN,
		     "DMS %s believes whoever answers in the place of its webhook (http, or "
		     "validate_server_cert false)",
		     dms->row.id);
	return 1;
}

int check_webhooks(struct doctor *d, struct err *e)
{
	return ask_each(d, ask_webhooks, "webhooks prove who they are", e);
}

static int ask_bootstrap_ca(struct doctor *d, const struct dms *dms, struct err *e)
{
	const struct dms_settings *s = &dms->settings;
	const char *ca = s->enrollment_settings.enrollment_ca;
	const struct est_settings *est = &s->enrollment_settings.est_rfc7030_settings;

	(void)e;
	if (est->auth_mode != AUTH_CLIENT_CERTIFICATE ||
	    !texts_contain(&est->client_certificate_settings.validation_cas, ca))
		return 0;
	doctor_found(d, LEVEL_WARN,
		     "DMS %s takes certificates of %s as bootstrap certificates and issues "
		     "from it: each device can enroll others",
		     dms->row.id, ca);
	return 1;
}

int check_bootstrap_ca(struct doctor *d, struct err *e)
{
	return ask_each(d, ask_bootstrap_ca, "bootstrap certificates come from CAs of their own",
			e);
}

int check_bootstrap_validity(struct doctor *d, struct err *e)
{
	enum { NEWEST = 1000 };
	const struct cert_filter bootstrap = { .kind = "bootstrap", .status = CERT_ACTIVE };
	struct cert_row *v, *worst = NULL;
	size_t n, bad = 0;

	if (store_cert_list(d->env.db, d->env.arena, &bootstrap, NULL, NEWEST, &v, &n, e))
		return -1;
	for (size_t i = 0; i < n; i++) {
		int64_t length = v[i].not_after - v[i].not_before;

		if (v[i].not_after <= d->env.now || length <= 366 * CLOCK_DAY)
			continue;
		bad++;
		if (!worst || length > worst->not_after - worst->not_before)
			worst = &v[i];
	}
	if (bad)
		doctor_found(d, LEVEL_WARN,
			     "%zu bootstrap certificates hold longer than a year, the longest, "
			     "of %s, until %s",
			     bad, worst->common_name, clock_write(d->env.arena, worst->not_after));
	else
		doctor_found(d, LEVEL_OK, "no bootstrap certificate holds longer than a year");
	return 0;
}

static int64_t validity_of(const struct profile *f, int64_t now)
{
	return f->validity.type == VALIDITY_TIME ? f->validity.time - now : f->validity.duration;
}

static int ask_validity(struct doctor *d, const struct dms *dms, struct err *e)
{
	const struct dms_settings *s = &dms->settings;
	struct arena *a = d->env.arena;
	struct profile f;
	int warned = 0;

	if (issue_profile(&d->env, s->issuance_profile_id, s->issuance_profile,
			  s->enrollment_settings.enrollment_ca, &f, e))
		return -1;
	int64_t validity = validity_of(&f, d->env.now);
	const struct {
		const char *name, *means;
		int64_t value;
	} deltas[] = {
		{ "reenrollment_delta", "a device may renew at any moment",
		  s->reenrollment_settings.reenrollment_delta },
		{ "preventive_delta", "devices are RENEWAL_PENDING from the first day",
		  s->reenrollment_settings.preventive_delta },
		{ "critical_delta", "devices are EXPIRING_SOON from the first day",
		  s->reenrollment_settings.critical_delta },
	};
	for (size_t i = 0; i < ARRAY_LEN(deltas); i++)
		if (validity <= deltas[i].value) {
			doctor_found(d, LEVEL_WARN,
				     "DMS %s: certificates hold for %s, %s is %s: %s", dms->row.id,
				     clock_write_duration(a, validity), deltas[i].name,
				     clock_write_duration(a, deltas[i].value), deltas[i].means);
			warned = 1;
		}
	if (!s->reenrollment_settings.reenrollment_delta) {
		doctor_found(d, LEVEL_WARN,
			     "DMS %s: reenrollment_delta is 0: renewal only after the end",
			     dms->row.id);
		warned = 1;
	}
	return warned;
}

int check_validity(struct doctor *d, struct err *e)
{
	return ask_each(d, ask_validity, "devices have time to renew", e);
}

static int ask_csr_signature(struct doctor *d, const struct dms *dms, struct err *e)
{
	(void)e;
	if (dms->settings.enrollment_settings.verify_csr_signature)
		return 0;
	doctor_found(d, LEVEL_WARN, "DMS %s does not verify the signature of requests",
		     dms->row.id);
	return 1;
}

static int ask_pop_linking(struct doctor *d, const struct dms *dms, struct err *e)
{
	(void)e;
	if (!dms->settings.enrollment_settings.require_pop_linking)
		return 0;
	doctor_found(d, LEVEL_WARN,
		     "DMS %s has require_pop_linking and refuses every enrollment: the web server "
		     "does not tell the TLS session",
		     dms->row.id);
	return 1;
}

int check_pop_linking(struct doctor *d, struct err *e)
{
	return ask_each(d, ask_pop_linking, "no DMS demands what no request can prove", e);
}

int check_csr_signature(struct doctor *d, struct err *e)
{
	return ask_each(d, ask_csr_signature, "each request proves to have its key", e);
}
