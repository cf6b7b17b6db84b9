#include "data/field.h"

#include <string.h>

#include "base/clock.h"

#include "tap.h"

static struct arena *a;
static struct err e;

struct inner {
	const char *name, *secret;
	int64_t n;
};

struct outer {
	bool flag;
	int64_t n, span, when;
	const char *text, *needed;
	int colour;
	unsigned bits;
	struct texts list, words;
	struct ints sizes;
	struct inner in;
	struct inner *maybe;
	struct doc *free;
};

static const struct token colours[] = { { "red", 0 }, { "blue", 1 }, { NULL, 0 } };
static const struct token bits[] = { { "one", 1 }, { "two", 2 }, { "four", 4 }, { NULL, 0 } };

static int check_word(const char *value, struct err *err)
{
	return strchr(value, ' ') ? err_set(err, ERR_REJECTED, "word", "expected one word") : 0;
}

#define AT(s, m) .offset = offsetof(struct s, m)

static const struct field inner_fields[] = {
	{ "name", FIELD_TEXT, AT(inner, name), .def = "nobody", .help = "Name" },
	{ "secret", FIELD_TEXT, AT(inner, secret), .flags = FIELD_SECRET, .help = "Secret" },
	{ "n", FIELD_INT, AT(inner, n), .min = 1, .max = 9, .def = "5", .help = "Number" },
	FIELD_END,
};

static const struct field outer_fields[] = {
	{ "flag", FIELD_BOOL, AT(outer, flag), .def = "true", .help = "Flag" },
	{ "n", FIELD_INT, AT(outer, n), .flags = FIELD_READ_ONLY, .def = "7", .help = "Number" },
	{ "span", FIELD_DURATION, AT(outer, span), .max = CLOCK_DAY, .def = "1h", .help = "Span" },
	{ "when", FIELD_TIME, AT(outer, when), .help = "When" },
	{ "old_text", FIELD_TEXT, AT(outer, text), .flags = FIELD_HIDDEN, .help = "Old name" },
	{ "text", FIELD_TEXT, AT(outer, text), .max = 5, .check = check_word, .help = "Text" },
	{ "needed", FIELD_TEXT, AT(outer, needed), .flags = FIELD_REQUIRED, .help = "Needed" },
	{ "colour", FIELD_ENUM, AT(outer, colour), .def = "blue", .tokens = colours,
	  .help = "Colour" },
	{ "bits", FIELD_FLAGS, AT(outer, bits), .def = "one four", .tokens = bits, .help = "Bits" },
	{ "list", FIELD_TEXTS, AT(outer, list), .check = check_word, .help = "List" },
	{ "words", FIELD_TEXTS, AT(outer, words), .def = "to be", .help = "Words" },
	{ "sizes", FIELD_INTS, AT(outer, sizes), .min = 1, .max = 100, .help = "Sizes" },
	{ "in", FIELD_OBJECT, AT(outer, in), .sub = inner_fields },
	{ "maybe", FIELD_OPTIONAL, AT(outer, maybe), .sub = inner_fields,
	  .sub_size = sizeof(struct inner) },
	{ "free", FIELD_DOC, AT(outer, free), .help = "Anything" },
	FIELD_END,
};

/* Reads s; the problems as "pointer text; ...". */
static const char *read_as(const char *s, struct outer *o)
{
	struct doc *d = doc_read(a, s, strlen(s), &e);
	struct problems p;
	struct text t;

	problems_init(&p, a);
	text_init(&t, a);
	fields_read(a, outer_fields, d, o, "/base", &p);
	for (size_t i = 0; i < p.n; i++)
		text_addf(&t, "%s%s %s", i ? "; " : "", p.v[i].pointer, p.v[i].text);
	return t.s;
}

static void test_defaults(void)
{
	struct outer o;

	memset(&o, 0xff, sizeof(o));
	ok(!*read_as("{\"needed\":\"x\"}", &o), "nothing but what is required");
	ok(o.flag && o.n == 7 && o.span == CLOCK_HOUR && o.when == 0 && !o.text && o.colour == 1 &&
		   o.bits == 5 && o.list.n == 0 && !o.sizes.set && !o.maybe && !o.free,
	   "everything else has its default");
	ok(o.words.n == 2 && texts_contain(&o.words, "to") && texts_contain(&o.words, "be"),
	   "of a list, too");
	ok(strcmp(o.in.name, "nobody") == 0 && o.in.n == 5 && !o.in.secret, "inner objects, too");
	ok(!*read_as(
		   "{\"needed\":\"x\",\"flag\":null,\"text\":\"\",\"in\":null,\"colour\":\"\",\"list\":null}",
		   &o) &&
		   o.flag && !o.text && o.in.n == 5 && o.colour == 1,
	   "null and \"\" are absent");
}

