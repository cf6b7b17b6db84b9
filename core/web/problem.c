#include "web/problem.h"

#include "base/problems.h"
#include "base/text.h"
#include "data/doc.h"

enum { RETRY_BUSY = 5, RETRY_PENDING = 60 };	/* seconds, where the error names none */

static const struct {
	int status;
	const char *name;
} kinds[] = {
	[ERR_NONE] = { 500, "none" },	/* a problem without an error is a fault of ours */
	[ERR_MALFORMED] = { 400, "malformed" },
	[ERR_REJECTED] = { 400, "rejected" },
	[ERR_UNAUTHENTICATED] = { 401, "unauthenticated" },
	[ERR_FORBIDDEN] = { 403, "forbidden" },
	[ERR_NOT_FOUND] = { 404, "not_found" },
	[ERR_METHOD] = { 405, "method" },
	[ERR_NOT_ACCEPTABLE] = { 406, "not_acceptable" },
	[ERR_CONFLICT] = { 409, "conflict" },
	[ERR_TOO_LARGE] = { 413, "too_large" },
	[ERR_MEDIA] = { 415, "media" },
	[ERR_PENDING] = { 202, "pending" },
	[ERR_BUSY] = { 503, "busy" },
	[ERR_INTERNAL] = { 500, "internal" },
};

int problem_status(enum err_kind kind)
{
	return kinds[kind].status;
}

const char *problem_kind(enum err_kind kind)
{
	return kinds[kind].name;
}

void problem_headers(struct ctx *c)
{
	const struct err *e = c->err;
	int retry = e->kind == ERR_BUSY ? RETRY_BUSY : e->kind == ERR_PENDING ? RETRY_PENDING : 0;

	if (retry && !resp_has_header(c->resp, "Retry-After"))
		resp_header(c, "Retry-After", "%d", e->retry_after ? e->retry_after : retry);
	if (e->kind == ERR_UNAUTHENTICATED && !resp_has_header(c->resp, "WWW-Authenticate"))
		resp_header(c, "WWW-Authenticate", "ClientCertificate realm=\"shedu\"");
}

static const char *code(const struct err *e)
{
	return e->kind == ERR_NONE ? "internal" : e->code;
}

static const char *text(const struct err *e)
{
	return e->kind == ERR_NONE ? "internal error" : e->text;
}

struct answer *problem_text(struct ctx *c)
{
	const struct err *e = c->err;
	struct text t;

	problem_headers(c);
	text_init(&t, c->arena);
	text_addf(&t, "%s: %s\n", code(e), text(e));
	for (size_t i = 0; e->problems && i < e->problems->n; i++)
		text_addf(&t, "%s: %s\n", e->problems->v[i].pointer, e->problems->v[i].text);
	return resp_text(c, problem_status(e->kind), t.s);
}

struct answer *problem_json(struct ctx *c)
{
	const struct err *e = c->err;
	struct doc *d = doc_object(c->arena);

	problem_headers(c);
	doc_set_text(d, "err", text(e));
	doc_set_text(d, "code", code(e));
	doc_set_text(d, "request_id", c->req->request_id);
	if (e->problems && e->problems->n) {
		struct doc *list = doc_array(c->arena);

		for (size_t i = 0; i < e->problems->n; i++) {
			struct doc *p = doc_object(c->arena);

			doc_set_text(p, "pointer", e->problems->v[i].pointer);
			doc_set_text(p, "text", e->problems->v[i].text);
			doc_add(list, p);
		}
		doc_set(d, "problems", list);
	}
	return resp_doc(c, problem_status(e->kind), d);
}
