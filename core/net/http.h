/* One HTTP request of ours to somebody else. The only user of libcurl. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/arena.h"
#include "base/err.h"

struct http_request {
	const char *method;		/* NULL: GET, or POST with a body */
	const char *url;		/* https or http; no redirect is followed */
	struct blob ca;			/* PEM of the trust anchors; empty: the system's */
	bool any_server;		/* whatever certificate the server has is good */
	const char *cert, *key;		/* the client's: PEM, or absolute paths; NULL: none */
	const char *const *headers;	/* "Name: value", NULL at the end; NULL: none */
	struct blob body;
	int64_t timeout;		/* microseconds for all of it; 0: 10 s */
	bool keep;			/* the connection, for the next such call of this process */
};

struct http_response {
	int status;
	const char *type;		/* Content-Type; NULL: none */
	const char *caching;		/* Cache-Control, of all its lines; "": none */
	struct blob body;		/* at most 1 MiB */
};

/* Any status is an answer: 0. ERR_BUSY "http" when there is none, "http_tls" when the server's
 * certificate is not trusted, "http_timeout" when there is none in time. */
int http_send(struct arena *a, const struct http_request *r, struct http_response *out,
	      struct err *e);

#endif
