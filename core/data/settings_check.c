#include "data/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "data/jwks.h"

/* Least RSA modulus that is accepted anywhere (NIST SP 800-131A), and the longest that is made. */
enum { LEAST_RSA = 2048, MOST_RSA = 4096 };

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
		if (k->bits < LEAST_RSA || k->bits > MOST_RSA || k->bits % 8)
			add(p, prefix, "bits",
			    "expected %d to %d, a multiple of 8, for RSA; got %lld", LEAST_RSA,
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

/*
 * What a request may never decide: what RFC 5280 makes the CA's word (identifiers, usages,
 * constraints, policies, where status is found), what speaks for a CA or for another, and what the
 * profile has its own members for.
 */
static const struct {
	const char *arc, *except;
} never_copied[] = {
	{ "2.5.29", NULL },			/* id-ce */
	{ "1.3.6.1.5.5.7.1", "1.3.6.1.5.5.7.1.24" },	/* id-pe, but TLS feature (RFC 7633) */
	{ "1.3.6.1.5.5.7.48.1", NULL },		/* OCSP: nocheck */
	{ "2.16.840.1.113730.1", NULL },	/* Netscape: certificate type */
	{ "1.3.6.1.4.1.11129.2.4", NULL },	/* certificate transparency */
	{ "1.3.6.1.4.1.311", NULL },		/* Microsoft: template, security identifier */
};

static bool is_below(const char *oid, const char *arc)
{
	size_t n = strlen(arc);

	return strncmp(oid, arc, n) == 0 && (oid[n] == '\0' || oid[n] == '.');
}

static bool is_never_copied(const char *oid)
{
	for (size_t i = 0; i < ARRAY_LEN(never_copied); i++) {
		if (is_below(oid, never_copied[i].arc) &&
		    !(never_copied[i].except && strcmp(oid, never_copied[i].except) == 0))
			return true;
	}
	return false;
}

enum { MOST_EXTENSIONS = 16 };

static void check_extensions(const struct profile *f, const char *prefix, struct problems *p)
{
	const struct texts *allowed = &f->allowed_extensions, *required = &f->required_extensions;

	for (size_t i = 0; i < allowed->n; i++) {
		if (is_never_copied(allowed->v[i]))
			add(p, prefix, "allowed_extensions",
			    "%s is for the CA to say, never for a request (RFC 5280 4.2)",
			    allowed->v[i]);
	}
	if (allowed->n > MOST_EXTENSIONS)
		add(p, prefix, "allowed_extensions", "expected at most %d", MOST_EXTENSIONS);
	if (required->n > MOST_EXTENSIONS)
		add(p, prefix, "required_extensions", "expected at most %d", MOST_EXTENSIONS);
	if (f->san_policy == SAN_REFUSE && texts_contain(required, "2.5.29.17"))
		add(p, prefix, "required_extensions",
		    "requires a subjectAltName, and san_policy refuses it");
}

void profile_check(const struct profile *f, const char *prefix, struct problems *p)
{
	check_validity(f, prefix, p);
	check_sizes(f, prefix, p);
	check_extensions(f, prefix, p);
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

/* Who reads the settings reads the URL, so it is no place for a password. */
static void check_url(const char *url, const char *prefix, const char *member, struct problems *p)
{
	const char *host = url ? strstr(url, "://") : NULL;

	if (!host)
		return;
	host += 3;
	if (memchr(host, '@', strcspn(host, "/?#")))
		add(p, prefix, member, "expected no user and password in the URL: see auth_mode");
	for (; *url; url++) {
		if (*url > ' ' && *url < 0x7f)
			continue;
		add(p, prefix, member, "expected the characters of a URL only (RFC 3986 2)");
		return;
	}
}

static void check_apikey(const struct webhook_settings *w, const char *config, struct problems *p)
{
	const char *header = w->config.apikey.header, *s = w->config.apikey.key;

	if (header && !text_is_http_token(header))
		add(p, config, "apikey/header",
		    "expected the name of a header field (RFC 9110 5.1); got \"%.80s\"", header);
	for (; s && *s; s++) {
		if (*s >= ' ' && *s < 0x7f)
			continue;
		add(p, config, "apikey/key", "expected printable ASCII (RFC 9110 5.5)");
		return;
	}
}

/* PEM, or the name of a file that the responder reads when it calls. */
static void check_pem(const char *value, const char *prefix, const char *member, struct problems *p)
{
	if (value && value[0] != '/' && !strstr(value, "-----BEGIN "))
		add(p, prefix, member, "expected PEM, or the absolute path of a file");
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
	check_url(w->url, prefix, "url", p);
	check_url(w->config.oidc.well_known, config, "oidc/well_known", p);
	check_apikey(w, config, p);
	check_pem(w->config.mtls.cert, config, "mtls/cert", p);
	check_pem(w->config.mtls.key, config, "mtls/key", p);
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
	/* in any mode: a secret of the issuer must not be kept here */
	if (jwt->jwks)
		jwks_check(jwt->jwks, arena_printf(p->arena, "%s/jwt_settings/jwks", prefix), p);
	if (s->auth_mode != AUTH_JWT)
		return;
	if (!jwt->jwks && !jwt->jwks_url)
		add(p, prefix, "jwt_settings", "auth_mode JWT needs jwks or jwks_url");
	if (jwt->jwks && jwt->jwks_url)
		add(p, prefix, "jwt_settings/jwks_url", "expected jwks or jwks_url, not both");
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

static bool allows(const struct ints *sizes, int64_t bits)
{
	for (size_t i = 0; i < sizes->n; i++) {
		if (sizes->v[i] == bits)
			return true;
	}
	return !sizes->set;
}

bool profile_allows_key(const struct profile *f, const struct key_spec *k)
{
	if (!f->crypto_enforcement.enabled)
		return true;
	if (k->type == KEY_RSA)
		return f->crypto_enforcement.allow_rsa_keys &&
		       allows(&f->crypto_enforcement.allowed_rsa_key_sizes, k->bits);
	if (k->type == KEY_ED25519)
		return f->crypto_enforcement.allow_ed25519_keys;
	return k->type == KEY_ECDSA && f->crypto_enforcement.allow_ecdsa_keys &&
	       allows(&f->crypto_enforcement.allowed_ecdsa_key_sizes, k->bits);
}

/* What is made here must be what may be issued here. */
static void check_keygen(const struct dms_settings *s, const char *prefix, struct problems *p)
{
	const struct key_spec *key = &s->server_keygen_settings.key;
	bool own_profile =
		s->issuance_profile && !(s->issuance_profile_id && *s->issuance_profile_id);

	if (s->server_keygen_settings.enabled && s->enrollment_settings.manual_approval &&
	    s->enrollment_settings.est_rfc7030_settings.auth_mode == AUTH_NO_AUTH)
		add(p, prefix, "enabled",
		    "expected a way to authenticate: an approved request could be sent by whoever "
		    "has seen it, and the key would be his (auth_mode NO_AUTH, manual_approval)");
	if (!s->server_keygen_settings.enabled)
		return;
	key_spec_check(key, arena_printf(p->arena, "%s/key", prefix), p);
	if (own_profile && !profile_allows_key(s->issuance_profile, key))
		add(p, prefix, "key",
		    "expected a key that crypto_enforcement of issuance_profile allows; got %s %lld",
		    token_name(key_types, key->type), (long long)key->bits);
}

void settings_check(const struct dms_settings *s, const char *prefix, struct problems *p)
{
	struct arena *a = p->arena;
	const struct est_settings *enroll = &s->enrollment_settings.est_rfc7030_settings;
	const struct est_settings *renew = &s->reenrollment_settings.est_rfc7030_settings;
	const char *first = arena_printf(a, "%s/enrollment_settings/est_rfc7030_settings", prefix);
	const char *profile = arena_printf(a, "%s/issuance_profile", prefix);

	check_size(s, prefix, p);
	check_keygen(s, arena_printf(a, "%s/server_keygen_settings", prefix), p);
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
