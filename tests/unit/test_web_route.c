/* Which row a path finds. */
#include "tap.h"

#include <string.h>

#include "web/route.h"

static struct arena *arena;

/* The rows differ by max_body: it names them. Handlers are never called here. */
enum { DMS = 1, DMS_POST, ONE, ONE_PUT, SPECIAL, STATUS, OCSP, OCSP_REST, ROOT, DOT, PAIR };

static const struct route routes[] = {
	{ .methods = METHOD_GET, .path = "/v2/dms", .max_body = DMS },
	{ .methods = METHOD_POST, .path = "/v2/dms", .max_body = DMS_POST },
	{ .methods = METHOD_GET | METHOD_DELETE, .path = "/v2/dms/{dms}", .max_body = ONE },
	{ .methods = METHOD_PUT, .path = "/v2/dms/{dms}", .max_body = ONE_PUT },
	{ .methods = METHOD_GET, .path = "/v2/dms/special", .max_body = SPECIAL },
	{ .methods = METHOD_PUT, .path = "/v2/dms/{id}/status", .max_body = STATUS },
	{ .methods = METHOD_POST, .path = "/ocsp", .max_body = OCSP },
	{ .methods = METHOD_GET, .path = "/ocsp/{request*}", .max_body = OCSP_REST },
	{ .methods = METHOD_GET, .path = "/", .max_body = ROOT },
	{ .methods = METHOD_GET, .path = "/.well-known/est/cacerts", .max_body = DOT },
	{ .methods = METHOD_GET, .path = "/x/{a}/{b}", .max_body = PAIR },
};

static struct req req;

static struct route_match find(enum method m, const char *path)
{
	req = (struct req){ .method = m, .path = path };
	return route_find(routes, ARRAY_LEN(routes), &req, arena);
}

static size_t row(enum method m, const char *path)
{
	struct route_match f = find(m, path);

	return f.route ? f.route->max_body : 0;
}

static bool param_is(const char *name, const char *want)
{
	const char *v = req_param(&req, name);

	return v && !strcmp(v, want);
}

static void test_literals(void)
{
	ok(row(METHOD_GET, "/v2/dms") == DMS && row(METHOD_POST, "/v2/dms") == DMS_POST,
	   "rows of one path share it by method");
	ok(row(METHOD_GET, "/v2/dms/special") == SPECIAL,
	   "a literal wins over an earlier parameter");
	ok(row(METHOD_GET, "/") == ROOT, "the root");
	ok(row(METHOD_GET, "/.well-known/est/cacerts") == DOT &&
		   row(METHOD_GET, "/%2Ewell-known/est/cacerts") == DOT,
	   "literals are compared decoded");
	ok(!row(METHOD_GET, "/v2/dm") && !row(METHOD_GET, "/v2/dmsx") &&
		   !row(METHOD_GET, "/V2/dms"),
	   "literals are compared whole, with their case");
}

static void test_params(void)
{
	ok(row(METHOD_DELETE, "/v2/dms/a%20b") == ONE && param_is("dms", "a b"),
	   "a parameter is decoded");
	ok(row(METHOD_GET, "/v2/dms/a%2Fb") == ONE && param_is("dms", "a/b"),
	   "%%2F separates nothing");
	ok(row(METHOD_PUT, "/v2/dms/a%2Fb/status") == STATUS && param_is("id", "a/b"),
	   "nor before another segment");
	ok(row(METHOD_GET, "/v2/dms/..") == ONE && param_is("dms", ".."), "dots mean nothing");
	ok(row(METHOD_GET, "/x/1/2") == PAIR && param_is("a", "1") && param_is("b", "2"),
	   "two parameters");
	ok(!req_param(&req, "c"), "no such parameter");
}

static void test_slashes(void)
{
	ok(!row(METHOD_GET, "/v2/dms/"), "a trailing slash is another path");
	ok(!row(METHOD_GET, "/v2//dms") && !row(METHOD_GET, "//v2/dms"),
	   "a double slash is another path");
	ok(!row(METHOD_PUT, "/v2/dms//status"), "no parameter is empty");
	ok(!row(METHOD_GET, "/x/1/2/3") && !row(METHOD_GET, "/x/1"), "all segments, and no more");
	ok(!row(METHOD_GET, ""), "an empty path");
}

static void test_rest(void)
{
	ok(row(METHOD_GET, "/ocsp/MEow//x+y%2F==") == OCSP_REST &&
		   param_is("request", "MEow//x+y%2F=="),
	   "the rest is raw");
	ok(row(METHOD_GET, "/ocsp/%zz") == OCSP_REST && param_is("request", "%zz"),
	   "also with escapes that are none");
	ok(row(METHOD_GET, "/ocsp/") == OCSP_REST && param_is("request", ""),
	   "the rest may be empty");
	ok(row(METHOD_POST, "/ocsp") == OCSP && !row(METHOD_GET, "/ocsp"),
	   "its slash may not be missing");
	ok(row(METHOD_GET, "/ocsp//MEow") == OCSP_REST && param_is("request", "/MEow"),
	   "a rest that begins with a slash");
}

static void test_errors(void)
{
	struct route_match m = find(METHOD_GET, "/v2/dms/%zz");

	ok(!m.route && !m.allow && m.malformed, "a bad escape is told from an unknown path");
	m = find(METHOD_GET, "/nothing");
	ok(!m.route && !m.allow && !m.malformed, "an unknown path");
	m = find(METHOD_GET, "/v2/dms/%00");
	ok(!m.route && m.malformed, "NUL in a parameter");
	m = find(METHOD_PATCH, "/v2/dms/x");
	ok(!m.route && !strcmp(route_allow(arena, m.allow), "GET, HEAD, PUT, DELETE, OPTIONS"),
	   "Allow names the methods of all rows of the path");
	m = find(METHOD_DELETE, "/v2/dms/special");
	ok(!m.route && !strcmp(route_allow(arena, m.allow), "GET, HEAD, OPTIONS"),
	   "and of the closest pattern only");
	ok(row(METHOD_HEAD, "/v2/dms/x") == ONE, "GET answers HEAD");
	ok(!row(METHOD_HEAD, "/ocsp"), "POST does not");
	ok(!row(METHOD_OTHER, "/v2/dms"), "an unknown method finds nothing");
}

int main(void)
{
	arena = arena_new();
	test_literals();
	test_params();
	test_slashes();
	test_rest();
	test_errors();
	arena_free(arena);
	return done();
}
