#include "data/patch.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum {
	MAX_OPERATIONS = 1000,
	/* Octets that one patch adds: without a bound, copies of copies grow without end. As many
	 * as a request has; so only what copies itself meets it. */
	MAX_ADDED = 256 << 10,
};

static void merge_into(struct arena *a, struct doc *target, const struct doc *patch);

/* RFC 7396 section 2, with the target's place already made. */
static struct doc *merged(struct arena *a, const struct doc *target, const struct doc *patch)
{
	struct doc *out;

	if (doc_kind(patch) != DOC_OBJECT)
		return doc_copy(a, patch);
	out = doc_kind(target) == DOC_OBJECT ? (struct doc *)target : doc_object(a);
	merge_into(a, out, patch);
	return out;
}

static void merge_into(struct arena *a, struct doc *target, const struct doc *patch)
{
	const struct doc *value;
	const char *key;

	doc_each(patch, key, value) {
		if (doc_kind(value) == DOC_NULL)
			doc_remove(target, key);
		else
			doc_set(target, key, merged(a, doc_find(target, key), value));
	}
}

struct doc *patch_merge(struct arena *a, const struct doc *target, const struct doc *patch)
{
	return merged(a, doc_copy(a, target), patch);
}

/* A JSON pointer (RFC 6901), split and unescaped. */
struct pointer {
	const char *text;
	const char *v[DOC_MAX_DEPTH];
	size_t n;
};

struct change {
	struct arena *a;
	struct doc *root;
	size_t n;		/* the operation's number, for messages */
	size_t budget;		/* octets that may still be added */
	bool lenient;
	struct err *e;
};

static int malformed(struct change *c, const char *what, const char *got)
{
	return err_set(c->e, ERR_MALFORMED, "json_patch",
		       "operation %zu: %s; got \"%.200s\" (RFC 6902)", c->n, what, got);
}

static int conflict(struct change *c, const char *what, const char *path)
{
	return err_set(c->e, ERR_CONFLICT, "json_patch", "operation %zu: %s: \"%.200s\" (RFC 6902)",
		       c->n, what, path);
}

/* NULL: a '~' that is neither ~0 nor ~1. */
static const char *unescape(struct arena *a, const char *s, size_t n)
{
	char *out = arena_alloc(a, n + 1), *p = out;

	for (size_t i = 0; i < n; i++) {
		if (s[i] != '~') {
			*p++ = s[i];
			continue;
		}
		if (++i == n || (s[i] != '0' && s[i] != '1'))
			return NULL;
		*p++ = s[i] == '0' ? '~' : '/';
	}
	return out;
}

static int read_pointer(struct change *c, const struct doc *d, const char *member,
			struct pointer *out)
{
	const char *s = doc_get_text(d), *end;

	*out = (struct pointer){ .text = s };
	if (doc_kind(d) != DOC_TEXT || strlen(s) != doc_text_len(d))
		return malformed(c, "expected a JSON pointer as text", member);
	if (*s && *s != '/')
		return malformed(c, "expected a JSON pointer, empty or with '/' first", s);
	for (; *s; s = end) {
		end = s + 1 + strcspn(s + 1, "/");
		if (out->n == DOC_MAX_DEPTH)
			return malformed(c, "expected at most 32 steps", out->text);
		out->v[out->n] = unescape(c->a, s + 1, (size_t)(end - s - 1));
		if (!out->v[out->n++])
			return malformed(c, "expected ~0 or ~1 after each '~'", out->text);
	}
	return 0;
}

/* An array index (RFC 6901 section 4: no leading zeros) below limit; -1: none. */
static long read_index(const char *s, size_t limit)
{
	size_t n = strlen(s);
	long i;

	if (n == 0 || n > 8 || strspn(s, "0123456789") != n || (n > 1 && s[0] == '0'))
		return -1;
	i = strtol(s, NULL, 10);
	return (size_t)i < limit ? i : -1;
}

static struct doc *step(struct doc *d, const char *name)
{
	long i;

	if (doc_kind(d) != DOC_ARRAY)
		return (struct doc *)doc_find(d, name);
	i = read_index(name, doc_len(d));
	return i < 0 ? NULL : (struct doc *)doc_at(d, (size_t)i);
}

static struct doc *walk(struct change *c, const struct pointer *p, size_t steps)
{
	struct doc *d = c->root;

