/*
 * JWT: a bearer token (RFC 6750) of an issuer whose keys the DMS knows. It speaks for the one device
 * that its claim names.
 */
#include <string.h>

#include "auth/auth.h"
#include "auth/issuer_keys.h"
#include "pki/digest.h"

static const struct jwt_settings *settings_of(const struct auth_input *in)
{
	const struct dms_settings *s = &in->dms->settings;

	return in->reenroll ? &s->reenrollment_settings.est_rfc7030_settings.jwt_settings
			    : &s->enrollment_settings.est_rfc7030_settings.jwt_settings;
}

/* What stands behind the scheme, whose case does not matter (RFC 7235 2.1). NULL: no bearer token. */
static const char *token_of(const struct auth_input *in)
{
	static const char scheme[] = "Bearer";
	size_t n = sizeof(scheme) - 1;
	const char *s = in->authorization;

	if (!s || strlen(s) <= n || s[n] != ' ' ||
	    !text_equal_nocase(arena_strndup(in->arena, s, n), scheme))
		return NULL;
	s += n;
	return s + strspn(s, " ");
}

static int read_device(const struct auth_input *in, const struct jwt_settings *s,
		       const struct jwt *t, struct who *who, struct err *e)
{
	const char *device = jwt_claim(in->arena, t, s->device_claim);
	struct err why = { 0 };

	if (!device)
		return err_set(e, ERR_UNAUTHENTICATED, "token_claims",
			       "the token names no device: expected its id as text in the claim "
			       "%.100s",
			       s->device_claim);
	if (text_check_device_id(device, strlen(device), &why) < 0)
		return err_set(e, ERR_UNAUTHENTICATED, "token_claims",
			       "the token's claim %.100s is no id of a device: %s", s->device_claim,
			       why.text);
	who->device = device;
	return 0;
}

/* Another token of the same issuer for the same device is the same credential: a device that lost
 * its answer may have to ask for a new one before it asks again. */
static struct blob credential_of(struct arena *a, const struct jwt *t, const char *device)
{
	const char *issuer = jwt_claim(a, t, "iss");
	const char *s;

	issuer = issuer ? issuer : "";
	s = arena_printf(a, "shedu jwt credential\n%zu %s\n%s", strlen(issuer), issuer, device);
	return digest_make_sha256(a, blob_of(s, strlen(s)));
}

static int check(const struct auth_input *in, struct who *who, struct err *e)
{
	const struct jwt_settings *s = settings_of(in);
	const struct jwt_rules rules = {
		.issuer = s->issuer,
		.audience = s->audience,
		.skew = s->clock_skew,
		.now = in->now,
	};
	const char *token = token_of(in);
	const struct doc *keys;
	struct jwt t;

	*who = (struct who){ .name = "anonymous" };
	if (!token)
		return err_set(e, ERR_UNAUTHENTICATED, "no_token",
			       "expected a JWT in the header \"Authorization: Bearer\" (RFC 6750 "
			       "2.1); got %s",
			       in->authorization ? "something else" : "no such header");
	if (jwt_read(in->arena, token, &t, e) < 0 || jwks_check_alg(&t, e) < 0 ||
	    issuer_keys_load(in, s, &t, &keys, e) < 0 || jwks_verify(in->arena, keys, &t, e) < 0 ||
	    jwt_check_claims(&t, &rules, e) < 0 || read_device(in, s, &t, who, e) < 0)
		return -1;
	who->name = arena_printf(in->arena, "jwt:%s", who->device);
	who->credential = credential_of(in->arena, &t, who->device);
	return 0;
}

const struct auth_mode auth_jwt = {
	.id = AUTH_JWT,
	.challenge = "Bearer",
	.check = check,
};
