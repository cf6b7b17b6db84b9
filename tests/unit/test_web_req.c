/* The request: target, query, variables, Accept, body. */
#include "tap.h"
#include "web_io.h"

#include "web/req.h"

static struct arena *arena;

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static int read_vars(struct req *r, const char *const *vars)
{
	struct fake_io f;
	struct err e = { .kind = ERR_NONE };

	fake_init(&f, vars, NULL);
	return req_read(r, &f.io, arena, &e);
}

static void test_target(void)
{
	struct req r;

	read_vars(&r, (const char *const[]){ "REQUEST_METHOD=GET", "REQUEST_URI=/a%2Fb//c?x=1?y",
					     "PATH_INFO=/a/b/c", "SCRIPT_NAME=/s", NULL });
	ok(same(r.path, "/a%2Fb//c"), "the path is the raw target, not PATH_INFO");
	ok(same(r.query, "x=1?y"), "the query begins at the first question mark");
	ok(r.method == METHOD_GET, "method");
	read_vars(&r, (const char *const[]){ "REQUEST_METHOD=GET", "REQUEST_URI=/a", NULL });
	ok(!r.query, "no query");
	ok(read_vars(&r, (const char *const[]){ "REQUEST_METHOD=GET", "REQUEST_URI=http://h/a",
						NULL }) &&
		   same(r.path, ""),
	   "an absolute form is refused");
	ok(read_vars(&r, (const char *const[]){ "REQUEST_METHOD=GET", "PATH_INFO=/a", NULL }),
	   "PATH_INFO alone is no target");
	read_vars(&r, (const char *const[]){ "REQUEST_METHOD=get", "REQUEST_URI=/", NULL });
	ok(r.method == METHOD_OTHER, "methods are compared with their case");
}

static void test_trust(void)
{
	struct req r;

	read_vars(&r, (const char *const[]){ "REQUEST_METHOD=GET", "REQUEST_URI=/", "HTTPS=on",
					     "SSL_CLIENT_CERT=PEM", NULL });
	ok(r.https && same(r.client_cert, "PEM"), "HTTPS=on and a client certificate");
	read_vars(&r, (const char *const[]){ "REQUEST_METHOD=GET", "REQUEST_URI=/", "HTTPS=off",
					     "SSL_CLIENT_CERT=", NULL });
	ok(!r.https && !r.client_cert, "HTTPS=off is not HTTPS, an empty certificate is none");
	read_vars(&r, (const char *const[]){ "REQUEST_METHOD=GET", "REQUEST_URI=/", "HTTP_HTTPS=on",
					     "HTTP_SSL_CLIENT_CERT=PEM", NULL });
	ok(!r.https && !r.client_cert, "headers named like the TLS variables mean nothing");
}

static void test_header(void)
{
	const char *const vars[] = { "REQUEST_URI=/",
				     "CONTENT_TYPE=text/plain; a=b",
				     "HTTP_X_TOKEN=t",
				     "HTTP_EMPTY=",
				     "SSL_CLIENT_CERT=PEM",
				     "HTTP_CONTENT_TYPE=forged",
				     NULL };
	struct err e = { .kind = ERR_NONE };
	struct fake_io f;
	struct req r;

	fake_init(&f, vars, NULL);
	req_read(&r, &f.io, arena, &e);
	ok(same(req_header(&r, arena, "X-Token"), "t") &&
		   same(req_header(&r, arena, "x-tOKEN"), "t"),
	   "a header by its name in any case");
	ok(same(req_header(&r, arena, "content-type"), "text/plain; a=b"),
	   "Content-Type is whole, and has a variable of its own");
	ok(!req_header(&r, arena, "Cookie") && !req_header(&r, arena, "Empty"),
	   "not sent, or empty");
	ok(!req_header(&r, arena, "SSL_CLIENT_CERT") && !req_header(&r, arena, ""),
	   "no variable that is no header");
}

static void test_request_id(void)
{
	struct req r, other;

	read_vars(&r,
		  (const char *const[]){ "REQUEST_URI=/", "HTTP_X_REQUEST_ID=abc-1.2_3", NULL });
	ok(same(r.request_id, "abc-1.2_3"), "a sane X-Request-Id is kept");
	read_vars(&r, (const char *const[]){ "REQUEST_URI=/", "HTTP_X_REQUEST_ID=a\"b", NULL });
	read_vars(&other, (const char *const[]){ "REQUEST_URI=/", NULL });
	ok(strlen(r.request_id) == 24 && strlen(other.request_id) == 24 &&
		   !same(r.request_id, other.request_id),
	   "else one is made, new each time");
}

static void test_decode(void)
{
	ok(same(req_decode(arena, "a%2fb%C3%A9", 11), "a/b\xc3\xa9"), "escapes of either case");
	ok(same(req_decode(arena, "%2525", 5), "%25"), "decoded once");
	ok(same(req_decode(arena, "a+b", 3), "a+b"), "a plus in a path is a plus");
	ok(!req_decode(arena, "%", 1) && !req_decode(arena, "%4", 2) &&
		   !req_decode(arena, "%4g", 3) && !req_decode(arena, "%zz", 3),
	   "bad escapes");
	ok(same(req_decode(arena, "x%41", 4), "xA"), "an escape at the end");
	ok(!req_decode(arena, "%41", 2), "an escape cut by the length");
	ok(!req_decode(arena, "a%00b", 5), "NUL");
	ok(!req_decode(arena, "%ff", 3) && !req_decode(arena, "%c0%80", 6), "not UTF-8");
}

