#include "data/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

/* Least RSA modulus that is accepted anywhere (NIST SP 800-131A). */
enum { LEAST_RSA = 2048, MOST_RSA = 8192 };

__attribute__((format(printf, 4, 5))) static void add(struct problems *p, const char *prefix,
						      const char *member, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	problems_add(p, arena_printf(p->arena, "%s/%s", prefix, member), "%s", text);
}

static bool is_curve(int64_t bits)
{
	return bits == 256 || bits == 384 || bits == 521;
}

void key_spec_check(const struct key_spec *k, const char *prefix, struct problems *p)
{
	switch ((enum key_type)k->type) {
	case KEY_RSA:
		if (k->bits < LEAST_RSA || k->bits > MOST_RSA)
			add(p, prefix, "bits", "expected %d to %d for RSA; got %lld", LEAST_RSA,
			    MOST_RSA, (long long)k->bits);
		break;
	case KEY_ECDSA:
		if (!is_curve(k->bits))
			add(p, prefix, "bits", "expected 256, 384 or 521 for ECDSA; got %lld",
			    (long long)k->bits);
		break;
	case KEY_ED25519:
		break;
	case KEY_DSA:
	case KEY_UNKNOWN:
		add(p, prefix, "type", "expected RSA, ECDSA or Ed25519: DSA keys are not made");
		break;
	}
}

static void check_validity(const struct profile *f, const char *prefix, struct problems *p)
{
	switch ((enum validity_type)f->validity.type) {
	case VALIDITY_DURATION:
		if (f->validity.duration < CLOCK_SECOND)
			add(p, prefix, "validity/duration", "expected at least 1s; got %s",
			    clock_write_duration(p->arena, f->validity.duration));
		break;
	case VALIDITY_TIME:
		if (f->validity.time == 0)
			add(p, prefix, "validity/time", "required when type is Time");
		break;
	}
}

static void check_sizes(const struct profile *f, const char *prefix, struct problems *p)
{
	const struct ints *rsa = &f->crypto_enforcement.allowed_rsa_key_sizes;
	const struct ints *ecdsa = &f->crypto_enforcement.allowed_ecdsa_key_sizes;

	for (size_t i = 0; i < rsa->n; i++) {
		if (rsa->v[i] < LEAST_RSA)
			add(p, prefix, "crypto_enforcement/allowed_rsa_key_sizes",
			    "expected at least %d: shorter keys are never accepted; got %lld",
			    LEAST_RSA, (long long)rsa->v[i]);
	}
	for (size_t i = 0; i < ecdsa->n; i++) {
		if (!is_curve(ecdsa->v[i]))
			add(p, prefix, "crypto_enforcement/allowed_ecdsa_key_sizes",
			    "expected 256, 384 or 521: other curves are never accepted; got %lld",
			    (long long)ecdsa->v[i]);
	}
}

void profile_check(const struct profile *f, const char *prefix, struct problems *p)
{
	check_validity(f, prefix, p);
	check_sizes(f, prefix, p);
	if (f->key_usage & KU_CERT_SIGN && !f->sign_as_ca)
		add(p, prefix, "key_usage",
		    "CertSign is for CAs only (RFC 5280 4.2.1.3); sign_as_ca is false");
}

static bool uses_certificate(const struct est_settings *s)
{
	return s->auth_mode == AUTH_CLIENT_CERTIFICATE ||
	       s->auth_mode == AUTH_CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK;
}

static bool uses_webhook(const struct est_settings *s)
{
	return s->auth_mode == AUTH_EXTERNAL_WEBHOOK ||
	       s->auth_mode == AUTH_CLIENT_CERTIFICATE_AND_EXTERNAL_WEBHOOK;
}

/* What the mode needs of its credentials; the pointer is below external_webhook_settings/config. */
static void check_webhook(const struct webhook_settings *w, const char *prefix, struct problems *p)
{
	const struct {
		int mode;
		const char *member, *value;
	} needs[] = {
		{ WEBHOOK_APIKEY, "apikey/key", w->config.apikey.key },
		{ WEBHOOK_APIKEY, "apikey/header", w->config.apikey.header },
		{ WEBHOOK_JWT, "oidc/client_id", w->config.oidc.client_id },
		{ WEBHOOK_JWT, "oidc/client_secret", w->config.oidc.client_secret },
		{ WEBHOOK_JWT, "oidc/well_known", w->config.oidc.well_known },
		{ WEBHOOK_MTLS, "mtls/cert", w->config.mtls.cert },
		{ WEBHOOK_MTLS, "mtls/key", w->config.mtls.key },
	};
	const char *config = arena_printf(p->arena, "%s/config", prefix);

	if (!w->url)
		add(p, prefix, "url", "required by this auth_mode");
	for (size_t i = 0; i < ARRAY_LEN(needs); i++) {
		if (needs[i].mode == w->config.auth_mode && !needs[i].value)
			add(p, config, needs[i].member, "required by the webhook's auth_mode %s",
			    token_name(webhook_auth_modes, w->config.auth_mode));
	}
}

