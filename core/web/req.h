/* One request, parsed: the target split and decoded once, from REQUEST_URI alone. */
#ifndef WEB_REQ_H
#define WEB_REQ_H

#include "base/arena.h"
#include "base/err.h"

enum method {
	METHOD_GET = 1,
	METHOD_HEAD = 2,
	METHOD_POST = 4,
	METHOD_PUT = 8,
	METHOD_PATCH = 16,
	METHOD_DELETE = 32,
	METHOD_OPTIONS = 64,
	METHOD_OTHER = 128,
};

enum { REQ_MAX_PARAMS = 8 };

struct io;

struct req_param {
	const char *name, *value;
};

struct req {
	enum method method;
	const char *method_name;
	const char *path;		/* raw, undecoded, without the query */
	const char *query;		/* raw; NULL: none */
	struct req_param params[REQ_MAX_PARAMS];	/* from the route's pattern, decoded */
	size_t nparams;
	const char *content_type;	/* media type alone, lower case; NULL: none */
	const char *accept, *user_agent, *authorization, *if_none_match;	/* NULL: not sent */
	const char *remote_addr;
	const char *request_id;		/* X-Request-Id when it is sane, else made here; never NULL */
	bool https;			/* the web server says HTTPS=on */
	const char *client_cert;	/* SSL_CLIENT_CERT, PEM; NULL: none */
	struct blob body;
	struct io *io;			/* for req_header() */
};

/* Fills *r from the request's variables; texts are copied. ERR_MALFORMED for a target that is no
 * absolute path; *r is fit for an answer and a log line in any case. */
int req_read(struct req *r, struct io *io, struct arena *a, struct err *e);

/* The body, to its end. ERR_TOO_LARGE above max octets, whatever CONTENT_LENGTH says; ERR_MALFORMED
 * when fewer came than it says. */
int req_read_body(struct req *r, struct io *io, size_t max, struct arena *a, struct err *e);

enum method req_find_method(const char *name);	/* whole and exact; METHOD_OTHER: another */
const char *req_param(const struct req *r, const char *name);	/* NULL: no such parameter */
/* A header field by its name in any case, as the web server passes it: not each passes each. NULL:
 * not sent, or empty. */
const char *req_header(const struct req *r, struct arena *a, const char *name);
/* The i-th value (from 0) of a query parameter, decoded into the arena; NULL: none. */
const char *req_query(const struct req *r, struct arena *a, const char *name, size_t i);
/* Percent-decodes once; NULL for a bad escape, an embedded NUL, or bytes that are not UTF-8. */
char *req_decode(struct arena *a, const char *s, size_t len);

/* The media type is listed in Accept, or Accept is absent or has a matching wildcard. */
bool req_accepts(const struct req *r, const char *media_type);

/* GET or HEAD, and If-None-Match names the entity tag (RFC 9110 13.1.2): 304 does. */
bool req_has_tag(const struct req *r, const char *tag);

#endif