	for (size_t i = 0; i < steps && d; i++)
		d = step(d, p->v[i]);
	return d;
}

static struct doc *find(struct change *c, const struct pointer *p)
{
	struct doc *d = walk(c, p, p->n);

	if (!d)
		conflict(c, "there is nothing at", p->text);
	return d;
}

static int add_to_array(struct change *c, struct doc *array, const struct pointer *p,
			struct doc *value)
{
	const char *last = p->v[p->n - 1];
	long i = strcmp(last, "-") == 0 ? (long)doc_len(array)
					: read_index(last, doc_len(array) + 1);

	if (i < 0)
		return conflict(c, "expected an index within the list or '-' at the end", p->text);
	doc_insert(array, (size_t)i, value);
	return 0;
}

static struct doc *take(struct change *c, const struct doc *d);

/* What the step after this one needs: a list for its first or next place, else an object. */
static struct doc *make_parent(struct change *c, const char *next)
{
	bool list = strcmp(next, "-") == 0 || strcmp(next, "0") == 0;

	return take(c, list ? doc_array(c->a) : doc_object(c->a));
}

/* Makes what is missing on the way to the last step. *out: where the way ends. */
static int make_parents(struct change *c, const struct pointer *p, struct doc **out)
{
	struct doc *d = c->root, *next;

	for (size_t i = 0; i + 1 < p->n; i++, d = next) {
		const struct pointer here = { .text = p->text, .v = { p->v[i] }, .n = 1 };

		next = step(d, p->v[i]);
		if (next)
			continue;
		if (doc_kind(d) != DOC_OBJECT && doc_kind(d) != DOC_ARRAY)
			break;
		next = make_parent(c, p->v[i + 1]);
		if (!next)
			return -1;
		if (doc_kind(d) == DOC_OBJECT)
			doc_set(d, p->v[i], next);
		else if (add_to_array(c, d, &here, next))
			return -1;
	}
	*out = d;
	return 0;
}

static int add(struct change *c, const struct pointer *p, struct doc *value)
{
	struct doc *parent;

	if (p->n == 0) {
		c->root = value;
		return 0;
	}
	parent = walk(c, p, p->n - 1);
	if (!parent && c->lenient && make_parents(c, p, &parent))
		return -1;
	if (doc_kind(parent) == DOC_ARRAY)
		return add_to_array(c, parent, p, value);
	if (doc_kind(parent) != DOC_OBJECT)
		return conflict(c, "expected an object or a list above", p->text);
	doc_set(parent, p->v[p->n - 1], value);
	return 0;
}

static int drop(struct change *c, const struct pointer *p)
{
	struct doc *parent;

	if (p->n == 0)
		return conflict(c, "the whole document cannot be removed", p->text);
	if (!find(c, p))
		return -1;
	parent = walk(c, p, p->n - 1);
	if (doc_kind(parent) == DOC_ARRAY)
		doc_drop(parent, (size_t)read_index(p->v[p->n - 1], doc_len(parent)));
	else
		doc_remove(parent, p->v[p->n - 1]);
	return 0;
}

static int replace(struct change *c, const struct pointer *p, struct doc *value)
{
	struct doc *parent;

	if (p->n == 0)
		return add(c, p, value);
	if (!find(c, p))
		return -1;
	parent = walk(c, p, p->n - 1);
	if (doc_kind(parent) == DOC_ARRAY)
		doc_put(parent, (size_t)read_index(p->v[p->n - 1], doc_len(parent)), value);
	else
		doc_set(parent, p->v[p->n - 1], value);
	return 0;
}

/* A copy of what comes from the patch or from elsewhere in the document, within the budget. */
static struct doc *take(struct change *c, const struct doc *d)
{
	size_t n = doc_size(d);

	if (n > c->budget) {
		err_set(c->e, ERR_REJECTED, "json_patch",
			"operation %zu: expected a patch that adds at most %d octets, copies included; "
			"got %zu",
			c->n, MAX_ADDED, MAX_ADDED - c->budget + n);
		return NULL;
	}
	c->budget -= n;
	return doc_copy(c->a, d);
}

static int take_value(struct change *c, const struct doc *op, struct doc **out)
{
	const struct doc *value = doc_find(op, "value");

	if (!value)
		return malformed(c, "expected a member \"value\"", doc_find_text(op, "op"));
	*out = take(c, value);
	return *out ? 0 : -1;
}

