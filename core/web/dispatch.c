#include "web/dispatch.h"

#include <string.h>

/* The least role of an operator; ROLE_NONE: no operator is asked for. */
static enum role least_role(enum access access)
{
	switch (access) {
	case ACCESS_PUBLIC:
	case ACCESS_TLS:
		return ROLE_NONE;
	case ACCESS_AUDITOR:
		return ROLE_AUDITOR;
	case ACCESS_OPERATOR:
		return ROLE_OPERATOR;
	case ACCESS_ADMIN:
		return ROLE_ADMIN;
	}
	return ROLE_ADMIN;
}

/* An operator, or nobody: whatever goes wrong, the handler does not run. */
static int check_operator(const struct service *s, struct ctx *c, enum role least)
{
	if (c->who->role == ROLE_NONE && !s->authenticate)
		return err_fault(c->err, ERR_INTERNAL, "operator",
				 "service %s has a route for operators, and no way to know them",
				 s->name);
	if (c->who->role == ROLE_NONE && s->authenticate(c) != 0) {
		c->who->role = ROLE_NONE;
		return -1;
	}
	if (c->who->role == ROLE_NONE)
		return err_set(c->err, ERR_UNAUTHENTICATED, "operator",
			       "this needs an operator's client certificate");
	if (c->who->role < least)
		return err_set(c->err, ERR_FORBIDDEN, "role",
			       "this needs the role %s, %s has the role %s",
			       token_name(role_names, least), c->who->name,
			       token_name(role_names, c->who->role));
	return 0;
}

/* A caller in this process (a role, and no connection) has no transport to be asked for. */
static int check_access(const struct service *s, struct ctx *c, const struct route *row)
{
	enum role least = least_role(row->access);

	if (row->access == ACCESS_PUBLIC)
		return 0;
	if (!c->req->https && c->who->role == ROLE_NONE)
		return err_set(c->err, ERR_FORBIDDEN, "https_required",
			       "this is answered by HTTPS only, the request came by plain HTTP");
	return least == ROLE_NONE ? 0 : check_operator(s, c, least);
}

/* The next of a list separated by spaces; NULL: no more. */
static const char *next_type(struct arena *a, const char **list)
{
	size_t n;

	*list += strspn(*list, " ");
	n = strcspn(*list, " ");
	*list += n;
	return n ? arena_strndup(a, *list - n, n) : NULL;
}

static int check_accept(struct ctx *c, const struct route *row)
{
	const char *list = row->out, *type;

	if (!list)
		return 0;
	while ((type = next_type(c->arena, &list)))
		if (req_accepts(c->req, type))
			return 0;
	return err_set(c->err, ERR_NOT_ACCEPTABLE, "accept",
		       "the answer is %s, the request accepts only %s", row->out, c->req->accept);
}

static int check_media(struct ctx *c, const struct route *row)
{
	const char *list = row->in, *type;

	if (!strcmp(row->in, "*"))
		return 0;
	if (!c->req->content_type)
		return err_set(c->err, ERR_MEDIA, "content_type",
			       "a body of %s is expected, the request has no Content-Type",
			       row->in);
	while ((type = next_type(c->arena, &list)))
		if (!strcmp(type, c->req->content_type))
			return 0;
	return err_set(c->err, ERR_MEDIA, "content_type", "a body of %s is expected, this is %s",
		       row->in, c->req->content_type);
}

static int check_body(struct ctx *c, const struct route *row, struct io *io)
{
	struct req *r = c->req;

	if (!row->in)
		return 0;
	if (check_media(c, row))
		return -1;
	if (io)
		return req_read_body(r, io, row->max_body, c->arena, c->err);
	if (r->body.len > row->max_body)
		return err_set(c->err, ERR_TOO_LARGE, "body_too_large",
			       "the body has more than the %zu octets that are allowed here",
			       row->max_body);
	return 0;
}

/* A filter that cannot be read must not be taken for no filter. */
static int check_query(struct ctx *c)
{
	const char *q = c->req->query;

	if (!q || req_decode(c->arena, q, strlen(q)))
		return 0;
	return err_set(c->err, ERR_MALFORMED, "query",
		       "the query has a bad escape, or is not UTF-8 (RFC 3986 2.1)");
}

static struct answer *no_route(struct ctx *c, const struct route_match *m)
{
	err_clear(c->err);	/* a database that is away is of no interest here */
	if (!m->allow) {
		if (m->malformed)
			err_set(c->err, ERR_MALFORMED, "path",
				"the path has a bad escape, or is not UTF-8 (RFC 3986 2.1)");
		else
			err_set(c->err, ERR_NOT_FOUND, "path", "there is nothing at this path");
		return resp_problem(c);
	}
	resp_header(c, "Allow", "%s", route_allow(c->arena, m->allow));
	if (c->req->method == METHOD_OPTIONS)
		return resp_empty(c, 204);
	err_set(c->err, ERR_METHOD, "method", "this path does not know the method %.32s",
		c->req->method_name);
	return resp_problem(c);
}

struct answer *dispatch(const struct service *s, struct ctx *c, struct io *io,
			const struct route **route)
{
	struct route_match m = route_find(s->routes, s->nroutes, c->req, c->arena);

	*route = m.route;
	c->resp->problem = s->problem;
	if (!m.route)
		return no_route(c, &m);
	if (s->open && !c->db)
		return s->unavailable ? s->unavailable(c, m.route) : resp_problem(c);
	if (check_query(c) || check_access(s, c, m.route) || check_accept(c, m.route) ||
	    check_body(c, m.route, io))
		return resp_problem(c);
	return m.route->handler(c);
}

struct answer *serve_dispatch(const struct service *s, struct ctx *c)
{
	const struct route *route;

	return dispatch(s, c, NULL, &route);
}