static void test_values(void)
{
	struct outer o;
	const char *got = read_as(
		"{\"needed\":\"x\",\"flag\":false,\"n\":99,\"span\":\"2h\",\"when\":"
		"\"2026-11-23T02:25:10Z\",\"text\":\"abc\",\"colour\":\"red\",\"bits\":[\"two\"],"
		"\"words\":[],\"list\":[\"a\",\"b\",\"a\"],\"sizes\":[],\"in\":{\"n\":1},\"maybe\":{},\"free\":{\"x\":[1]}}",
		&o);

	ok(!*got, "a full document: %s", got);
	ok(!o.flag && o.span == 2 * CLOCK_HOUR && o.when == INT64_C(1795400710000000) &&
		   strcmp(o.text, "abc") == 0 && o.colour == 0 && o.bits == 2,
	   "scalars");
	ok(o.n == 7, "what is read-only is ignored");
	ok(o.list.n == 2 && texts_contain(&o.list, "b") && !texts_contain(&o.list, "c"),
	   "lists, each text once");
	ok(o.words.v && o.words.n == 0, "an empty list in the place of the default");
	ok(o.sizes.set && o.sizes.n == 0, "an empty list is not an absent one");
	ok(o.in.n == 1 && o.maybe && o.maybe->n == 5, "objects");
	ok(doc_len(doc_find(o.free, "x")) == 1, "free documents");
	read_as("{\"needed\":\"x\",\"bits\":\"four\",\"when\":\"0001-01-01T00:00:00Z\"}", &o);
	ok(o.bits == 4, "a single text for a set");
	ok(o.when == 0, "year 1 is no time");
	read_as("{\"needed\":\"x\",\"old_text\":\"old\"}", &o);
	ok(o.text && strcmp(o.text, "old") == 0, "an alias is read");
	read_as("{\"needed\":\"x\",\"text\":\"new\",\"old_text\":\"old\"}", &o);
	ok(o.text && strcmp(o.text, "new") == 0, "the real name wins");
}

static void one(const char *doc, const char *expected)
{
	struct outer o;
	const char *got = read_as(doc, &o);

	ok(strcmp(got, expected) == 0, "%s -> %s", doc, got);
}

#define WITH(member) "{\"needed\":\"x\"," member "}"

static void test_problems(void)
{
	one("{}", "/base/needed required: Needed");
	one("{\"needed\":\"\"}", "/base/needed required: Needed");
	one("[]", "/base expected an object; got a list");
	one(WITH("\"flag\":1"), "/base/flag expected true or false; got an integer");
	one(WITH("\"span\":5"),
	    "/base/span expected a duration as text (\"90d\", \"1h30m\"); got an integer");
	one(WITH("\"span\":\"2d\""), "/base/span expected a duration of 0s to 1d; got \"2d\"");
	one(WITH("\"text\":\"abcdef\""), "/base/text expected 1 to 5 octets; got 6");
	one(WITH("\"text\":\"a b\""), "/base/text expected one word");
	one(WITH("\"text\":\"a\\u0000b\""),
	    "/base/text expected a text; got a text with a NUL octet");
	one(WITH("\"colour\":\"Red\""), "/base/colour expected one of red, blue; got \"Red\"");
	one(WITH("\"bits\":[\"one\",\"three\"]"),
	    "/base/bits/1 expected one of one, two, four; got \"three\"");
	one(WITH("\"list\":[\"a\",2,\"\"]"),
	    "/base/list/1 expected a text; got an integer; /base/list/2 expected a text; it is empty");
	one(WITH("\"sizes\":[5,101]"), "/base/sizes/1 expected an integer from 1 to 100; got 101");
	one(WITH("\"in\":{\"n\":0,\"a/b~c\":1}"),
	    "/base/in/n expected an integer from 1 to 9; got 0; /base/in/a~1b~0c unknown member");
	one(WITH("\"maybe\":{\"n\":\"x\"}"), "/base/maybe/n expected an integer; got a text");
	one(WITH("\"free\":[]"), "/base/free expected an object; got a list");
	one(WITH("\"n\":\"x\""), "");
	one("{\"Needed\":\"x\",\"flag\":\"true\"}",
	    "/base/flag expected true or false; got a text; "
	    "/base/needed required: Needed; /base/Needed unknown member");
}

static void test_write(void)
{
	struct outer o, again;
	struct doc *shown, *all;
	struct problems p;

	read_as("{\"needed\":\"x\",\"span\":\"90m\",\"bits\":[],\"sizes\":[1,2],\"old_text\":\"t\","
		"\"in\":{\"secret\":\"s1\"},\"maybe\":{\"secret\":\"s2\"},\"list\":[\"a\"],\"free\":{\"k\":1}}",
		&o);
	shown = fields_write(a, outer_fields, &o, 0);
	all = fields_write(a, outer_fields, &o, FIELDS_SECRETS);
	ok(!strstr(doc_write(a, shown), "s1") && !strstr(doc_write(a, shown), "s2"),
	   "secrets are not shown");
	ok(strstr(doc_write(a, all), "s1") && strstr(doc_write(a, all), "s2"), "but kept");
	ok(!doc_find(shown, "old_text") && doc_find_text(shown, "text"), "aliases are not written");
	ok(strcmp(doc_find_text(shown, "span"), "1h30m") == 0, "durations are text");
	ok(!doc_find(shown, "when") && doc_find(shown, "maybe"), "what has no value is left out");
	problems_init(&p, a);
	fields_read(a, outer_fields, all, &again, "", &p);
	ok(p.n == 0 && doc_equal(fields_write(a, outer_fields, &again, FIELDS_SECRETS), all),
	   "written and read again");
}