static int op_add(struct change *c, const struct doc *op, const struct pointer *path)
{
	struct doc *value;

	return take_value(c, op, &value) ? -1 : add(c, path, value);
}

static int op_remove(struct change *c, const struct doc *op, const struct pointer *path)
{
	(void)op;
	if (c->lenient && path->n && !walk(c, path, path->n))
		return 0;
	return drop(c, path);
}

static int op_replace(struct change *c, const struct doc *op, const struct pointer *path)
{
	struct doc *value;

	return take_value(c, op, &value) ? -1 : replace(c, path, value);
}

static bool is_inside(const struct pointer *inner, const struct pointer *outer)
{
	if (inner->n <= outer->n)
		return false;
	for (size_t i = 0; i < outer->n; i++) {
		if (strcmp(inner->v[i], outer->v[i]) != 0)
			return false;
	}
	return true;
}

static int op_move(struct change *c, const struct doc *op, const struct pointer *path)
{
	struct pointer from;
	struct doc *value;

	if (read_pointer(c, doc_find(op, "from"), "from", &from))
		return -1;
	if (is_inside(path, &from))
		return conflict(c, "a value cannot be moved into itself", path->text);
	if (strcmp(path->text, from.text) == 0)
		return find(c, &from) ? 0 : -1;
	value = find(c, &from);
	if (!value)
		return -1;
	value = take(c, value);
	if (!value || drop(c, &from))
		return -1;
	return add(c, path, value);
}

static int op_copy(struct change *c, const struct doc *op, const struct pointer *path)
{
	struct pointer from;
	struct doc *value;

	if (read_pointer(c, doc_find(op, "from"), "from", &from))
		return -1;
	value = find(c, &from);
	if (value)
		value = take(c, value);
	return value ? add(c, path, value) : -1;
}

static int op_test(struct change *c, const struct doc *op, const struct pointer *path)
{
	const struct doc *value = doc_find(op, "value"), *there;

	if (!value)
		return malformed(c, "expected a member \"value\"", "test");
	there = find(c, path);
	if (!there)
		return -1;
	return doc_equal(there, value) ? 0 : conflict(c, "another value is at", path->text);
}

static const struct {
	const char *name;
	int (*apply)(struct change *c, const struct doc *op, const struct pointer *path);
} operations[] = {
	{ "add", op_add },   { "remove", op_remove }, { "replace", op_replace },
	{ "move", op_move }, { "copy", op_copy },     { "test", op_test },
};

static int apply(struct change *c, const struct doc *op)
{
	const char *name = doc_find_text(op, "op");
	struct pointer path;

	if (doc_kind(op) != DOC_OBJECT)
		return malformed(c, "expected an object", doc_kind_name(doc_kind(op)));
	if (!name)
		return malformed(c, "expected a member \"op\"", "none");
	for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
		if (strcmp(name, operations[i].name) != 0)
			continue;
		if (read_pointer(c, doc_find(op, "path"), "path", &path))
			return -1;
		return operations[i].apply(c, op, &path);
	}
	return malformed(c, "expected one of add, remove, replace, move, copy, test", name);
}

struct doc *patch_apply(struct arena *a, const struct doc *target, const struct doc *patch,
			unsigned flags, struct err *e)
{
	struct change c = {
		.a = a,
		.budget = MAX_ADDED,
		.lenient = flags & PATCH_LENIENT,
		.e = e,
	};

	if (doc_kind(patch) != DOC_ARRAY || doc_len(patch) > MAX_OPERATIONS) {
		err_set(e, ERR_MALFORMED, "json_patch",
			"expected a list of at most %d operations (RFC 6902 section 3); got %s",
			MAX_OPERATIONS, doc_kind_name(doc_kind(patch)));
		return NULL;
	}
	c.root = doc_copy(a, target);
	for (c.n = 0; c.n < doc_len(patch); c.n++) {
		if (apply(&c, doc_at(patch, c.n)))
			return NULL;
	}
	if (doc_depth(c.root) > DOC_MAX_DEPTH) {
		err_set(e, ERR_MALFORMED, "json_patch", "the result nests deeper than %d levels",
			DOC_MAX_DEPTH);
		return NULL;
	}
	return c.root;
}
