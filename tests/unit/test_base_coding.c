#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/rand.h"

#include "tap.h"

static struct arena *a;
static struct err e;

static void writes(const char *data, unsigned columns, const char *expected)
{
	char *s = b64_write(a, blob_of(data, strlen(data)), columns);

	ok(strcmp(s, expected) == 0, "\"%s\" in lines of %u", data, columns);
}

static void reads(const char *s, unsigned flags, const char *expected, const char *what)
{
	struct blob b;

	ok(b64_read(a, s, strlen(s), flags, &b, &e) == 0 &&
		   blob_equal(b, blob_of(expected, strlen(expected))),
	   "reads %s", what);
}

static void refuses(const char *s, unsigned flags, const char *what)
{
	struct blob b;

	err_clear(&e);
	ok(b64_read(a, s, strlen(s), flags, &b, &e) == -1 && e.kind == ERR_MALFORMED &&
		   strstr(e.text, "RFC 4648"),
	   "refuses %s", what);
}

static void test_b64_write(void)
{
	writes("", 0, "");
	writes("", 64, "");
	writes("f", 0, "Zg==");
	writes("fo", 0, "Zm8=");
	writes("foobar", 0, "Zm9vYmFy");
	writes("foobar", 4, "Zm9v\nYmFy\n");
	writes("foobarb", 5, "Zm9vY\nmFyYg\n==\n");
	writes("foobar", 64, "Zm9vYmFy\n");
	ok(strcmp(b64_write_url(a, blob_of("?\077?>>>f", 7)), "Pz8_Pj4-Zg") == 0,
	   "the URL-safe alphabet, without padding");
}

static void test_b64_read(void)
{
	reads("Zm9vYmE=", 0, "fooba", "one padding character");
	reads("", 0, "", "nothing");
	reads("Zm9v\r\n YmFy\t\n", B64_SPACE, "foobar", "line breaks where allowed");
	reads("Pz8_Pj4-", B64_URL, "?\077?>>>", "the URL-safe alphabet where allowed");
	reads("Pz8/Pj4+", B64_URL, "?\077?>>>", "and the standard one beside it");
	reads("Zm8", B64_NO_PAD, "fo", "missing padding where allowed");
	reads("Zm8=", B64_NO_PAD, "fo", "padding there all the same");
	refuses("Zm9v\nYmFy", 0, "line breaks");
	refuses("Pz8_", 0, "the URL-safe alphabet");
	refuses("Zm8", 0, "missing padding");
	refuses("Zg=", B64_NO_PAD, "half a padding");
	refuses("Zm8==", 0, "too much padding");
	refuses("Zm9v=", 0, "padding after a full group");
	refuses("Z", B64_NO_PAD, "a single character");
	refuses("Zm8=Zm8=", 0, "text after the padding");
	refuses("Zm9=", 0, "bits left over");
	refuses("Zm9v!", B64_SPACE, "a foreign character");
	refuses("====", 0, "padding alone");
}

static void test_b64_embedded_nul(void)
{
	struct blob b;

	ok(b64_read(a, "Zm9v\0Zm9v", 9, B64_SPACE, &b, &e) == -1, "refuses a NUL in the middle");
}

static void test_round_trips(void)
{
	unsigned char raw[200];
	struct blob b, in;
	bool equal = true;

	for (size_t n = 0; n <= sizeof(raw); n++) {
		rand_fill(raw, n);
		in = blob_of(raw, n);
		const char *s = b64_write(a, in, n % 80);

		equal &= !b64_read(a, s, strlen(s), B64_SPACE, &b, &e) && blob_equal(in, b);
		if (n > 0)
			equal &= !hex_read(a, hex_write(a, in), &b, &e) && blob_equal(in, b);
	}
	ok(equal, "random octets of all lengths come back");
}

static bool hex_is(const char *s, const char *expected)
{
	struct blob b;

	return hex_read(a, s, &b, &e) == 0 && strcmp(hex_write(a, b), expected) == 0;
}

static void test_hex(void)
{
	static const char *const bad[] = { "", ":", "0g", "0:", ":0", "0::1", "0 1", "0x01" };
	struct blob b;

	ok(hex_is("0A:fF-10", "0aff10"), "case and separators do not matter");
	ok(hex_is("abc", "0abc"), "an odd number of digits gets a leading zero");
	ok(hex_is("a:bc", "0abc"), "also before separators");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		err_clear(&e);
		ok(hex_read(a, bad[i], &b, &e) == -1 && e.kind == ERR_MALFORMED, "refuses \"%s\"",
		   bad[i]);
	}
}

static bool unescapes(const char *s, size_t len, const char *expected)
{
	const char *out = hex_unescape(a, s, len);

	return out && expected ? strcmp(out, expected) == 0 : out == expected;
}

static void test_unescape(void)
{
	ok(unescapes("a%2Fb%c3%A9%25", 14, "a/b\xc3\xa9%"), "escapes of any case");
	ok(unescapes("a%2Fb", 3, NULL) && unescapes("%", 1, NULL) && unescapes("%4", 2, NULL),
	   "refuses an escape that is cut off, whatever follows");
	ok(unescapes("%zz", 3, NULL) && unescapes("%4g", 3, NULL), "refuses other digits");
	ok(unescapes("a%00b", 5, NULL) && unescapes("a\0b", 3, NULL), "refuses a NUL");
}

int main(void)
{
	a = arena_new();
	test_b64_write();
	test_b64_read();
	test_b64_embedded_nul();
	test_round_trips();
	test_hex();
	test_unescape();
	arena_free(a);
	return done();
}
