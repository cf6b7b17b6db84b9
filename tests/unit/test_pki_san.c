/* SubjectAltName: made of names, printed, compared as sets. */
#include "pki_test.h"

#include "pki/der.h"
#include "pki/ext.h"

static struct blob make_san(struct arena *a, const char **v, size_t n)
{
	struct blob san;
	struct err e;

	must(cert_make_san(a, &(struct texts){ .v = v, .n = n }, &san, &e) == 0, &e);
	return san;
}

static void test_make(struct arena *a)
{
	const char *names[] = { "localhost", "127.0.0.1", "::1", "*.example.com", "a_b.example" };
	const char *refused[] = { "",	       ".",  "a..b", "-a",    "a-",	    "a b", "a/b",
				  "b\xc3\xa9", "a.", "*",    "*.*.b", "256.1.1.1.", NULL };
	struct blob san = make_san(a, names, ARRAY_LEN(names));
	struct texts t = cert_read_san(a, san);
	struct err e;

	ok(san_check(san), "in form");
	ok(t.n == 5 && strcmp(t.v[0], "DNS:localhost") == 0 &&
		   strcmp(t.v[1], "IP:127.0.0.1") == 0 && strcmp(t.v[2], "IP:::1") == 0 &&
		   strcmp(t.v[3], "DNS:*.example.com") == 0,
	   "names and addresses are told apart");
	ok(make_san(a, NULL, 0).len == 0, "no names, no SAN");
	for (size_t i = 0; refused[i]; i++)
		ok(cert_make_san(a, &(struct texts){ .v = &refused[i], .n = 1 }, &san, &e) < 0 &&
			   e.kind == ERR_REJECTED,
		   "\"%s\" is no name", refused[i]);
}

static void test_read(struct arena *a)
{
	struct texts t = cert_read_san(a, blob_of("\x30\x0a\x82\x03"
						  "a\0b\x88\x03\x2a\x03\x04",
						  12));

	ok(t.n == 2 && strcmp(t.v[0], "DNS:a\\00b") == 0 && strcmp(t.v[1], "other") == 0,
	   "a NUL shows, and what has no text is \"other\"");
	ok(!san_check(blob_of("\x30\x00", 2)), "no names at all");
	ok(!san_check(blob_of("\x30\x04\x82\x02"
			      "b\xff",
			      6)),
	   "a DNS name beyond ASCII");
	ok(!san_check(blob_of("\x30\x05\x87\x03"
			      "abc",
			      7)),
	   "an address of three octets");
	ok(!san_check(blob_of("\x30\x03\x82\x03"
			      "ab",
			      6)),
	   "a name that is cut off");
	ok(!san_check(blob_of("\x30\x03\x89\x01"
			      "b",
			      5)),
	   "an unknown choice");
	ok(cert_read_san(a, text_blob("junk")).n == 0, "junk has no names");
}

static void test_equal(struct arena *a)
{
	const char *v1[] = { "a", "b", "10.0.0.1" }, *v2[] = { "10.0.0.1", "b", "a", "b" };
	const char *v3[] = { "a", "b" };
	struct blob x = make_san(a, v1, 3), y = make_san(a, v2, 4), z = make_san(a, v3, 2);
	struct blob none = blob_of(NULL, 0);

	ok(cert_equal_san(x, y), "order and repetition do not matter");
	ok(!cert_equal_san(x, z) && !cert_equal_san(z, x), "a name more or less does");
	ok(cert_equal_san(none, none) && !cert_equal_san(x, none) && !cert_equal_san(none, x),
	   "none equals none only");
	ok(!cert_equal_san(text_blob("junk1"), text_blob("junk2")), "junk equals nothing else");
	ok(!cert_equal_san(blob_of("\x30\x03\x82\x01"
				   "a",
				   5),
			   blob_of("\x30\x03\x81\x01"
				   "a",
				   5)),
	   "the kind of a name matters");
}

int main(void)
{
	AUTO(arena) *a = arena_new();

	test_make(a);
	test_read(a);
	test_equal(a);
	return done();
}
