/* Distinguished names: made, read, printed, compared. */
#include "pki_test.h"

#include "pki/der.h"

static void check_refused(struct arena *a, const char *label, struct subject s, const char *code)
{
	struct blob der;
	struct err e = { .kind = ERR_NONE };

	ok(name_make(a, &s, &der, &e) < 0 && e.kind == ERR_REJECTED && strcmp(e.code, code) == 0,
	   "%s: %s", label, code);
}

static void test_make(struct arena *a)
{
	struct subject s = { "gerät-1", "Exämple", "Works", "ES", "Gipuzkoa", "Arrasate" }, back;
	char *cn = arena_alloc(a, 66);
	struct blob der;
	struct err e;

	must(name_make(a, &s, &der, &e) == 0, &e);
	ok(strcmp(name_text(a, der), "CN=gerät-1,OU=Works,O=Exämple,L=Arrasate,ST=Gipuzkoa,C=ES") ==
		   0,
	   "RFC 4514, UTF-8: %s", name_text(a, der));
	must(name_read(a, der, &back, &e) == 0, &e);
	ok(strcmp(back.common_name, s.common_name) == 0 && strcmp(back.country, "ES") == 0 &&
		   strcmp(back.organization, s.organization) == 0 &&
		   strcmp(back.state, s.state) == 0 &&
		   strcmp(back.organization_unit, s.organization_unit) == 0 &&
		   strcmp(back.locality, s.locality) == 0,
	   "all parts come back");

	memset(cn, 'a', 65);
	check_refused(a, "65 characters of CN", (struct subject){ .common_name = cn }, "name_part");
	cn[64] = '\0';
	ok(name_make(a, &(struct subject){ .common_name = cn }, &der, &e) == 0, "64 are allowed");
	for (int i = 0; i < 32; i++)
		memcpy(cn + 2 * i, "é", 2);
	ok(name_make(a, &(struct subject){ .common_name = cn }, &der, &e) == 0,
	   "characters are counted, not octets");
	check_refused(a, "nothing", (struct subject){ .common_name = NULL }, "name_empty");
	check_refused(a, "empty text", (struct subject){ .common_name = "" }, "name_empty");
	check_refused(a, "a country of three letters", (struct subject){ .country = "ESP" },
		      "name_part");
	check_refused(a, "a country of digits", (struct subject){ .country = "42" }, "name_part");
	check_refused(a, "a line end", (struct subject){ .common_name = "a\nb" }, "name_part");
	check_refused(a, "a control character of two octets",
		      (struct subject){ .common_name = "a\xc2\x85" }, "name_part");
	check_refused(a, "no UTF-8", (struct subject){ .common_name = "\xff\xfe" }, "name_part");
}

/* A name of one common name, of any string type. */
static struct blob raw_name(struct arena *a, unsigned tag, const char *s, size_t len)
{
	struct der_out w;
	size_t name, rdn, pair;

	der_init(&w, a, 0);
	name = der_open(&w, DER_SEQUENCE);
	rdn = der_open(&w, DER_SET);
	pair = der_open(&w, DER_SEQUENCE);
	der_put_lit(&w, "\x06\x03\x55\x04\x03");
	der_put(&w, tag, blob_of(s, len));
	der_close(&w, pair);
	der_close(&w, rdn);
	der_close(&w, name);
	return der_done(&w);
}

static void test_read(struct arena *a)
{
	struct blob nul = raw_name(a, DER_UTF8_STRING, "a\0.evil", 7);
	struct blob number = raw_name(a, DER_INTEGER, "\x05", 1);
	struct subject s;
	struct err e;

	ok(name_read(a, nul, &s, &e) < 0 && e.kind == ERR_REJECTED, "an embedded NUL is refused");
	ok(name_read_lax(a, nul, &s, &e) == 0 && !s.common_name, "the lax reader leaves it out");
	ok(strcmp(name_text(a, nul), "CN=a\\00.evil") == 0, "and it is printed as %s",
	   name_text(a, nul));
	ok(name_read(a, number, &s, &e) < 0 && e.kind == ERR_MALFORMED, "a name that is a number");
	ok(name_read_lax(a, raw_name(a, 0x1e, "\0d\0e\0v", 6), &s, &e) == 0 &&
		   strcmp(s.common_name, "dev") == 0,
	   "BMPString comes as UTF-8");
	ok(name_read(a, text_blob("junk"), &s, &e) < 0, "junk");
	ok(strcmp(name_text(a, text_blob("junk")), "") == 0, "prints as nothing");
	ok(name_read(a, blob_of("\x30\x00", 2), &s, &e) == 0 && !s.common_name, "the empty name");
}

static void test_equal(struct arena *a)
{
	struct blob x = raw_name(a, DER_UTF8_STRING, "Device  One", 11);

	ok(name_equal(x, raw_name(a, DER_PRINTABLE_STRING, "device one", 10)),
	   "string type, case and inner space do not matter");
	ok(!name_equal(x, raw_name(a, DER_UTF8_STRING, "device two", 10)), "another name does");
	ok(!name_equal(raw_name(a, DER_UTF8_STRING, "a\0b", 3),
		       raw_name(a, DER_UTF8_STRING, "a", 1)),
	   "what follows a NUL counts");
	ok(!name_equal(x, blob_of("", 0)) && !name_equal(blob_of("", 0), blob_of("", 0)),
	   "no name equals none");
	ok(!name_equal(x, text_blob("junk")), "junk equals none");
}

int main(void)
{
	AUTO(arena) *a = arena_new();

	test_make(a);
	test_read(a);
	test_equal(a);
	return done();
}
