#include "web/req.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/hex.h"
#include "base/rand.h"
#include "base/text.h"
#include "web/io.h"

static const struct {
	const char *name;
	enum method method;
} methods[] = {
	{ "GET", METHOD_GET },	       { "HEAD", METHOD_HEAD },	  { "POST", METHOD_POST },
	{ "PUT", METHOD_PUT },	       { "PATCH", METHOD_PATCH }, { "DELETE", METHOD_DELETE },
	{ "OPTIONS", METHOD_OPTIONS },
};

enum method req_find_method(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (!strcmp(methods[i].name, name))
			return methods[i].method;
	return METHOD_OTHER;
}

/* An empty variable says no more than one that is not set: Apache sets SSL_CLIENT_CERT to "". */
static const char *param(struct io *io, struct arena *a, const char *name)
{
	const char *s = io->param(io, name);

	return s && *s ? arena_strdup(a, s) : NULL;
}

static char *media_type(struct arena *a, const char *s)
{
	size_t n = strcspn(s, ";");
	char *t;

	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	t = arena_strndup(a, s, n);
	for (char *p = t; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return t;
}

static bool is_sane_id(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

	return n >= 1 && n <= 64 && !s[n];
}

/* Not secret, only unique: of the process, at random, and of the request, counted. */
static const char *make_id(struct arena *a)
{
	static struct {
		unsigned char process[8];
		unsigned char count[4];
		uint32_t n;
	} id;

	if (id.n == 0)
		rand_fill(id.process, sizeof id.process);
	id.n++;
	for (size_t i = 0; i < sizeof id.count; i++)
		id.count[i] = (unsigned char)(id.n >> (24 - 8 * i));
	return hex_write(a, blob_of(id.process, sizeof id.process + sizeof id.count));
}

static const char *request_id(struct io *io, struct arena *a)
{
	const char *sent = param(io, a, "HTTP_X_REQUEST_ID");

	return sent && is_sane_id(sent) ? sent : make_id(a);
}

static int read_target(struct req *r, struct io *io, struct arena *a, struct err *e)
{
	const char *uri = param(io, a, "REQUEST_URI");
	size_t n;

	r->path = "";
	if (!uri || *uri != '/')
		return err_set(e, ERR_MALFORMED, "target",
			       "the request target is not an absolute path (RFC 9112 3.2.1)");
	n = strcspn(uri, "?");
	r->path = arena_strndup(a, uri, n);
	r->query = uri[n] ? uri + n + 1 : NULL;
	return 0;
}

int req_read(struct req *r, struct io *io, struct arena *a, struct err *e)
{
	const char *type = param(io, a, "CONTENT_TYPE");
	const char *https = param(io, a, "HTTPS");
	const char *method = param(io, a, "REQUEST_METHOD");

	*r = (struct req){ .method_name = method ? method : "", .io = io };
	r->method = req_find_method(r->method_name);
	r->content_type = type ? media_type(a, type) : NULL;
	r->accept = param(io, a, "HTTP_ACCEPT");
	r->user_agent = param(io, a, "HTTP_USER_AGENT");
	r->authorization = param(io, a, "HTTP_AUTHORIZATION");
	r->if_none_match = param(io, a, "HTTP_IF_NONE_MATCH");
	r->remote_addr = param(io, a, "REMOTE_ADDR");
	r->request_id = request_id(io, a);
	r->https = https && !strcmp(https, "on");
	r->client_cert = param(io, a, "SSL_CLIENT_CERT");
	return read_target(r, io, a, e);
}

const char *req_param(const struct req *r, const char *name)
{
	for (size_t i = 0; i < r->nparams; i++)
		if (!strcmp(r->params[i].name, name))
			return r->params[i].value;
	return NULL;
}

/* RFC 3875 4.1.18; two fields have variables of their own (4.1.2, 4.1.3). Of a name with another
 * character, as of one with '_', the web server makes '_' too. */
const char *req_header(const struct req *r, struct arena *a, const char *name)
{
	bool own = !strcasecmp(name, "Content-Type") || !strcasecmp(name, "Content-Length");
	char *variable = arena_printf(a, "%s%s", own ? "" : "HTTP_", name);

	for (char *s = variable; *s; s++)
		*s = (char)(isalnum((unsigned char)*s) ? toupper((unsigned char)*s) : '_');
	return param(r->io, a, variable);
}

char *req_decode(struct arena *a, const char *s, size_t len)
{
	char *out = hex_unescape(a, s, len);

	return out && text_is_utf8(out, strlen(out)) ? out : NULL;
}

/* In a query '+' is a space too, as forms and Lamassu's clients write it. */
static char *decode_query(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_strndup(a, s, len);

	for (size_t i = 0; i < len; i++)
		if (copy[i] == '+')
			copy[i] = ' ';
	return req_decode(a, copy, len);
}

const char *req_query(const struct req *r, struct arena *a, const char *name, size_t i)
{
	const char *s = r->query;

	while (s && *s) {
		size_t n = strcspn(s, "&"), k = strcspn(s, "=&");
		const char *found = decode_query(a, s, k);

		if (found && !strcmp(found, name) && !i--)
			return k < n ? decode_query(a, s + k + 1, n - k - 1) : "";
		s += n + (s[n] == '&');
	}
	return NULL;
}

/* How closely a media range fits: 3 exactly, 2 by type, 1 by any; 0: not. */
static int range_fit(const char *range, size_t n, const char *type)
{
	size_t slash = strcspn(type, "/") + 1;

	if (n == 3 && !memcmp(range, "*/*", 3))
		return 1;
	if (n == slash + 1 && range[slash] == '*' && !strncasecmp(range, type, slash))
		return 2;
	return n == strlen(type) && !strncasecmp(range, type, n) ? 3 : 0;
}

/* Its parameters say q=0: "not acceptable" (RFC 9110 12.4.2). */
static bool is_q_zero(const char *s, size_t len)
{
	const char *end = s + len;

	while ((s = memchr(s, ';', (size_t)(end - s)))) {
		s += 1 + strspn(s + 1, " \t");
		if (end - s < 3 || tolower((unsigned char)s[0]) != 'q' || s[1] != '=' ||
		    s[2] != '0')
			continue;
		s += 3;
		s += *s == '.';
		s += strspn(s, "0");
		return s >= end || !isdigit((unsigned char)*s);
	}
	return false;
}

bool req_accepts(const struct req *r, const char *want)
{
	const char *s = r->accept;
	int best = 0;
	bool accepted = false;

	if (!s)
		return true;
	while (*s) {
		size_t len = strcspn(s, ","), lead = strspn(s, " \t"), n;
		int fit;

		if (lead > len)
			lead = len;
		n = strcspn(s + lead, "; \t,");
		fit = range_fit(s + lead, n, want);
		if (fit && fit >= best) {
			bool yes = !is_q_zero(s, len);

			accepted = fit == best ? accepted || yes : yes;
			best = fit;
		}
		s += len + (s[len] == ',');
	}
	return accepted;
}

/* Compared weakly, as RFC 9110 13.1.2 says. */
bool req_has_tag(const struct req *r, const char *tag)
{
	const char *list = r->if_none_match;
	size_t n = strlen(tag);

	if (!(r->method & (METHOD_GET | METHOD_HEAD)))
		return false;
	while (list && *list) {
		size_t len;

		list += strspn(list, " \t,");
		if (strncmp(list, "W/", 2) == 0)
			list += 2;
		len = strcspn(list, ", \t");
		if ((len == n && memcmp(list, tag, n) == 0) || (len == 1 && *list == '*'))
			return true;
		list += len;
	}
	return false;
}
