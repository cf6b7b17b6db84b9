/* Access tokens for webhooks: OpenID discovery, and the client credentials grant. */
#include <string.h>

#include "auth/webhook.h"
#include "base/b64.h"
#include "base/clock.h"
#include "base/text.h"
#include "pki/digest.h"

enum {
	ASSUMED_SECONDS = 60,	/* where the provider does not say how long a token is good */
	LONGEST_SECONDS = 86400,
};

/* What the process keeps. All that a token depends on is its key, so a change of the settings
 * never meets an old one. */
static struct access_token {
	unsigned char key[SHA256_LEN];
	struct arena *arena;		/* the value's; NULL: the place was never used */
	const char *value;		/* NULL: none */
	int64_t until;			/* clock_monotonic() */
} tokens[8];
static size_t next_token;

static void make_key(const struct webhook_call *c, unsigned char key[SHA256_LEN])
{
	const struct webhook_settings *s = c->settings;
	const char *parts[] = { s->config.oidc.client_id, s->config.oidc.client_secret,
				s->config.oidc.well_known,
				s->config.server_ca ? s->config.server_ca : "" };
	struct text t;

	text_init(&t, c->arena);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		text_add_mem(&t, parts[i], strlen(parts[i]) + 1);
	digest_sha256(blob_of(t.s, t.len), key);
}

static struct access_token *find(const unsigned char key[SHA256_LEN])
{
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++)
		if (tokens[i].value && memcmp(tokens[i].key, key, SHA256_LEN) == 0)
			return &tokens[i];
	return NULL;
}

static void forget(struct access_token *t)
{
	t->value = NULL;
	if (t->arena)
		arena_reset(t->arena);
}

static void keep(const unsigned char key[SHA256_LEN], const char *value, int64_t seconds)
{
	struct access_token *t = &tokens[next_token++ % ARRAY_LEN(tokens)];

	forget(t);
	if (!t->arena)
		t->arena = arena_new();
	memcpy(t->key, key, SHA256_LEN);
	t->value = arena_strdup(t->arena, value);
	/* a tenth of its time before its end: it must still be good where it arrives */
	t->until = clock_monotonic() + (seconds - seconds / 10 - 1) * CLOCK_SECOND;
}

static int no_token(struct err *e, const char *detail)
{
	err_fault(e, ERR_BUSY, "webhook_token", "%s", detail);
	return err_tell(e, "error while calling external webhook: no access token for it");
}

/* The answer as JSON; NULL with ERR_BUSY. Of a refusal the log gets its code (RFC 6749 5.2). */
static const struct doc *fetch(const struct webhook_call *c, struct http_request *r, struct err *e)
{
	struct http_response answer;
	struct err why = { 0 };
	const struct doc *d = NULL;
	const char *code;

	if (webhook_send(c, r, &answer, e) < 0)
		return NULL;
	if (answer.body.len)
		d = doc_read(c->arena, (const char *)answer.body.data, answer.body.len, &why);
	if (answer.status == 200 && doc_kind(d) == DOC_OBJECT)
		return d;
	code = doc_find_text(d, "error");
	no_token(e, arena_printf(c->arena, "%.*s: expected 200 and a JSON object; got %d %.60s",
				 (int)strcspn(r->url, "?#"), r->url, answer.status,
				 code ? code : why.text));
	return NULL;
}

/* The provider's token endpoint (OpenID Connect Discovery 4.2). A document that came by https
 * cannot send the secret elsewhere in clear. */
static const char *discover(const struct webhook_call *c, struct err *e)
{
	const char *well_known = c->settings->config.oidc.well_known, *url;
	const char *headers[] = { "Accept: application/json", "User-Agent: shedu", NULL };
	struct http_request r = { .url = well_known, .headers = headers };
	const struct doc *d = fetch(c, &r, e);

	if (!d)
		return NULL;
	url = doc_find_text(d, "token_endpoint");
	if (url && (strncmp(url, "https://", 8) == 0 ||
		    (strncmp(url, "http://", 7) == 0 && strncmp(well_known, "http://", 7) == 0)))
		return url;
	no_token(e, arena_printf(c->arena,
				 "%.*s: expected an https URL as token_endpoint; got "
				 "%.200s",
				 (int)strcspn(well_known, "?#"), well_known, url ? url : "none"));
	return NULL;
}

/* application/x-www-form-urlencoded, as RFC 6749 2.3.1 wants both halves of the credentials. */
static char *form(struct arena *a, const char *s)
{
	struct text t;

	text_init(&t, a);
	for (; *s; s++) {
		if ((*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z') ||
		    (*s >= '0' && *s <= '9') || strchr("-._*", *s))
			text_add_mem(&t, s, 1);
		else if (*s == ' ')
			text_add(&t, "+");
		else
			text_addf(&t, "%%%02X", (unsigned char)*s);
	}
	return t.s;
}

/* RFC 6750 2.1: what may stand behind "Bearer". */
static bool is_bearer(const char *s)
{
	return s && *s &&
	       s[strspn(s,
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=")] ==
		       '\0';
}

static const char *read_token(const struct doc *d, int64_t *seconds, struct err *e)
{
	const char *value = doc_find_text(d, "access_token"),
		   *type = doc_find_text(d, "token_type");
	const struct doc *expires = doc_find(d, "expires_in");

	*seconds = ASSUMED_SECONDS;
	if (doc_kind(expires) == DOC_INT)
		*seconds = doc_get_int(expires);
	if (*seconds < 0)
		*seconds = 0;
	if (*seconds > LONGEST_SECONDS)
		*seconds = LONGEST_SECONDS;
	if (is_bearer(value) && text_equal_nocase(type, "Bearer"))
		return value;
	no_token(e, "expected a Bearer token (RFC 6749 5.1)");
	return NULL;
}

static const char *request(const struct webhook_call *c, int64_t *seconds, struct err *e)
{
	static const char grant[] = "grant_type=client_credentials";
	const struct webhook_settings *s = c->settings;
	const char *url = discover(c, e), *headers[5], *pair;
	const struct doc *d;
	struct http_request r;

	if (!url)
		return NULL;
	pair = arena_printf(c->arena, "%s:%s", form(c->arena, s->config.oidc.client_id),
			    form(c->arena, s->config.oidc.client_secret));
	headers[0] = "Content-Type: application/x-www-form-urlencoded";
	headers[1] = "Accept: application/json";
	headers[2] = "User-Agent: shedu";
	headers[3] = arena_printf(c->arena, "Authorization: Basic %s",
				  b64_write(c->arena, blob_of(pair, strlen(pair)), 0));
	headers[4] = NULL;
	r = (struct http_request){ .url = url,
				   .headers = headers,
				   .body = blob_of(grant, strlen(grant)) };
	d = fetch(c, &r, e);
	return d ? read_token(d, seconds, e) : NULL;
}

const char *webhook_get_token(const struct webhook_call *c, struct err *e)
{
	unsigned char key[SHA256_LEN];
	struct access_token *kept;
	const char *value;
	int64_t seconds;

	make_key(c, key);
	kept = find(key);
	if (kept && clock_monotonic() < kept->until)
		return arena_strdup(c->arena, kept->value);
	if (kept)
		forget(kept);
	value = request(c, &seconds, e);
	if (value)
		keep(key, value, seconds);
	return value;
}

void webhook_drop_token(const struct webhook_call *c)
{
	unsigned char key[SHA256_LEN];
	struct access_token *kept;

	make_key(c, key);
	kept = find(key);
	if (kept)
		forget(kept);
}
