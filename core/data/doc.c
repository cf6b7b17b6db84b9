#include "data/doc.h"

#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* struct doc is jansson's json_t: never defined, only cast. */
static json_t *node(const struct doc *d)
{
	return (json_t *)d;
}

static struct doc *doc(const json_t *j)
{
	return (struct doc *)j;
}

static void *alloc(size_t n)
{
	void *p = malloc(n);

	if (!p && n > 0)
		err_die("out of memory: document");
	return p;
}

/* Documents carry secrets (webhook keys), so what jansson gives back is cleansed. */
static void release(void *p)
{
	if (p)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

static void use_allocator(void)
{
	static bool done;

	if (!done)
		json_set_alloc_funcs(alloc, release);
	done = true;
}

static void decref(void *p)
{
	json_decref(p);
}

static struct doc *own(struct arena *a, json_t *j)
{
	if (!j)
		err_die("jansson refused to make a value");
	arena_defer(a, decref, j);
	return doc(j);
}

/* The deepest nesting of a text, before the recursive parser sees it. */
static size_t text_depth(const char *s, size_t len)
{
	size_t depth = 0, deepest = 0;
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '"')
			quoted = !quoted;
		else if (quoted && s[i] == '\\')
			i++;
		else if (!quoted && (s[i] == '{' || s[i] == '['))
			deepest = ++depth > deepest ? depth : deepest;
		else if (!quoted && (s[i] == '}' || s[i] == ']') && depth > 0)
			depth--;
	}
	return deepest;
}

struct doc *doc_read(struct arena *a, const char *s, size_t len, struct err *e)
{
	json_error_t je;
	json_t *j;

	use_allocator();
	if (len > DOC_MAX_SIZE) {
		err_set(e, ERR_MALFORMED, "json", "expected at most %d octets of JSON; got %zu",
			DOC_MAX_SIZE, len);
		return NULL;
	}
	if (text_depth(s, len) > DOC_MAX_DEPTH) {
		err_set(e, ERR_MALFORMED, "json", "expected at most %d levels of nesting",
			DOC_MAX_DEPTH);
		return NULL;
	}
	j = json_loadb(s, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &je);
	if (!j) {
		err_set(e, ERR_MALFORMED, "json",
			"expected JSON (RFC 8259); got a mistake in line %d, column %d: %s",
			je.line, je.column, je.text);
		return NULL;
	}
	return own(a, j);
}

static int add_chunk(const char *s, size_t n, void *t)
{
	text_add_mem(t, s, n);
	return 0;
}

static struct text dump(struct arena *a, const struct doc *d, size_t flags)
{
	struct text t;

	text_init(&t, a);
	if (!d)
		text_add(&t, "null");
	else if (json_dump_callback(node(d), add_chunk, &t, flags | JSON_ENCODE_ANY))
		err_die("jansson refused to write a value");
	return t;
}

char *doc_write(struct arena *a, const struct doc *d)
{
	return dump(a, d, JSON_COMPACT).s;
}

char *doc_write_pretty(struct arena *a, const struct doc *d)
{
	struct text t = dump(a, d, JSON_INDENT(2));

	text_add(&t, "\n");
	return t.s;
}

struct doc *doc_copy(struct arena *a, const struct doc *d)
{
	return d ? own(a, json_deep_copy(node(d))) : doc_null(a);
}

static bool equal_object(const struct doc *a, const struct doc *b)
{
	const struct doc *value, *other;
	const char *key;

	if (doc_len(a) != doc_len(b))
		return false;
	doc_each(a, key, value) {
		other = doc_find(b, key);
		if (!other || !doc_equal(value, other))
			return false;
	}
	return true;
}

static bool equal_array(const struct doc *a, const struct doc *b)
{
	if (doc_len(a) != doc_len(b))
		return false;
	for (size_t i = 0; i < doc_len(a); i++) {
		if (!doc_equal(doc_at(a, i), doc_at(b, i)))
			return false;
	}
	return true;
}

