/* What the route rows decide before and instead of a handler, and how problems are told. */
#include "tap.h"
#include "web_io.h"

#include "base/problems.h"
#include "web/dispatch.h"
#include "web/problem.h"

static struct arena *arena;
static unsigned handled, asked;
static enum role role;		/* what the service's operator() finds; ROLE_NONE: nobody */
static struct err operator_err;

static struct answer *handle(struct ctx *c)
{
	handled++;
	return resp_text(c, 200, "fine\n");
}

static struct answer *refuse(struct ctx *c)
{
	c->err->retry_after = 0;
	err_fault(c->err, ERR_BUSY, "away", "the disk is away");
	return resp_problem(c);
}

static int find_operator(struct ctx *c)
{
	asked++;
	if (operator_err.kind != ERR_NONE) {
		*c->err = operator_err;
		return -1;
	}
	c->who->role = role;
	c->who->name = "operator:eve";
	return 0;
}

static const struct route routes[] = {
	{ METHOD_GET, "/public", ACCESS_PUBLIC, NULL, NULL, 0, handle, NULL },
	{ METHOD_GET, "/tls", ACCESS_TLS, NULL, NULL, 0, handle, NULL },
	{ METHOD_POST, "/csr", ACCESS_TLS, "application/pkcs10 application/x-csr",
	  "application/pkcs7-mime text/plain", 10, handle, NULL },
	{ METHOD_POST, "/any", ACCESS_PUBLIC, "*", NULL, 10, handle, NULL },
	{ METHOD_GET, "/audit", ACCESS_AUDITOR, NULL, NULL, 0, handle, NULL },
	{ METHOD_GET, "/operate", ACCESS_OPERATOR, NULL, NULL, 0, handle, NULL },
	{ METHOD_GET | METHOD_POST, "/admin", ACCESS_ADMIN, "*", NULL, 10, handle, NULL },
	{ METHOD_GET, "/away", ACCESS_PUBLIC, NULL, NULL, 0, refuse, NULL },
};

static const struct service service = {
	.name = "test",
	.routes = routes,
	.nroutes = ARRAY_LEN(routes),
	.authenticate = find_operator,
	.problem = problem_text,
};

static struct req req;
static struct resp resp;
static struct who who;
static struct err err;

static struct ctx fresh(enum method m, const char *path)
{
	req = (struct req){
		.method = m, .method_name = "M", .path = path, .https = true, .request_id = "r1"
	};
	resp = (struct resp){ .status = 0 };
	who = (struct who){ .role = ROLE_NONE, .name = "anonymous" };
	err = (struct err){ .kind = ERR_NONE };
	handled = asked = 0;
	return (struct ctx){ .req = &req, .resp = &resp, .who = &who, .arena = arena, .err = &err };
}

static const char *header(const char *name)
{
	for (size_t i = 0; i < resp.nheaders; i++)
		if (!strcmp(resp.headers[i].name, name))
			return resp.headers[i].value;
	return "";
}

static bool refused(int status, const char *code)
{
	return resp.status == status && !strcmp(err.code, code) && !handled;
}

static void test_derived(void)
{
	struct ctx c = fresh(METHOD_GET, "/public");

	serve_dispatch(&service, &c);
	ok(resp.status == 200 && handled == 1, "the handler answers");
	c = fresh(METHOD_GET, "/nothing");
	serve_dispatch(&service, &c);
	ok(refused(404, "path"), "404");
	c = fresh(METHOD_DELETE, "/public");
	serve_dispatch(&service, &c);
	ok(refused(405, "method") && !strcmp(header("Allow"), "GET, HEAD, OPTIONS"),
	   "405 with Allow");
	c = fresh(METHOD_OPTIONS, "/admin");
	serve_dispatch(&service, &c);
	ok(resp.status == 204 && !strcmp(header("Allow"), "GET, HEAD, POST, OPTIONS") && !handled,
	   "OPTIONS is answered without a handler");
	c = fresh(METHOD_GET, "/public");
	req.query = "a=%zz";
	serve_dispatch(&service, &c);
	ok(refused(400, "query"), "a query that cannot be read is not ignored");
}

