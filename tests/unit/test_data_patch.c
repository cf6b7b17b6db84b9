#include "data/patch.h"

#include <string.h>

#include "tap.h"

static struct arena *a;
static struct err e;

static struct doc *json(const char *s)
{
	struct doc *d = doc_read(a, s, strlen(s), &e);

	if (!d)
		err_die("bad JSON in the test: %s", s);
	return d;
}

static const struct {
	const char *target, *patch, *result;
} merges[] = {
	{ "{\"ca\":\"x\"}", "{\"ca\":\"y\"}", "{\"ca\":\"y\"}" },
	{ "{\"ca\":\"x\"}", "{\"mode\":1}", "{\"ca\":\"x\",\"mode\":1}" },
	{ "{\"ca\":\"x\",\"b\":1}", "{\"ca\":null}", "{\"b\":1}" },
	{ "{}", "{\"ca\":null}", "{}" },
	{ "{\"s\":{\"a\":1,\"b\":2}}", "{\"s\":{\"b\":null,\"c\":{\"d\":null}}}",
	  "{\"s\":{\"a\":1,\"c\":{}}}" },
	{ "{\"s\":[1,2]}", "{\"s\":[3]}", "{\"s\":[3]}" },
	{ "{\"s\":\"text\"}", "{\"s\":{\"a\":1}}", "{\"s\":{\"a\":1}}" },
	{ "[1]", "{\"a\":1}", "{\"a\":1}" },
	{ "{\"a\":1}", "[2]", "[2]" },
	{ "{\"a\":1}", "null", "null" },
	{ "{\"s\":{}}", "{\"s\":{\"x\":[{\"y\":null}]}}", "{\"s\":{\"x\":[{\"y\":null}]}}" },
};

static void test_merge(void)
{
	for (size_t i = 0; i < ARRAY_LEN(merges); i++) {
		struct doc *target = json(merges[i].target);
		struct doc *out = patch_merge(a, target, json(merges[i].patch));

		ok(doc_equal(out, json(merges[i].result)) &&
			   doc_equal(target, json(merges[i].target)),
		   "merge %s into %s", merges[i].patch, merges[i].target);
	}
}

#define OP(op, rest) "[{\"op\":\"" op "\"," rest "}]"

static const struct {
	const char *target, *patch, *result;
} patches[] = {
	{ "{\"a\":1}", "[]", "{\"a\":1}" },
	{ "{\"a\":1}", OP("add", "\"path\":\"/b\",\"value\":2"), "{\"a\":1,\"b\":2}" },
	{ "{\"a\":1}", OP("add", "\"path\":\"/a\",\"value\":null"), "{\"a\":null}" },
	{ "{\"a\":1}", OP("add", "\"path\":\"\",\"value\":{\"new\":[]}"), "{\"new\":[]}" },
	{ "{\"l\":[1,3]}", OP("add", "\"path\":\"/l/1\",\"value\":2"), "{\"l\":[1,2,3]}" },
	{ "{\"l\":[1]}", OP("add", "\"path\":\"/l/-\",\"value\":2"), "{\"l\":[1,2]}" },
	{ "{\"l\":[1]}", OP("add", "\"path\":\"/l/1\",\"value\":2"), "{\"l\":[1,2]}" },
	{ "{\"m\":{}}", OP("add", "\"path\":\"/m/lamassu.io~1iot~0x\",\"value\":1"),
	  "{\"m\":{\"lamassu.io/iot~x\":1}}" },
	{ "{\"m\":{}}", OP("add", "\"path\":\"/m/~01\",\"value\":1"), "{\"m\":{\"~1\":1}}" },
	{ "{}", OP("add", "\"path\":\"/\",\"value\":1"), "{\"\":1}" },
	{ "{}", OP("add", "\"path\":\"/a\",\"value\":1,\"unknown\":1"), "{\"a\":1}" },
	{ "{\"0\":1}", OP("replace", "\"path\":\"/0\",\"value\":2"), "{\"0\":2}" },
	{ "{\"a\":{\"b\":1},\"c\":2}", OP("remove", "\"path\":\"/a/b\""), "{\"a\":{},\"c\":2}" },
	{ "[1,2,3]", OP("remove", "\"path\":\"/1\""), "[1,3]" },
	{ "[1,2]", OP("replace", "\"path\":\"/0\",\"value\":{}"), "[{},2]" },
	{ "{\"a\":1}", OP("replace", "\"path\":\"\",\"value\":[]"), "[]" },
	{ "{\"a\":{\"x\":1},\"b\":{}}", OP("move", "\"from\":\"/a/x\",\"path\":\"/b/y\""),
	  "{\"a\":{},\"b\":{\"y\":1}}" },
	{ "[1,2,3]", OP("move", "\"from\":\"/0\",\"path\":\"/2\""), "[2,3,1]" },
	{ "{\"a\":1}", OP("move", "\"from\":\"/a\",\"path\":\"/a\""), "{\"a\":1}" },
	{ "{\"a\":[1]}", OP("copy", "\"from\":\"/a\",\"path\":\"/a/-\""), "{\"a\":[1,[1]]}" },
	{ "{\"a\":[1]}", OP("copy", "\"from\":\"\",\"path\":\"/b\""),
	  "{\"a\":[1],\"b\":{\"a\":[1]}}" },
	{ "{\"a\":[1,{\"x\":2}]}", OP("test", "\"path\":\"/a\",\"value\":[1.0,{\"x\":2}]"),
	  "{\"a\":[1,{\"x\":2}]}" },
	{ "{\"a\":null}", OP("test", "\"path\":\"/a\",\"value\":null"), "{\"a\":null}" },
};

