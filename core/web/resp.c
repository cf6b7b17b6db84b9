#include "web/resp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "data/doc.h"
#include "web/io.h"
#include "web/problem.h"

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 409, "Conflict" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 500, "Internal Server Error" },
	{ 503, "Service Unavailable" },
};

static const char *reason(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "-";
}

static void programming_error(const char *what, const char *name)
{
	log_msg(LOG_ERROR, "%s: %s", what, name);
	abort();
}

static void add_header(struct ctx *c, const char *name, const char *value)
{
	struct resp *r = c->resp;

	if (r->nheaders == RESP_MAX_HEADERS)
		programming_error("too many headers", name);
	if (strpbrk(value, "\r\n"))
		programming_error("line break in a header", name);
	r->headers[r->nheaders].name = name;
	r->headers[r->nheaders++].value = value;
}

void resp_header(struct ctx *c, const char *name, const char *fmt, ...)
{
	struct text t;
	char value[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(value, sizeof value, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof value)
		programming_error("header too long", name);
	text_init(&t, c->arena);
	text_add(&t, value);
	add_header(c, name, t.s);
}

bool resp_has_header(const struct resp *r, const char *name)
{
	for (size_t i = 0; i < r->nheaders; i++)
		if (!strcasecmp(r->headers[i].name, name))
			return true;
	return false;
}

void resp_note(struct ctx *c, const char *name, const char *value)
{
	struct resp *r = c->resp;
	size_t i = 0;

	while (i < r->nnotes && strcmp(r->notes[i].name, name) != 0)
		i++;
	if (i == RESP_MAX_NOTES)
		programming_error("too many notes", name);
	r->notes[i].name = name;
	r->notes[i].value = arena_strdup(c->arena, value);
	if (i == r->nnotes)
		r->nnotes++;
}

/* The one place where an answer is made. */
static struct answer *answer(struct ctx *c, int status, const char *type, struct blob body)
{
	c->resp->status = status;
	c->resp->body = body;
	if (type)
		add_header(c, "Content-Type", type);
	return (struct answer *)c->resp;
}

struct answer *resp_blob(struct ctx *c, int status, const char *type, struct blob body)
{
	return answer(c, status, type, body);
}

struct answer *resp_text(struct ctx *c, int status, const char *text)
{
	return answer(c, status, "text/plain; charset=utf-8", blob_of(text, strlen(text)));
}

struct answer *resp_doc(struct ctx *c, int status, const struct doc *d)
{
	const char *s = doc_write(c->arena, d);

	return answer(c, status, "application/json", blob_of(s, strlen(s)));
}

struct answer *resp_empty(struct ctx *c, int status)
{
	return answer(c, status, NULL, blob_of(NULL, 0));
}

struct answer *resp_problem(struct ctx *c)
{
	return c->resp->problem ? c->resp->problem(c) : problem_text(c);
}

static void add_line(struct text *t, const char *name, const char *value)
{
	text_add(t, name);
	text_add(t, ": ");
	text_add(t, value);
	text_add(t, "\r\n");
}

int resp_write(struct ctx *c, struct io *io)
{
	const struct resp *r = c->resp;
	/* RFC 9110 8.6: none with 204; with 304 it would be the length of what is not sent. */
	bool bare = r->status == 204 || r->status == 304;
	bool head_only = bare || c->req->method == METHOD_HEAD;
	struct text t;

	text_init(&t, c->arena);
	text_addf(&t, "Status: %d %s\r\n", r->status, reason(r->status));
	for (size_t i = 0; i < r->nheaders; i++)
		add_line(&t, r->headers[i].name, r->headers[i].value);
	if (!bare)
		text_addf(&t, "Content-Length: %zu\r\n", r->body.len);
	text_add(&t, "\r\n");
	return io->write(io, blob_of(t.s, t.len), head_only ? blob_of(NULL, 0) : r->body);
}
