#include "cli/call.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/rand.h"
#include "fcgi/dms/api.h"
#include "web/serve.h"

static const char *make_request_id(struct arena *a)
{
	unsigned char id[8];

	rand_fill(id, sizeof(id));
	return arena_printf(a, "cli-%s", hex_write(a, blob_of(id, sizeof(id))));
}

static struct req make_request(struct arena *a, const char *method, const char *target,
			       const char *type, struct blob body)
{
	const char *query = strchr(target, '?');

	return (struct req){
		.method = req_find_method(method),
		.method_name = method,
		.path = query ? arena_strndup(a, target, (size_t)(query - target)) : target,
		.query = query ? query + 1 : NULL,
		.content_type = type,
		.remote_addr = "",
		.request_id = make_request_id(a),
		.https = true,
		.body = body,
	};
}

static const char *find_header(const struct resp *resp, const char *name)
{
	for (size_t i = 0; i < resp->nheaders; i++)
		if (text_equal_nocase(resp->headers[i].name, name))
			return resp->headers[i].value;
	return NULL;
}

int call_raw(struct cli *c, struct arena *a, const char *method, const char *target,
	     const char *type, struct blob body, struct answered *out, struct err *e)
{
	struct req req = make_request(a, method, target, type, body);
	struct who who = { .role = ROLE_ADMIN, .name = c->actor, .all_dms = true };
	struct resp resp = { 0 };

	*out = (struct answered){ 0 };
	if (cli_open(c, e))
		return -1;
	struct ctx ctx = { .req = &req,
			   .resp = &resp,
			   .who = &who,
			   .db = c->db,
			   .conf = c->conf,
			   .arena = a,
			   .err = &out->err };
	serve_dispatch(&dms_service, &ctx);
	out->status = resp.status;
	out->type = find_header(&resp, "Content-Type");
	out->body = resp.body;
	return 0;
}

static bool succeeded(int status)
{
	return status >= 200 && status <= 299;
}

static int call_in(struct cli *c, struct arena *a, const char *method, const char *target,
		   const struct doc *body, struct doc **out, struct err *e)
{
	struct answered got;
	const char *text = body ? doc_write(a, body) : "";
	/* what an operator writes to change something is the part that changes (RFC 7396) */
	const char *type =
		strcmp(method, "PATCH") ? "application/json" : "application/merge-patch+json";

	if (call_raw(c, a, method, target, body ? type : NULL, blob_of(text, strlen(text)), &got,
		     e))
		return -1;
	if (!succeeded(got.status) && got.err.kind != ERR_NONE) {
		*e = got.err;
		return -1;
	}
	if (!succeeded(got.status))
		return err_fault(e, ERR_INTERNAL, "answer", "%s %s answered %d", method, target,
				 got.status);
	if (!out)
		return 0;
	*out = doc_read(a, (const char *)got.body.data, got.body.len, e);
	return *out ? 0 : -1;
}

int call(struct cli *c, const char *method, const char *target, const struct doc *body,
	 struct doc **out, struct err *e)
{
	return call_in(c, c->arena, method, target, body, out, e);
}

/* What RFC 3986 2.3 calls unreserved stays; all else is escaped. */
static void add_escaped(struct text *t, const char *s)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *s; s++)
		if (strchr(plain, *s))
			text_add_mem(t, s, 1);
		else
			text_addf(t, "%%%02X", (unsigned char)*s);
}

char *call_target(struct arena *a, const char *fmt, ...)
{
	struct text t;
	va_list ap;

	text_init(&t, a);
	va_start(ap, fmt);
	for (const char *p = fmt; *p;) {
		size_t n = strcspn(p, "%");

		text_add_mem(&t, p, n);
		p += n;
		if (!*p)
			break;
		add_escaped(&t, va_arg(ap, const char *));
		p += 2;
	}
	va_end(ap);
	return t.s;
}

char *call_query(struct arena *a, const char *target, const char *name, const char *value)
{
	if (!value)
		return arena_strdup(a, target);
	return arena_printf(a, "%s%c%s=%s", target, strchr(target, '?') ? '&' : '?', name,
			    call_target(a, "%s", value));
}

void pages_init(struct pages *p, struct cli *c, const char *target)
{
	*p = (struct pages){ .cli = c, .target = target, .arena = arena_new() };
}

void pages_fini(struct pages *p)
{
	arena_free(p->arena);
	p->arena = NULL;
}

int pages_next(struct pages *p, const struct doc **list, struct err *e)
{
	struct arena *a = p->arena;
	struct doc *page;

	if (p->bookmark && !*p->bookmark)
		return 0;
	/* The bookmark is in the page that goes now. */
	char *bookmark = p->bookmark ? strdup(p->bookmark) : NULL;
	arena_reset(a);
	char *target = call_query(a, p->target, "page_size", "100");
	target = call_query(a, target, "bookmark", bookmark);
	free(bookmark);
	if (call_in(p->cli, a, "GET", target, NULL, &page, e))
		return -1;
	*list = doc_find(page, "list");
	p->bookmark = doc_find_text(page, "next");
	if (!p->bookmark)
		p->bookmark = "";
	return 1;
}
