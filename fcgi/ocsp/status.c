#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "ca/status.h"
#include "fcgi/ocsp/ocsp.h"

static const char type[] = "application/ocsp-response";

static struct answer *send_error(struct ctx *c, enum ocsp_response_status status)
{
	return ocsp_send_unkept(c, type, ocsp_error_make(c->arena, status));
}

struct answer *ocsp_try_later(struct ctx *c)
{
	return send_error(c, OCSP_TRY_LATER);
}

static struct answer *answer(struct ctx *c, struct blob request)
{
	const struct env env = ocsp_env(c);
	struct status_answer a;

	if (status_answer(&env, request, &a, c->err) < 0 || !a.cacheable)
		return ocsp_send_unkept(c, type, a.der);
	return ocsp_send_fresh(c, type,
			       &(struct freshness){ a.der, env.now, a.this_update, a.next_update });
}

/* Undoes what clients and proxies do to base64 in a path: escapes, a space for '+', the line ends
 * of a base64 tool. NULL for a bad escape. */
static char *unescape(struct arena *a, const char *s)
{
	char *out = hex_unescape(a, s, strlen(s));
	size_t n = 0;

	if (!out)
		return NULL;
	for (const char *p = out; *p; p++) {
		if (*p != '\r' && *p != '\n')
			out[n++] = (char)(*p == ' ' ? '+' : *p);
	}
	out[n] = '\0';
	return out;
}

/* Is it one DER element, without an octet more or less? */
static bool is_whole(struct blob der)
{
	size_t len, head = 2;

	if (der.len < 2)
		return false;
	len = der.data[1];
	if (len & 0x80) {
		size_t octets = len & 0x7f;

		if (octets == 0 || octets > 4 || octets > der.len - 2)
			return false;
		for (len = 0; head < 2 + octets; head++)
			len = len << 8 | der.data[head];
	}
	return len == der.len - head;
}

/*
 * RFC 6960 A.1, read liberally: escaped or not, either alphabet, padded or not, with the slashes
 * that an AIA URL ending in "/" puts in front. A slash at the end may be base64 or a client's
 * habit: what gives one whole element is right.
 */
static int read_path(struct arena *a, const char *rest, struct blob *der, struct err *e)
{
	char *s = rest ? unescape(a, rest) : NULL;
	size_t len;

	if (!s)
		return err_set(e, ERR_MALFORMED, "ocsp_path",
			       "expected an OCSP request in base64 in the path (RFC 6960 A.1)");
	s += strspn(s, "/");
	for (len = strlen(s);; len--) {
		err_clear(e);
		if (b64_read(a, s, len, B64_URL | B64_NO_PAD, der, e) == 0 && is_whole(*der))
			return 0;
		if (!len || s[len - 1] != '/')
			break;
	}
	err_clear(e);
	return err_set(e, ERR_MALFORMED, "ocsp_path",
		       "expected an OCSP request in base64 in the path (RFC 6960 A.1), got %.100s",
		       s);
}

struct answer *ocsp_get(struct ctx *c)
{
	struct blob der;

	if (read_path(c->arena, req_param(c->req, "request"), &der, c->err) < 0)
		return send_error(c, OCSP_MALFORMED_REQUEST);
	return answer(c, der);
}

struct answer *ocsp_post(struct ctx *c)
{
	const char *rest = req_param(c->req, "request");

	if (rest && *rest) {
		err_set(c->err, ERR_NOT_FOUND, "path",
			"a request in the body is posted to the path without anything behind it");
		return resp_problem(c);
	}
	return answer(c, c->req->body);
}