static void check_est(const struct est_settings *s, const char *prefix, struct problems *p)
{
	const struct jwt_settings *jwt = &s->jwt_settings;

	if (uses_webhook(s))
		check_webhook(&s->external_webhook_settings,
			      arena_printf(p->arena, "%s/external_webhook_settings", prefix), p);
	if (s->auth_mode != AUTH_JWT)
		return;
	if (!jwt->jwks && !jwt->jwks_url)
		add(p, prefix, "jwt_settings", "auth_mode JWT needs jwks or jwks_url");
	if (jwt->jwks && doc_kind(doc_find(jwt->jwks, "keys")) != DOC_ARRAY)
		add(p, prefix, "jwt_settings/jwks",
		    "expected a key set with a list \"keys\" (RFC 7517 5)");
	if (jwt->jwks_url && strncmp(jwt->jwks_url, "https://", 8) != 0)
		add(p, prefix, "jwt_settings/jwks_url",
		    "expected https://: whoever can change the keys can enroll; got \"%.80s\"",
		    jwt->jwks_url);
}

/* The status of a device goes from the widest window to the narrowest. */
static void check_deltas(const struct dms_settings *s, const char *prefix, struct problems *p)
{
	struct arena *a = p->arena;
	int64_t renew = s->reenrollment_settings.reenrollment_delta;
	int64_t preventive = s->reenrollment_settings.preventive_delta;
	int64_t critical = s->reenrollment_settings.critical_delta;

	if (critical > preventive)
		add(p, prefix, "critical_delta", "expected at most preventive_delta (%s); got %s",
		    clock_write_duration(a, preventive), clock_write_duration(a, critical));
	if (preventive > renew)
		add(p, prefix, "preventive_delta",
		    "expected at most reenrollment_delta (%s); got %s",
		    clock_write_duration(a, renew), clock_write_duration(a, preventive));
}

bool profile_is_for_devices(const struct profile *f)
{
	return !f->sign_as_ca &&
	       !(f->extended_key_usages & (EKU_ANY | EKU_OCSP_SIGNING | EKU_CMC_RA | EKU_CM_KGA));
}

/* Each enrollment reads them. */
static void check_size(const struct dms_settings *s, const char *prefix, struct problems *p)
{
	struct arena *a = p->arena;
	size_t n = strlen(doc_write(a, fields_write(a, dms_settings_fields, s, FIELDS_SECRETS)));

	if (n > SETTINGS_MAX)
		problems_add(p, prefix, "expected at most %d octets of JSON; got %zu", SETTINGS_MAX,
			     n);
}

void settings_check(const struct dms_settings *s, const char *prefix, struct problems *p)
{
	struct arena *a = p->arena;
	const struct est_settings *enroll = &s->enrollment_settings.est_rfc7030_settings;
	const struct est_settings *renew = &s->reenrollment_settings.est_rfc7030_settings;
	const char *first = arena_printf(a, "%s/enrollment_settings/est_rfc7030_settings", prefix);
	const char *profile = arena_printf(a, "%s/issuance_profile", prefix);

	check_size(s, prefix, p);
	if (s->server_keygen_settings.enabled)
		key_spec_check(&s->server_keygen_settings.key,
			       arena_printf(a, "%s/server_keygen_settings/key", prefix), p);
	check_est(enroll, first, p);
	/* A renewal presents the device's own certificate, which needs no further CA. */
	if (uses_certificate(enroll) && enroll->client_certificate_settings.validation_cas.n == 0)
		add(p, first, "client_certificate_settings/validation_cas",
		    "expected at least one CA: without one no certificate can be accepted");
	check_est(renew, arena_printf(a, "%s/reenrollment_settings/est_rfc7030_settings", prefix),
		  p);
	check_deltas(s, arena_printf(a, "%s/reenrollment_settings", prefix), p);
	if (!s->issuance_profile)
		return;
	profile_check(s->issuance_profile, profile, p);
	if (!profile_is_for_devices(s->issuance_profile))
		problems_add(p, profile, PROFILE_FOR_DEVICES);
}