static void test_media(void)
{
	static const struct {
		const char *name, *type, *accept;
		size_t body;
		int status;
	} rows[] = {
		{ "the right type", "application/pkcs10", NULL, 10, 200 },
		{ "the other right type", "application/x-csr", "text/plain", 1, 200 },
		{ "a wrong type", "application/json", NULL, 1, 415 },
		{ "the beginning of the type", "application/pkcs", NULL, 1, 415 },
		{ "no type", NULL, NULL, 1, 415 },
		{ "one octet too many", "application/pkcs10", NULL, 11, 413 },
		{ "an answer nobody wants", "application/pkcs10", "image/png", 1, 406 },
		{ "a wildcard", "application/pkcs10", "text/*", 1, 200 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ctx c = fresh(METHOD_POST, "/csr");

		req.content_type = rows[i].type;
		req.accept = rows[i].accept;
		req.body = blob_of("0123456789x", rows[i].body);
		serve_dispatch(&service, &c);
		ok(resp.status == rows[i].status && handled == (rows[i].status == 200), "%d: %s",
		   rows[i].status, rows[i].name);
	}
}

static void test_tls(void)
{
	struct ctx c = fresh(METHOD_GET, "/tls");

	req.https = false;
	serve_dispatch(&service, &c);
	ok(refused(403, "https_required"), "credentials by plain HTTP are refused");
	c = fresh(METHOD_GET, "/audit");
	req.https = false;
	serve_dispatch(&service, &c);
	ok(refused(403, "https_required") && !asked, "an operator's route by plain HTTP, too");
	c = fresh(METHOD_GET, "/public");
	req.https = false;
	serve_dispatch(&service, &c);
	ok(resp.status == 200, "what is public is served by plain HTTP");
}

static void test_operators(void)
{
	static const char *const paths[] = { "/audit", "/operate", "/admin" };
	struct ctx c;

	for (int have = ROLE_NONE; have <= ROLE_ADMIN; have++) {
		for (int need = ROLE_AUDITOR; need <= ROLE_ADMIN; need++) {
			role = (enum role)have;
			c = fresh(METHOD_GET, paths[need - ROLE_AUDITOR]);
			serve_dispatch(&service, &c);
			ok(resp.status == (!have	 ? 401
					   : have < need ? 403
							 : 200) &&
				   handled == (have && have >= need),
			   "role %d at a route for role %d: %d", have, need, resp.status);
		}
	}
	role = ROLE_ADMIN;
	c = fresh(METHOD_GET, "/audit");
	err_set(&operator_err, ERR_UNAUTHENTICATED, "operator", "nobody");
	serve_dispatch(&service, &c);
	ok(refused(401, "operator") &&
		   !strcmp(header("WWW-Authenticate"), "ClientCertificate realm=\"shedu\""),
	   "401 names the challenge");
	c = fresh(METHOD_GET, "/audit");
	err_fault(&operator_err, ERR_BUSY, "busy", "no database");
	serve_dispatch(&service, &c);
	ok(refused(503, "busy"), "a fault lets nobody in");
	err_clear(&operator_err);
	c = fresh(METHOD_GET, "/admin");
	who.role = ROLE_ADMIN;
	req.https = false;
	serve_dispatch(&service, &c);
	ok(resp.status == 200 && !asked, "a caller in this process is who it says");
	c = fresh(METHOD_GET, "/admin");
	who.role = ROLE_AUDITOR;
	serve_dispatch(&service, &c);
	ok(refused(403, "role") && !asked, "and no more");
	c = fresh(METHOD_GET, "/audit");
	serve_dispatch(&(struct service){ .name = "t",
					  .routes = routes,
					  .nroutes = ARRAY_LEN(routes),
					  .problem = problem_text },
		       &c);
	ok(resp.status == 500 && !handled, "a service that knows no operators lets nobody in");
}

static void test_body_order(void)
{
	struct ctx c = fresh(METHOD_POST, "/admin");
	const struct route *route;
	struct fake_io f;

	fake_init(&f, NULL, "12345");
	role = ROLE_NONE;
	dispatch(&service, &c, &f.io, &route);
	ok(resp.status == 401 && f.body_len == 5, "the body of nobody is not read");
	c = fresh(METHOD_POST, "/any");
	dispatch(&service, &c, &f.io, &route);
	ok(resp.status == 200 && req.body.len == 5 && !strcmp(route->path, "/any"),
	   "any body, no type");
	c = fresh(METHOD_POST, "/any");
	fake_init(&f, NULL, "12345678901");
	dispatch(&service, &c, &f.io, &route);
	ok(refused(413, "body_too_large"), "the row's cap holds for what is read");
}

static void test_kinds(void)
{
	static const int status[] = { 500, 400, 400, 401, 403, 404, 405,
				      406, 409, 413, 415, 202, 503, 500 };
	struct ctx c;

	for (int k = ERR_NONE; k <= ERR_INTERNAL; k++)
		ok(problem_status((enum err_kind)k) == status[k], "%s is %d",
		   problem_kind((enum err_kind)k), status[k]);
	c = fresh(METHOD_GET, "/away");
	serve_dispatch(&service, &c);
	ok(resp.status == 503 && *header("Retry-After") &&
		   !strstr((const char *)resp.body.data, "disk"),
	   "a fault says when to come again, and keeps its detail");
	c = fresh(METHOD_GET, "/");
	err_set(&err, ERR_PENDING, "approval", "waits for approval");
	problem_text(&c);
	ok(resp.status == 202 && *header("Retry-After"), "202 says when to come again");
}

static void test_json(void)
{
	struct ctx c = fresh(METHOD_GET, "/");
	struct problems p;

	problems_init(&p, arena);
	problems_add(&p, "/settings/x", "expected a, got b");
	problems_add(&p, "/id", "missing");
	problems_check(&p, &err);
	problem_json(&c);
	ok(resp.status == 400 && strstr((const char *)resp.body.data, "\"request_id\":\"r1\"") &&
		   strstr((const char *)resp.body.data, "\"code\":\"fields\"") &&
		   strstr((const char *)resp.body.data,
			  "\"problems\":[{\"pointer\":\"/settings/x\",\"text\":\"expected a, got b\"},"
			  "{\"pointer\":\"/id\",\"text\":\"missing\"}]"),
	   "JSON: all problems at once");
}

static void test_write(void)
{
	struct ctx c = fresh(METHOD_GET, "/public");
	struct fake_io f;

	fake_init(&f, NULL, NULL);
	resp_header(&c, "ETag", "\"%d\"", 7);
	serve_dispatch(&service, &c);
	resp_write(&c, &f.io);
	ok(!strcmp(f.answer,
		   "Status: 200 OK\r\nETag: \"7\"\r\nContent-Type: text/plain; charset=utf-8\r\n"
		   "Content-Length: 5\r\n\r\nfine\n"),
	   "head and body");
	c = fresh(METHOD_HEAD, "/public");
	serve_dispatch(&service, &c);
	resp_write(&c, &f.io);
	ok(strstr(f.answer, "Content-Length: 5\r\n\r\n") && !strstr(f.answer, "fine"),
	   "HEAD: the length, and no body");
	c = fresh(METHOD_OPTIONS, "/public");
	serve_dispatch(&service, &c);
	resp_write(&c, &f.io);
	ok(!strcmp(f.answer, "Status: 204 No Content\r\nAllow: GET, HEAD, OPTIONS\r\n\r\n"),
	   "204 has no length");
}

int main(void)
{
	arena = arena_new();
	test_derived();
	test_media();
	test_tls();
	test_operators();
	test_body_order();
	test_kinds();
	test_json();
	test_write();
	arena_free(arena);
	return done();
}