static void test_query(void)
{
	struct req r = {
		.query = "dms=a%20b&filter=x%5Beq%5Dy&filter=z+1&empty=&bare&d%6ds=second"
	};

	ok(same(req_query(&r, arena, "dms", 0), "a b"), "a value is decoded");
	ok(same(req_query(&r, arena, "dms", 1), "second"), "and so is a name");
	ok(same(req_query(&r, arena, "filter", 0), "x[eq]y") &&
		   same(req_query(&r, arena, "filter", 1), "z 1") &&
		   !req_query(&r, arena, "filter", 2),
	   "repeated names");
	ok(same(req_query(&r, arena, "empty", 0), "") && same(req_query(&r, arena, "bare", 0), ""),
	   "no value is an empty one");
	ok(!req_query(&r, arena, "dm", 0) && !req_query(&r, arena, "missing", 0),
	   "names are compared whole");
	r.query = NULL;
	ok(!req_query(&r, arena, "a", 0), "no query");
}

static void test_content_type(void)
{
	static const struct {
		const char *var, *want;
	} rows[] = {
		{ "CONTENT_TYPE=application/pkcs10", "application/pkcs10" },
		{ "CONTENT_TYPE=Application/PKCS10; charset=x", "application/pkcs10" },
		{ "CONTENT_TYPE=application/pkcs10 ;a=b;c=d", "application/pkcs10" },
		{ "CONTENT_TYPE=", NULL },
	};
	struct req r;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		read_vars(&r, (const char *const[]){ "REQUEST_URI=/", rows[i].var, NULL });
		ok(same(r.content_type, rows[i].want), "%s", rows[i].var);
	}
}

static void test_accept(void)
{
	static const struct {
		const char *accept;
		bool want;
	} rows[] = {
		{ NULL, true },
		{ "application/pkcs7-mime", true },
		{ "Application/PKCS7-MIME;smime-type=certs-only", true },
		{ "text/html, application/pkcs7-mime;q=0.5", true },
		{ "application/*", true },
		{ "*/*", true },
		{ "text/*;q=0.3 , */*;q=0.1", true },
		{ "text/html", false },
		{ "application/pkcs7-mim", false },
		{ "application/pkcs7-mimex", false },
		{ "applicatio/*", false },
		{ "*/*;q=0", false },
		{ "application/pkcs7-mime;q=0, */*", false },
		{ "*/*, application/pkcs7-mime; q=0.000", false },
		{ "application/*;q=0, application/pkcs7-mime", true },
		{ "application/pkcs7-mime;q=0.001", true },
		{ ",,", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct req r = { .accept = rows[i].accept };

		ok(req_accepts(&r, "application/pkcs7-mime") == rows[i].want, "Accept: %s",
		   rows[i].accept ? rows[i].accept : "(none)");
	}
}

struct body_case {
	const char *name, *length, *body;
	size_t piece;
	bool breaks;
	enum err_kind want;
};

static void test_body(void)
{
	static const struct body_case rows[] = {
		{ "as long as it says", "CONTENT_LENGTH=5", "hello", 0, false, ERR_NONE },
		{ "in pieces", "CONTENT_LENGTH=5", "hello", 1, false, ERR_NONE },
		{ "without a length", "X=", "hello", 2, false, ERR_NONE },
		{ "empty", "CONTENT_LENGTH=0", "", 0, false, ERR_NONE },
		{ "as long as allowed", "CONTENT_LENGTH=8", "12345678", 3, false, ERR_NONE },
		{ "too long, and says so", "CONTENT_LENGTH=9", "123456789", 0, false,
		  ERR_TOO_LARGE },
		{ "too long without a length", "X=", "123456789", 0, false, ERR_TOO_LARGE },
		{ "longer than it says", "CONTENT_LENGTH=2", "123456789", 0, false, ERR_TOO_LARGE },
		{ "says more than any machine has", "CONTENT_LENGTH=99999999999999999999999", "1",
		  0, false, ERR_TOO_LARGE },
		{ "shorter than it says", "CONTENT_LENGTH=7", "hello", 0, false, ERR_MALFORMED },
		{ "breaks off", "CONTENT_LENGTH=7", "hello", 0, true, ERR_MALFORMED },
		{ "breaks off without a length", "X=", "hello", 0, true, ERR_MALFORMED },
		{ "with a length that is no number", "CONTENT_LENGTH=-5", "hello", 0, false,
		  ERR_MALFORMED },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct body_case *t = &rows[i];
		struct req r = { .method = METHOD_POST };
		struct err e = { .kind = ERR_NONE };
		struct fake_io f;
		int rc;

		fake_init(&f, (const char *const[]){ t->length, NULL }, t->body);
		f.piece = t->piece;
		f.breaks = t->breaks;
		rc = req_read_body(&r, &f.io, 8, arena, &e);
		ok(e.kind == t->want && (rc == 0) == (t->want == ERR_NONE) &&
			   (rc || (r.body.len == strlen(t->body) &&
				   !memcmp(r.body.data, t->body, r.body.len))),
		   "a body %s", t->name);
	}
}

static void test_large_body(void)
{
	static char big[300000];
	struct req r = { .method = METHOD_POST };
	struct err e = { .kind = ERR_NONE };
	struct fake_io f;

	memset(big, 'x', sizeof big);
	fake_init(&f, NULL, NULL);
	f.body = big;
	f.body_len = sizeof big;
	f.piece = 4096;
	ok(req_read_body(&r, &f.io, sizeof big, arena, &e) == 0 && r.body.len == sizeof big &&
		   !memcmp(r.body.data, big, sizeof big),
	   "a large body of unknown length");
}

int main(void)
{
	arena = arena_new();
	test_target();
	test_trust();
	test_header();
	test_request_id();
	test_decode();
	test_query();
	test_content_type();
	test_accept();
	test_body();
	test_large_body();
	arena_free(arena);
	return done();
}