static void test_apply(void)
{
	for (size_t i = 0; i < ARRAY_LEN(patches); i++) {
		struct doc *target = json(patches[i].target);
		struct doc *out = patch_apply(a, target, json(patches[i].patch), 0, &e);

		ok(out && doc_equal(out, json(patches[i].result)) &&
			   doc_equal(target, json(patches[i].target)),
		   "%s on %s", patches[i].patch, patches[i].target);
	}
}

static const struct {
	enum err_kind kind;
	const char *patch;
} refusals[] = {
	{ ERR_MALFORMED, "{}" },
	{ ERR_MALFORMED, "[1]" },
	{ ERR_MALFORMED, "[{\"path\":\"/a\"}]" },
	{ ERR_MALFORMED, OP("frob", "\"path\":\"/a\"") },
	{ ERR_MALFORMED, OP("Add", "\"path\":\"/a\",\"value\":1") },
	{ ERR_MALFORMED, OP("add", "\"path\":\"/a\"") },
	{ ERR_MALFORMED, OP("add", "\"value\":1") },
	{ ERR_MALFORMED, OP("add", "\"path\":\"a\",\"value\":1") },
	{ ERR_MALFORMED, OP("add", "\"path\":1,\"value\":1") },
	{ ERR_MALFORMED, OP("add", "\"path\":\"/a~2\",\"value\":1") },
	{ ERR_MALFORMED, OP("add", "\"path\":\"/a~\",\"value\":1") },
	{ ERR_MALFORMED, OP("add", "\"path\":\"/a\\u0000\",\"value\":1") },
	{ ERR_MALFORMED, OP("move", "\"path\":\"/a\"") },
	{ ERR_CONFLICT, OP("add", "\"path\":\"/x/y\",\"value\":1") },
	{ ERR_CONFLICT, OP("add", "\"path\":\"/l/3\",\"value\":1") },
	{ ERR_CONFLICT, OP("add", "\"path\":\"/l/01\",\"value\":1") },
	{ ERR_CONFLICT, OP("add", "\"path\":\"/l/x\",\"value\":1") },
	{ ERR_CONFLICT, OP("add", "\"path\":\"/a/x\",\"value\":1") },
	{ ERR_CONFLICT, OP("remove", "\"path\":\"/none\"") },
	{ ERR_CONFLICT, OP("remove", "\"path\":\"/l/2\"") },
	{ ERR_CONFLICT, OP("remove", "\"path\":\"/l/-\"") },
	{ ERR_CONFLICT, OP("remove", "\"path\":\"\"") },
	{ ERR_CONFLICT, OP("replace", "\"path\":\"/none\",\"value\":1") },
	{ ERR_CONFLICT, OP("move", "\"from\":\"/o\",\"path\":\"/o/x\"") },
	{ ERR_CONFLICT, OP("move", "\"from\":\"/none\",\"path\":\"/x\"") },
	{ ERR_CONFLICT, OP("copy", "\"from\":\"/none\",\"path\":\"/x\"") },
	{ ERR_CONFLICT, OP("test", "\"path\":\"/a\",\"value\":2") },
	{ ERR_CONFLICT, OP("test", "\"path\":\"/none\",\"value\":null") },
};

static void test_refusals(void)
{
	struct doc *target = json("{\"a\":1,\"l\":[1,2],\"o\":{}}"), *before = doc_copy(a, target);

	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		err_clear(&e);
		ok(!patch_apply(a, target, json(refusals[i].patch), 0, &e) &&
			   e.kind == refusals[i].kind && strstr(e.text, "6902"),
		   "refuses %s: %s", refusals[i].patch, e.text);
	}
	ok(!patch_apply(
		   a, target,
		   json("[{\"op\":\"add\",\"path\":\"/b\",\"value\":1},{\"op\":\"remove\",\"path\":\"/c\"}]"),
		   0, &e) &&
		   strstr(e.text, "operation 1"),
	   "names the operation that failed");
	ok(doc_equal(target, before), "and leaves the target alone");
}

