#include "data/doc.h"

#include <string.h>

#include "base/clock.h"

#include "tap.h"

static struct arena *a;
static struct err e;

static struct doc *json(const char *s)
{
	return doc_read(a, s, strlen(s), &e);
}

static char *nested(size_t depth)
{
	char *s = arena_alloc(a, 2 * depth + 1);

	memset(s, '[', depth);
	memset(s + depth, ']', depth);
	return s;
}

static void test_strict(void)
{
	static const char *const bad[] = {
		"",
		"{",
		"{\"a\":1,\"a\":2}",
		"[1,]",
		"{} x",
		"\"\377\"",
		"nul",
		"[01]",
		"{'a':1}",
		"[1e999]",
		"[99999999999999999999]",
		"\"a",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		err_clear(&e);
		ok(!json(bad[i]) && e.kind == ERR_MALFORMED && strstr(e.text, "line 1, column"),
		   "refuses %s", bad[i]);
	}
	ok(json(nested(DOC_MAX_DEPTH)) != NULL, "32 levels are read");
	ok(!json(nested(DOC_MAX_DEPTH + 1)) && strstr(e.text, "nesting"), "33 are not");
	ok(!json(nested(400000)), "nor 400000");
	ok(json("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[\"") != NULL,
	   "brackets in a text do not count");
	ok(!doc_read(a, arena_alloc(a, DOC_MAX_SIZE + 1), DOC_MAX_SIZE + 1, &e), "too long");
}

static void test_kinds(void)
{
	const struct doc *d = json(
		"{\"n\":null,\"b\":true,\"i\":-3,\"r\":1.5,\"t\":\"x\\u0000y\",\"a\":[1,2],\"o\":{}}");

	ok(doc_kind(doc_find(d, "n")) == DOC_NULL && doc_kind(NULL) == DOC_NULL, "null");
	ok(doc_get_bool(doc_find(d, "b")) && !doc_get_bool(doc_find(d, "i")), "boolean");
	ok(doc_get_int(doc_find(d, "i")) == -3 && doc_get_int(doc_find(d, "t")) == 0, "integer");
	ok(doc_get_real(doc_find(d, "r")) == 1.5 && doc_get_real(doc_find(d, "i")) == -3, "real");
	ok(doc_text_len(doc_find(d, "t")) == 3, "a text with a NUL shows its length");
	ok(doc_len(doc_find(d, "a")) == 2 && doc_get_int(doc_at(doc_find(d, "a"), 1)) == 2, "list");
	ok(!doc_at(doc_find(d, "a"), 2) && !doc_at(d, 0) && !doc_find(doc_find(d, "a"), "x"),
	   "nothing there");
	ok(!doc_find_text(d, "i") && strcmp(doc_get_text(doc_find(d, "i")), "") == 0, "no text");
	ok(json("9007199254740993") &&
		   doc_get_int(json("9007199254740993")) == INT64_C(9007199254740993),
	   "integers are exact");
}

static void test_build(void)
{
	struct doc *d = doc_object(a), *list = doc_array(a), *shared = doc_text(a, "s");

	doc_set_text(d, "z", "1");
	doc_set_int(d, "a", 2);
	doc_set_bool(d, "b", true);
	doc_set_text(d, "null", NULL);
	doc_set_time(d, "t", INT64_C(1795400710000000));
	doc_set_time(d, "never", 0);
	doc_add(list, shared);
	doc_add(list, shared);
	doc_insert(list, 1, doc_int(a, 1));
	doc_put(list, 0, doc_null(a));
	doc_set(d, "list", list);
	ok(strcmp(doc_write(a, d),
		  "{\"z\":\"1\",\"a\":2,\"b\":true,\"null\":null,"
		  "\"t\":\"2026-11-23T02:25:10Z\",\"never\":null,\"list\":[null,1,\"s\"]}") == 0,
	   "members stay in their order");
	doc_remove(d, "z");
	doc_drop(list, 0);
	ok(!doc_find(d, "z") && doc_len(list) == 2, "removed");
	ok(strcmp(doc_write_pretty(a, list), "[\n  1,\n  \"s\"\n]\n") == 0, "pretty");
	doc_set_text(d, "bad", "a\377b\303\244");
	ok(strcmp(doc_find_text(d, "bad"), "a\357\277\275b\303\244") == 0, "no UTF-8 is replaced");
	ok(strcmp(doc_get_text(doc_text(a, "\303")), "\357\277\275") == 0, "also at the end");
}

static void test_copy_equal(void)
{
	struct doc *d = json("{\"a\":[1,{\"b\":2.5}],\"c\":\"x\"}"), *copy = doc_copy(a, d);

	ok(doc_equal(d, copy) && doc_equal(NULL, NULL) && doc_equal(NULL, doc_null(a)), "equal");
	doc_set_int(copy, "c", 1);
	ok(!doc_equal(d, copy) && doc_find_text(d, "c"), "a copy is deep");
	ok(doc_equal(json("[1,2.0]"), json("[1.0,2]")), "numbers are equal by value");
	ok(!doc_equal(json("[1,2]"), json("[2,1]")), "lists by their order");
	ok(doc_equal(json("{\"a\":1,\"b\":2}"), json("{\"b\":2,\"a\":1}")), "objects are not");
	ok(!doc_equal(json("{\"a\":1}"), json("{\"b\":1}")) && !doc_equal(json("1"), json("\"1\"")),
	   "else not");
	ok(doc_depth(d) == 4 - 0 && doc_size(d) >= strlen(doc_write(a, d)), "depth %zu, %zu octets",
	   doc_depth(d), doc_size(d));
}

static void test_each(void)
{
	const struct doc *d = json("{\"x\":1,\"y\":2}"), *value;
	const char *key;
	int64_t sum = 0;
	char keys[8] = "";

	doc_each(d, key, value) {
		strcat(keys, key);
		sum += doc_get_int(value);
	}
	ok(strcmp(keys, "xy") == 0 && sum == 3, "each member in its order");
	sum = 0;
	doc_each(json("[1,2]"), key, value)
		sum++;
	ok(sum == 0, "a list has no members");
}

int main(void)
{
	a = arena_new();
	test_strict();
	test_kinds();
	test_build();
	test_copy_equal();
	test_each();
	arena_free(a);
	return done();
}