static void test_keep_secrets(void)
{
	struct outer from, to;

	read_as(WITH("\"in\":{\"secret\":\"old\"},\"maybe\":{\"secret\":\"old2\"}"), &from);
	read_as(WITH("\"in\":{},\"maybe\":{\"secret\":\"new\"}"), &to);
	fields_keep_secrets(outer_fields, &from, &to);
	ok(to.in.secret && strcmp(to.in.secret, "old") == 0, "an absent secret is kept");
	ok(strcmp(to.maybe->secret, "new") == 0, "a new one replaces it");
	read_as(WITH("\"maybe\":null"), &to);
	fields_keep_secrets(outer_fields, &from, &to);
	ok(!to.maybe, "a removed object stays removed");
}

static void test_diff(void)
{
	struct outer from, to;
	const char *s;

	read_as(WITH("\"in\":{\"secret\":\"old\"},\"list\":[\"a\"]"), &from);
	read_as(WITH("\"in\":{\"secret\":\"new\",\"n\":6},\"span\":\"2h\",\"maybe\":{\"secret\":\"s\"},\"list\":[\"a\"]"),
		&to);
	s = doc_write(a, fields_diff(a, outer_fields, &from, &to));
	ok(strstr(s, "\"/span\":{\"from\":\"1h\",\"to\":\"2h\"}") != NULL,
	   "what differs is named: %s", s);
	ok(strstr(s, "\"/in/n\":{\"from\":5,\"to\":6}") && !strstr(s, "/list") &&
		   !strstr(s, "/flag"),
	   "and only that");
	ok(strstr(s, "\"/in/secret\":{\"from\":\"***\",\"to\":\"***\"}") && !strstr(s, "old"),
	   "secrets are hidden");
	ok(strstr(s, "\"/maybe\":{\"from\":null") && !strstr(s, "\"s\""), "also in a new object");
	ok(doc_len(fields_diff(a, outer_fields, &to, &to)) == 0,
	   "equal structs have no difference");
}

static void test_mask(void)
{
	struct outer from, to;
	const char *s;

	read_as("{\"needed\":\"x\",\"in\":{\"secret\":\"old\"},\"maybe\":{}}", &from);
	s = doc_write(a, fields_write(a, outer_fields, &from, FIELDS_MASKED));
	ok(strstr(s, "\"secret\":\"***\"") && !strstr(s, "old"), "a mask shows that there is one");
	ok(!strstr(strstr(s, "\"maybe\""), "secret"), "and none where there is none");
	read_as(s, &to);
	ok(!to.in.secret, "read, it is none");
	fields_keep_secrets(outer_fields, &from, &to);
	ok(to.in.secret && strcmp(to.in.secret, "old") == 0, "so that the secret is kept");
}

/* {"needed":"x","free":{"k":"xxx..."}} */
static const char *long_doc(size_t n)
{
	struct doc *d = doc_object(a), *free = doc_object(a);
	char *s = arena_alloc(a, n + 1);

	memset(s, 'x', n);
	doc_set_text(free, "k", s);
	doc_set_text(d, "needed", "x");
	doc_set(d, "free", free);
	return doc_write(a, d);
}

static void test_doc_bounds(void)
{
	char deep[128] = "{\"needed\":\"x\",\"free\":{\"d\":";
	struct outer o;
	const char *got;

	ok(!*read_as(long_doc((64 << 10) - 8), &o) && o.free, "a document of 64 KiB is kept");
	got = read_as(long_doc((64 << 10) - 7), &o);
	ok(strcmp(got, "/base/free expected at most 65536 octets of JSON; got 65537") == 0,
	   "and a longer one is not: %s", got);
	memset(deep + strlen(deep), '[', 24);
	memset(deep + strlen(deep), ']', 24);
	got = read_as(strcat(deep, "}}"), &o);
	ok(strstr(got, "/base/free expected at most 24 levels"), "nor a deeper one: %s", got);
}

static void test_help(void)
{
	struct text t;

	text_init(&t, a);
	fields_help(&t, outer_fields, "");
	ok(strstr(t.s, ".It Ic in.name\ntext; default nobody.\nName.\n") != NULL,
	   "inner rows are dotted");
	ok(strstr(t.s, ".It Ic colour\none of red, blue; default blue.\nColour.\n") != NULL,
	   "tokens are listed");
	ok(!strstr(t.s, "old_text") && strstr(t.s, "never shown"), "aliases are not");
}

int main(void)
{
	a = arena_new();
	test_defaults();
	test_values();
	test_problems();
	test_write();
	test_keep_secrets();
	test_diff();
	test_mask();
	test_doc_bounds();
	test_help();
	arena_free(a);
	return done();
}