static const struct {
	const char *target, *patch, *result;
} lenient[] = {
	{ "{}", OP("add", "\"path\":\"/a/b/c\",\"value\":1"), "{\"a\":{\"b\":{\"c\":1}}}" },
	{ "{}", OP("add", "\"path\":\"/l/-\",\"value\":1"), "{\"l\":[1]}" },
	{ "{}", OP("add", "\"path\":\"/l/0\",\"value\":1"), "{\"l\":[1]}" },
	{ "{}", OP("add", "\"path\":\"/l/-/x\",\"value\":1"), "{\"l\":[{\"x\":1}]}" },
	{ "{\"l\":[1]}", OP("add", "\"path\":\"/l/1/x\",\"value\":2"), "{\"l\":[1,{\"x\":2}]}" },
	{ "{\"l\":[1]}", OP("add", "\"path\":\"/l/0\",\"value\":2"), "{\"l\":[2,1]}" },
	{ "{\"a\":1}", OP("remove", "\"path\":\"/b\""), "{\"a\":1}" },
	{ "{\"a\":1}", OP("remove", "\"path\":\"/b/c/0\""), "{\"a\":1}" },
	{ "{\"a\":1}", OP("remove", "\"path\":\"/a\""), "{}" },
	{ "{\"a\":1}", OP("add", "\"path\":\"/a/b\",\"value\":1"), NULL },
	{ "{\"l\":[]}", OP("add", "\"path\":\"/l/7/x\",\"value\":1"), NULL },
	{ "{}", OP("replace", "\"path\":\"/a\",\"value\":1"), NULL },
	{ "{}", OP("remove", "\"path\":\"\""), NULL },
};

static void test_lenient(void)
{
	for (size_t i = 0; i < ARRAY_LEN(lenient); i++) {
		struct doc *target = json(lenient[i].target), *patch = json(lenient[i].patch), *out;

		out = patch_apply(a, target, patch, PATCH_LENIENT, &e);
		ok(lenient[i].result ? out && doc_equal(out, json(lenient[i].result)) : !out,
		   "lenient: %s on %s", lenient[i].patch, lenient[i].target);
	}
}

/* One long text, copied again and again, is one value each time. */
static void test_octets(void)
{
	char *text = arena_alloc(a, 100001);
	struct doc *patch = doc_array(a), *add = json("{\"op\":\"add\",\"path\":\"/0\"}");

	memset(text, 'x', 100000);
	doc_set_text(add, "value", text);
	doc_add(patch, add);
	doc_add(patch, json("{\"op\":\"copy\",\"from\":\"/0\",\"path\":\"/-\"}"));
	ok(patch_apply(a, json("[]"), patch, 0, &e) != NULL,
	   "what fits into a request is fine twice");
	doc_add(patch, json("{\"op\":\"copy\",\"from\":\"/0\",\"path\":\"/-\"}"));
	ok(!patch_apply(a, json("[]"), patch, 0, &e) && e.kind == ERR_REJECTED &&
		   strstr(e.text, "262144"),
	   "few values of many octets end too");
}

/* Each copy of the whole into itself doubles it. */
static void test_growth(void)
{
	struct doc *patch = doc_array(a),
		   *op = json("{\"op\":\"copy\",\"from\":\"\",\"path\":\"/-\"}");

	for (int i = 0; i < 28; i++)
		doc_add(patch, op);
	ok(!patch_apply(a, json("[]"), patch, 0, &e) && e.kind == ERR_REJECTED,
	   "copies of copies end");
	patch = doc_array(a);
	op = json("{\"op\":\"add\",\"path\":\"\",\"value\":[]}");
	for (int i = 0; i < 1001; i++)
		doc_add(patch, op);
	ok(!patch_apply(a, json("[]"), patch, 0, &e), "so do operations");
	patch = json("[{\"op\":\"copy\",\"from\":\"\",\"path\":\"/0\"}]");
	op = json("[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]");
	ok(patch_apply(a, json("[]"), patch, 0, &e) != NULL, "one level more is fine");
	ok(!patch_apply(
		   a, op,
		   json(OP("copy", "\"from\":\"\",\"path\":\"/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0\"")), 0,
		   &e) &&
		   strstr(e.text, "levels"),
	   "too deep a result is refused");
}

int main(void)
{
	a = arena_new();
	test_merge();
	test_apply();
	test_refusals();
	test_lenient();
	test_growth();
	test_octets();
	arena_free(a);
	return done();
}
