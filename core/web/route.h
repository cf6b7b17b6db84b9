/*
 * Routes are rows. 404, 405 with Allow, 406, 413, 415, OPTIONS and HEAD are derived from them and
 * never written by a handler. Whole segments are compared, decoded; literal ones win over
 * parameters, whatever the order of the rows.
 */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include "web/resp.h"

enum access {
	ACCESS_PUBLIC,		/* anyone, also by plain HTTP */
	ACCESS_TLS,		/* anyone, by HTTPS; the handler authenticates */
	ACCESS_AUDITOR,		/* operators of at least this role, by HTTPS */
	ACCESS_OPERATOR,
	ACCESS_ADMIN,
};

struct route {
	unsigned methods;	/* METHOD_GET answers HEAD too */
	const char *path;	/* "/v2/dms/{dms}"; a last "{request*}" takes the raw
				 * rest after the slash, maybe empty */
	enum access access;
	const char *in;		/* media types of the body, separated by spaces; NULL: none is read;
				 * "*" any, also none */
	const char *out;	/* media types that Accept must meet one of; NULL: not checked */
	size_t max_body;	/* octets; above it 413 */
	struct answer *(*handler)(struct ctx *c);
	const char *help;	/* one line for the manual and `shedu api --help` */
};

struct route_match {
	const struct route *route;	/* NULL: none */
	unsigned allow;			/* methods of the rows whose path matched; 0: 404 */
	bool malformed;			/* 404 only because a segment does not decode: 400 */
};

/* "GET, HEAD, OPTIONS" of a mask: the value of Allow. */
char *route_allow(struct arena *a, unsigned methods);

/* Fills req->params for the route found. */
struct route_match route_find(const struct route *routes, size_t n, struct req *r, struct arena *a);

#endif
