#include "data/jwt.h"

#include <string.h>

#include "base/b64.h"
#include "base/clock.h"
#include "data/text_of.h"

enum { PARTS = 3 };

static int malformed(struct err *e, const char *why)
{
	return err_set(e, ERR_UNAUTHENTICATED, "token_malformed",
		       "expected a signed JWT in compact form (RFC 7519, RFC 7515 7.1): %s", why);
}

/* A part as it came. Strict: no padding, no other alphabet, so that a token has one form. */
static int read_part(struct arena *a, const char *s, struct blob *out, struct err *e)
{
	struct err why = { 0 };

	if (strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") !=
	    strlen(s))
		return malformed(e, "a part is not base64url without padding (RFC 7515 2)");
	if (b64_read(a, s, strlen(s), B64_URL | B64_NO_PAD, out, &why) < 0)
		return malformed(e, "a part is not base64url (RFC 7515 2)");
	return 0;
}

static const struct doc *read_object(struct arena *a, const char *part, const char *what,
				     struct err *e)
{
	struct err why = { 0 };
	const struct doc *d;
	struct blob json;

	if (read_part(a, part, &json, e) < 0)
		return NULL;
	d = doc_read(a, (const char *)json.data, json.len, &why);
	if (doc_kind(d) == DOC_OBJECT)
		return d;
	malformed(e, arena_printf(a, "%s is no JSON object with unique members", what));
	return NULL;
}

/* Cuts the token at its dots. A JWE has five parts (RFC 7516 7.1). */
static int split(struct arena *a, const char *token, char *out[PARTS], struct err *e)
{
	size_t len = strlen(token), n = 1;
	char *s;

	if (len > JWT_MAX)
		return malformed(e, arena_printf(a, "it has %zu octets, at most %d are read", len,
						 JWT_MAX));
	for (s = out[0] = arena_strdup(a, token); (s = strchr(s, '.')); n++) {
		*s++ = '\0';
		if (n < PARTS)
			out[n] = s;
	}
	if (n != PARTS)
		return malformed(e, arena_printf(a, "it has %zu parts, expected 3", n));
	return 0;
}

int jwt_read(struct arena *a, const char *token, struct jwt *t, struct err *e)
{
	const struct doc *header;
	struct blob signature;
	char *part[PARTS];

	*t = (struct jwt){ 0 };
	if (split(a, token, part, e) < 0)
		return -1;
	header = read_object(a, part[0], "the header", e);
	if (!header)
		return -1;
	t->claims = read_object(a, part[1], "the set of claims", e);
	if (!t->claims || read_part(a, part[2], &signature, e) < 0)
		return -1;
	if (doc_find(header, "crit"))
		return err_set(e, ERR_UNAUTHENTICATED, "token_refused",
			       "the token's header has \"crit\": no extension is understood here "
			       "(RFC 7515 4.1.11)");
	t->alg = text_of(doc_find(header, "alg"));
	if (!t->alg)
		return malformed(e, "the header has no \"alg\"");
	t->kid = text_of(doc_find(header, "kid"));
	if (doc_find(header, "kid") && !t->kid)
		return malformed(e, "\"kid\" in the header is no text");
	t->header = part[0];
	t->payload = part[1];
	t->signature = part[2];
	t->signature_len = signature.len;
	return 0;
}

/* A NumericDate (RFC 7519 2) in seconds. 1, 0 when it is not there, -1. */
static int read_date(const struct jwt *t, const char *name, double *out, struct err *e)
{
	const struct doc *d = doc_find(t->claims, name);

	if (!d)
		return 0;
	if (doc_kind(d) != DOC_INT && doc_kind(d) != DOC_REAL)
		return err_set(e, ERR_UNAUTHENTICATED, "token_claims",
			       "the token's %s is no number of seconds (RFC 7519 2)", name);
	*out = doc_get_real(d);
	return 1;
}

static int check_times(const struct jwt *t, const struct jwt_rules *r, struct err *e)
{
	static const char *const begins[] = { "nbf", "iat" };
	double now = (double)r->now / CLOCK_SECOND, skew = (double)r->skew / CLOCK_SECOND, at;
	int rc = read_date(t, "exp", &at, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_UNAUTHENTICATED, "token_expired",
			       "the token never expires: it must have exp (RFC 7519 4.1.4)");
	if (now >= at + skew)
		return err_set(e, ERR_UNAUTHENTICATED, "token_expired",
			       "the token has expired (exp, RFC 7519 4.1.4)");
	for (size_t i = 0; i < ARRAY_LEN(begins); i++) {
		rc = read_date(t, begins[i], &at, e);
		if (rc < 0)
			return -1;
		if (rc > 0 && now < at - skew)
			return err_set(e, ERR_UNAUTHENTICATED, "token_not_yet_valid",
				       "the token's time has not come (%s)", begins[i]);
	}
	return 0;
}

static bool is(const struct doc *d, const char *expected)
{
	const char *s = text_of(d);

	return s && strcmp(s, expected) == 0;
}

static bool names_audience(const struct doc *aud, const char *audience)
{
	if (is(aud, audience))
		return true;
	for (size_t i = 0; doc_kind(aud) == DOC_ARRAY && i < doc_len(aud); i++)
		if (is(doc_at(aud, i), audience))
			return true;
	return false;
}

static int check_audience(const struct jwt *t, const char *audience, struct err *e)
{
	const struct doc *aud = doc_find(t->claims, "aud");

	if (!audience && aud)
		return err_set(
			e, ERR_UNAUTHENTICATED, "token_audience",
			"the token is for an audience (aud), and the DMS names none of its own "
			"(RFC 7519 4.1.3)");
	if (audience && !names_audience(aud, audience))
		return err_set(e, ERR_UNAUTHENTICATED, "token_audience",
			       "the token is not for this audience (aud, RFC 7519 4.1.3): "
			       "expected \"%.200s\"",
			       audience);
	return 0;
}

int jwt_check_claims(const struct jwt *t, const struct jwt_rules *r, struct err *e)
{
	if (r->issuer && !is(doc_find(t->claims, "iss"), r->issuer))
		return err_set(e, ERR_UNAUTHENTICATED, "token_issuer",
			       "the token is of another issuer (iss, RFC 7519 4.1.1): expected "
			       "\"%.200s\"",
			       r->issuer);
	if (check_audience(t, r->audience, e) < 0)
		return -1;
	return check_times(t, r, e);
}

/* One step of a JSON pointer, ~1 and ~0 undone (RFC 6901 4). */
static const char *step_of(struct arena *a, const char *s, size_t n)
{
	char *out = arena_strndup(a, s, n), *to = out;

	for (const char *from = out; *from; from++) {
		bool escape = *from == '~' && (from[1] == '0' || from[1] == '1');

		*to++ = escape ? (from[1] == '0' ? '~' : '/') : *from;
		from += escape;
	}
	*to = '\0';
	return out;
}

const char *jwt_claim(struct arena *a, const struct jwt *t, const char *name)
{
	const struct doc *d = t->claims;

	if (*name != '/')
		return text_of(doc_find(d, name));
	while (*name == '/') {
		size_t n = strcspn(++name, "/");

		d = doc_find(d, step_of(a, name, n));
		name += n;
	}
	return text_of(d);
}
