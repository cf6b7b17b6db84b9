#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "ca/publish.h"
#include "fcgi/ocsp/ocsp.h"
#include "pki/ocsp.h"

static const char type[] = "application/ocsp-response";

static struct answer *send_error(struct ctx *c, enum ocsp_response_status status)
{
	return ocsp_send_unkept(c, type, ocsp_error_make(c->arena, status));
}

struct answer *ocsp_try_later(struct ctx *c)
{
	return send_error(c, OCSP_TRY_LATER);
}

/* Who asks by GET asks what others may ask again. The shard is held while the status is read. */
static struct answer *answer(struct ctx *c, struct blob request, bool by_get)
{
	const struct env env = ocsp_env(c);
	struct publication p = { .fd = -1 };
	struct status_answer a;
	int rc;

	if (by_get)
		publish_begin(&env, request, &p);
	rc = status_answer(&env, request, &a, c->err);
	publish_end(&env, rc < 0 ? NULL : &a, &p);
	if (rc < 0 || !a.cacheable)
		return ocsp_send_unkept(c, type, a.der);
	return ocsp_send_fresh(c, type,
			       &(struct freshness){ .body = a.der,
						    .sha256 = blob_of(a.sha256, sizeof(a.sha256)),
						    .now = env.now,
						    .this_update = a.this_update,
						    .next_update = a.next_update });
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

/* The base64 digits of the request that begins at s, told from its own length; 0: none begins. */
static size_t count_digits(struct arena *a, const char *s, size_t len)
{
	enum { START = 8 };	/* digits, six octets: no request is as short */
	struct err ignored = { 0 };
	struct blob start;
	size_t size;

	if (len < START || b64_read(a, s, START, B64_URL | B64_NO_PAD, &start, &ignored) < 0)
		return 0;
	size = ocsp_request_size(start);
	return size > len ? 0 : (size * 4 + 2) / 3;
}

/*
 * RFC 6960 A.1, read liberally: escaped or not, either alphabet, padded or not, with the slashes
 * that an AIA URL ending in "/" puts in front. A slash at the end may be a digit or a client's
 * habit: the request says where it ends. Everybody may send this: one pass.
 */
static int read_path(struct arena *a, const char *rest, struct blob *der, struct err *e)
{
	char *s = rest ? unescape(a, rest) : NULL;
	size_t len, n;

	if (!s)
		return err_set(e, ERR_MALFORMED, "ocsp_path",
			       "expected an OCSP request in base64 in the path (RFC 6960 A.1)");
	s += strspn(s, "/");
	len = strlen(s);
	n = count_digits(a, s, len);
	if (n && n <= len) {
		n += strspn(s + n, "=");
		if (!s[n + strspn(s + n, "/")] &&
		    b64_read(a, s, n, B64_URL | B64_NO_PAD, der, e) == 0)
			return 0;
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
	return answer(c, der, true);
}

struct answer *ocsp_post(struct ctx *c)
{
	const char *rest = req_param(c->req, "request");

	if (rest && *rest) {
		err_set(c->err, ERR_NOT_FOUND, "path",
			"a request in the body is posted to the path without anything behind it");
		return resp_problem(c);
	}
	return answer(c, c->req->body, false);
}