bool doc_equal(const struct doc *a, const struct doc *b)
{
	enum doc_kind kind = doc_kind(a), other = doc_kind(b);

	if (kind == DOC_OBJECT && other == DOC_OBJECT)
		return equal_object(a, b);
	if (kind == DOC_ARRAY && other == DOC_ARRAY)
		return equal_array(a, b);
	if ((kind == DOC_INT && other == DOC_REAL) || (kind == DOC_REAL && other == DOC_INT))
		return json_number_value(node(a)) == json_number_value(node(b));
	if (!a || !b)
		return kind == other;
	return json_equal(node(a), node(b));
}

size_t doc_depth(const struct doc *d)
{
	const struct doc *value;
	const char *key;
	size_t deepest = 0, depth;

	doc_each(d, key, value) {
		depth = doc_depth(value);
		deepest = depth > deepest ? depth : deepest;
	}
	for (size_t i = 0; doc_kind(d) == DOC_ARRAY && i < doc_len(d); i++) {
		depth = doc_depth(doc_at(d, i));
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest + 1;
}

size_t doc_size(const struct doc *d)
{
	enum { QUOTES = 2, COMMA = 1, COLON = 1, BRACES = 2, NUMBER = 4 };
	const struct doc *value;
	const char *key;
	size_t n = COMMA;

	switch (doc_kind(d)) {
	case DOC_OBJECT:
		n += BRACES;
		doc_each(d, key, value)
			n += strlen(key) + QUOTES + COLON + doc_size(value);
		break;
	case DOC_ARRAY:
		n += BRACES;
		for (size_t i = 0; i < doc_len(d); i++)
			n += doc_size(doc_at(d, i));
		break;
	case DOC_TEXT:
		n += doc_text_len(d) + QUOTES;
		break;
	case DOC_NULL:
	case DOC_BOOL:
	case DOC_INT:
	case DOC_REAL:
		n += NUMBER;
		break;
	}
	return n;
}

struct doc *doc_object(struct arena *a)
{
	use_allocator();
	return own(a, json_object());
}

struct doc *doc_array(struct arena *a)
{
	use_allocator();
	return own(a, json_array());
}

/* Each octet that is not part of a well-formed character becomes U+FFFD. */
static char *make_utf8(struct arena *a, const char *s)
{
	size_t len = strlen(s), n;
	struct text t;

	text_init(&t, a);
	for (size_t i = 0; i < len; i += n) {
		for (n = 1; n <= 4 && n <= len - i && !text_is_utf8(s + i, n); n++)
			;
		if (n <= 4 && n <= len - i) {
			text_add_mem(&t, s + i, n);
		} else {
			text_add(&t, "\357\277\275");
			n = 1;
		}
	}
	return t.s;
}

struct doc *doc_text(struct arena *a, const char *s)
{
	use_allocator();
	if (!s)
		return doc_null(a);
	if (!text_is_utf8(s, strlen(s)))
		s = make_utf8(a, s);
	return own(a, json_string_nocheck(s));
}

struct doc *doc_int(struct arena *a, int64_t v)
{
	use_allocator();
	return own(a, json_integer(v));
}

struct doc *doc_real(struct arena *a, double v)
{
	use_allocator();
	return own(a, json_real(v));
}

struct doc *doc_bool(struct arena *a, bool v)
{
	(void)a;
	return doc(json_boolean(v));	/* true, false and null are jansson's, and last for ever */
}

struct doc *doc_null(struct arena *a)
{
	(void)a;
	return doc(json_null());
}

static void check_done(int failed)
{
	if (failed)
		err_die("jansson refused a change: not that kind of value, or a cycle");
}

void doc_set(struct doc *object, const char *key, struct doc *child)
{
	check_done(json_object_set(node(object), key, child ? node(child) : json_null()));
}

void doc_set_text(struct doc *object, const char *key, const char *v)
{
	json_t *j;

	if (v && text_is_utf8(v, strlen(v))) {
		j = json_string_nocheck(v);
	} else if (v) {
		AUTO(arena) *scratch = arena_new();

		j = json_string_nocheck(make_utf8(scratch, v));
	} else {
		j = json_null();
	}
	check_done(json_object_set_new(node(object), key, j));
}

void doc_set_int(struct doc *object, const char *key, int64_t v)
{
	check_done(json_object_set_new(node(object), key, json_integer(v)));
}

void doc_set_bool(struct doc *object, const char *key, bool v)
{
	check_done(json_object_set_new(node(object), key, json_boolean(v)));
}

void doc_set_time(struct doc *object, const char *key, int64_t us)
{
	char s[CLOCK_TEXT];

	clock_print(s, us);
	doc_set_text(object, key, us ? s : NULL);
}

void doc_remove(struct doc *object, const char *key)
{
	json_object_del(node(object), key);
}

void doc_add(struct doc *array, struct doc *child)
{
	check_done(json_array_append(node(array), child ? node(child) : json_null()));
}

void doc_insert(struct doc *array, size_t i, struct doc *child)
{
	check_done(json_array_insert(node(array), i, node(child)));
}

void doc_put(struct doc *array, size_t i, struct doc *child)
{
	check_done(json_array_set(node(array), i, node(child)));
}

void doc_drop(struct doc *array, size_t i)
{
	check_done(json_array_remove(node(array), i));
}

enum doc_kind doc_kind(const struct doc *d)
{
	if (!d)
		return DOC_NULL;
	switch (json_typeof(node(d))) {
	case JSON_OBJECT:
		return DOC_OBJECT;
	case JSON_ARRAY:
		return DOC_ARRAY;
	case JSON_STRING:
		return DOC_TEXT;
	case JSON_INTEGER:
		return DOC_INT;
	case JSON_REAL:
		return DOC_REAL;
	case JSON_TRUE:
	case JSON_FALSE:
		return DOC_BOOL;
	case JSON_NULL:
		break;
	}
	return DOC_NULL;
}

const char *doc_kind_name(enum doc_kind k)
{
	static const char *const names[] = {
		[DOC_NULL] = "null",	      [DOC_BOOL] = "a boolean", [DOC_INT] = "an integer",
		[DOC_REAL] = "a real number", [DOC_TEXT] = "a text",	[DOC_ARRAY] = "a list",
		[DOC_OBJECT] = "an object",
	};

	return names[k];
}

const struct doc *doc_find(const struct doc *object, const char *key)
{
	return doc(json_object_get(node(object), key));
}

const char *doc_find_text(const struct doc *object, const char *key)
{
	return json_string_value(json_object_get(node(object), key));
}

const struct doc *doc_at(const struct doc *array, size_t i)
{
	return doc(json_array_get(node(array), i));
}

size_t doc_len(const struct doc *d)
{
	if (doc_kind(d) == DOC_ARRAY)
		return json_array_size(node(d));
	return json_object_size(node(d));
}

const char *doc_get_text(const struct doc *d)
{
	const char *s = json_string_value(node(d));

	return s ? s : "";
}

size_t doc_text_len(const struct doc *d)
{
	return json_string_length(node(d));
}

int64_t doc_get_int(const struct doc *d)
{
	return json_integer_value(node(d));
}

double doc_get_real(const struct doc *d)
{
	return json_number_value(node(d));
}

bool doc_get_bool(const struct doc *d)
{
	return json_is_true(node(d));
}

void *doc_iter(const struct doc *object)
{
	return json_object_iter(node(object));
}

const char *doc_iter_key(void *it)
{
	return json_object_iter_key(it);
}

const struct doc *doc_iter_value(void *it)
{
	return doc(json_object_iter_value(it));
}

void *doc_iter_next(const struct doc *object, void *it)
{
	return json_object_iter_next(node(object), it);
}

char *doc_pointer(struct arena *a, const char *prefix, const char *member)
{
	struct text t;

	text_init(&t, a);
	text_add(&t, prefix);
	text_add(&t, "/");
	for (const char *s = member; *s; s++) {
		if (*s == '~')
			text_add(&t, "~0");
		else if (*s == '/')
			text_add(&t, "~1");
		else
			text_add_mem(&t, s, 1);
	}
	return t.s;
}
