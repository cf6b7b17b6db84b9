#include "data/field.h"

#include <string.h>

#include "base/clock.h"

enum {
	MAX_TEXT = 4096,	/* octets, where the row says nothing */
	MAX_ITEMS = 1000,	/* of a list */
	/* Of a document that is kept as it is: as JSON, where the row says nothing; and in levels,
	 * for it is shown within others. */
	MAX_DOC = 64 << 10,
	MAX_DOC_DEPTH = DOC_MAX_DEPTH - 8,
};

/* Where in the document we are: made into a pointer only when there is a problem to report. */
struct place {
	const struct place *up;
	const char *name;	/* of the uppermost: the caller's prefix */
	size_t index;		/* in a list, when name is NULL */
};

struct reader {
	struct arena *a;
	struct problems *p;
};

static const char *pointer(struct reader *r, const struct place *at)
{
	const char *above;

	if (!at->up)
		return at->name;
	above = pointer(r, at->up);
	if (at->name)
		return doc_pointer(r->a, above, at->name);
	return arena_printf(r->a, "%s/%zu", above, at->index);
}

static void wrong_kind(struct reader *r, const struct place *at, const char *what,
		       const struct doc *d)
{
	problems_add(r->p, pointer(r, at), "expected %s; got %s", what, doc_kind_name(doc_kind(d)));
}

static bool is_text(struct reader *r, const struct place *at, const char *what, const struct doc *d)
{
	if (doc_kind(d) != DOC_TEXT) {
		wrong_kind(r, at, what, d);
		return false;
	}
	if (strlen(doc_get_text(d)) != doc_text_len(d)) {
		problems_add(r->p, pointer(r, at), "expected %s; got a text with a NUL octet",
			     what);
		return false;
	}
	return true;
}

static bool is_list(struct reader *r, const struct place *at, const char *what, const struct doc *d)
{
	if (doc_kind(d) != DOC_ARRAY) {
		wrong_kind(r, at, what, d);
		return false;
	}
	if (doc_len(d) > MAX_ITEMS) {
		problems_add(r->p, pointer(r, at), "expected at most %d items; got %zu", MAX_ITEMS,
			     doc_len(d));
		return false;
	}
	return true;
}

static bool is_bounded(const struct field *f, int64_t v)
{
	return (f->min == 0 && f->max == 0) || (v >= f->min && v <= f->max);
}

static void read_bool(struct reader *r, const struct field *f, const struct doc *d, void *out,
		      const struct place *at)
{
	(void)f;
	if (doc_kind(d) != DOC_BOOL)
		wrong_kind(r, at, "true or false", d);
	else
		*(bool *)out = doc_get_bool(d);
}

static bool take_int(struct reader *r, const struct field *f, const struct doc *d, int64_t *out,
		     const struct place *at)
{
	int64_t v = doc_get_int(d);

	if (doc_kind(d) != DOC_INT) {
		wrong_kind(r, at, "an integer", d);
		return false;
	}
	if (!is_bounded(f, v)) {
		problems_add(r->p, pointer(r, at),
			     "expected an integer from %lld to %lld; got %lld", (long long)f->min,
			     (long long)f->max, (long long)v);
		return false;
	}
	*out = v;
	return true;
}

static void read_int(struct reader *r, const struct field *f, const struct doc *d, void *out,
		     const struct place *at)
{
	take_int(r, f, d, out, at);
}

static void read_duration(struct reader *r, const struct field *f, const struct doc *d, void *out,
			  const struct place *at)
{
	struct err e = { 0 };
	int64_t us;

	if (!is_text(r, at, "a duration as text (\"90d\", \"1h30m\")", d))
		return;
	if (clock_read_duration(doc_get_text(d), &us, &e))
		problems_add(r->p, pointer(r, at), "%s", e.text);
	else if (!is_bounded(f, us))
		problems_add(r->p, pointer(r, at), "expected a duration of %s to %s; got \"%s\"",
			     clock_write_duration(r->a, f->min), clock_write_duration(r->a, f->max),
			     doc_get_text(d));
	else
		*(int64_t *)out = us;
}

static void read_time(struct reader *r, const struct field *f, const struct doc *d, void *out,
		      const struct place *at)
{
	struct err e = { 0 };
	int64_t us;

	(void)f;
	if (!is_text(r, at, "a time as text (RFC 3339)", d) || !*doc_get_text(d))
		return;
	if (clock_read(doc_get_text(d), &us, &e))
		problems_add(r->p, pointer(r, at), "%s", e.text);
	else	/* clients written in Go send year 1 for "none" */
		*(int64_t *)out = strncmp(doc_get_text(d), "0001-01-01T", 11) == 0 ? 0 : us;
}

/* NULL: a problem was added. An empty text is for the caller to judge. */
static const char *take_text(struct reader *r, const struct field *f, const struct doc *d,
			     const struct place *at)
{
	size_t n = doc_text_len(d), max = f->max ? (size_t)f->max : MAX_TEXT;
	const char *s = doc_get_text(d);
	struct err e = { 0 };

	if (!is_text(r, at, "a text", d))
		return NULL;
	if (*s && (n < (size_t)f->min || n > max)) {
		problems_add(r->p, pointer(r, at), "expected %lld to %zu octets; got %zu",
			     f->min ? (long long)f->min : 1, max, n);
		return NULL;
	}
	if (*s && f->check && f->check(s, &e)) {
		problems_add(r->p, pointer(r, at), "%s", e.text);
		return NULL;
	}
	return arena_strndup(r->a, s, n);
}

/* An empty text is as good as an absent one: the default stays. */
static void read_text(struct reader *r, const struct field *f, const struct doc *d, void *out,
		      const struct place *at)
{
	const char *s = take_text(r, f, d, at);

	if (s && f->flags & FIELD_SECRET && strcmp(s, FIELD_MASK) == 0)
		return;
	if (s && *s)
		*(const char **)out = s;
}

static void unknown_token(struct reader *r, const struct field *f, const struct place *at,
			  const char *got)
{
	struct text known;

	text_init(&known, r->a);
	for (const struct token *t = f->tokens; t->name; t++)
		text_addf(&known, "%s%s", known.len ? ", " : "", t->name);
	problems_add(r->p, pointer(r, at), "expected one of %s; got \"%.80s\"", known.s, got);
}

static void read_enum(struct reader *r, const struct field *f, const struct doc *d, void *out,
		      const struct place *at)
{
	if (!is_text(r, at, "a text", d) || !*doc_get_text(d))
		return;
	if (token_value(f->tokens, doc_get_text(d), out))
		unknown_token(r, f, at, doc_get_text(d));
}

static unsigned take_flag(struct reader *r, const struct field *f, const struct doc *d,
			  const struct place *at)
{
	int v = 0;

	if (is_text(r, at, "a text", d) && token_value(f->tokens, doc_get_text(d), &v))
		unknown_token(r, f, at, doc_get_text(d));
	return (unsigned)v;
}

/* A list, or a single text as Lamassu takes it too; "" is none. */
static void read_flags(struct reader *r, const struct field *f, const struct doc *d, void *out,
		       const struct place *at)
{
	struct place item = { .up = at };
	unsigned v = 0;

	if (doc_kind(d) == DOC_TEXT) {
		*(unsigned *)out = doc_text_len(d) ? take_flag(r, f, d, at) : 0;
		return;
	}
	if (!is_list(r, at, "a list of texts", d))
		return;
	for (; item.index < doc_len(d); item.index++)
		v |= take_flag(r, f, doc_at(d, item.index), &item);
	*(unsigned *)out = v;
}

static void read_texts(struct reader *r, const struct field *f, const struct doc *d, void *out,
		       const struct place *at)
{
	struct place item = { .up = at };
	struct texts *t = out;
	const char *s;

	if (!is_list(r, at, "a list of texts", d))
		return;
	*t = (struct texts){ .v = arena_array(r->a, doc_len(d), sizeof(*t->v)) };
	for (; item.index < doc_len(d); item.index++) {
		s = take_text(r, f, doc_at(d, item.index), &item);
		if (s && !*s)
			problems_add(r->p, pointer(r, &item), "expected a text; it is empty");
		else if (s && !texts_contain(t, s))
			t->v[t->n++] = s;
	}
}

static void read_ints(struct reader *r, const struct field *f, const struct doc *d, void *out,
		      const struct place *at)
{
	struct place item = { .up = at };
	struct ints *t = out;

	if (!is_list(r, at, "a list of integers", d))
		return;
	*t = (struct ints){ .v = arena_array(r->a, doc_len(d), sizeof(*t->v)), .set = true };
	for (; item.index < doc_len(d); item.index++) {
		if (take_int(r, f, doc_at(d, item.index), &t->v[t->n], &item))
			t->n++;
	}
}

static void read_rows(struct reader *r, const struct field *rows, const struct doc *in, void *out,
		      const struct place *at);

/* An object that is not there is read as an empty one: it may have required members. */
static void read_object(struct reader *r, const struct field *f, const struct doc *d, void *out,
			const struct place *at)
{
	read_rows(r, f->sub, d, out, at);
}

static void read_optional(struct reader *r, const struct field *f, const struct doc *d, void *out,
			  const struct place *at)
{
	void *s = arena_alloc(r->a, f->sub_size);

	fields_defaults(r->a, f->sub, s);
	read_rows(r, f->sub, d, s, at);
	*(void **)out = s;
}

static void read_doc(struct reader *r, const struct field *f, const struct doc *d, void *out,
		     const struct place *at)
{
	size_t n, max = f->max ? (size_t)f->max : MAX_DOC;

	if (doc_kind(d) != DOC_OBJECT) {
		wrong_kind(r, at, "an object", d);
		return;
	}
	n = strlen(doc_write(r->a, d));
	if (n > max)
		problems_add(r->p, pointer(r, at), "expected at most %zu octets of JSON; got %zu",
			     max, n);
	else if (doc_depth(d) > MAX_DOC_DEPTH)
		problems_add(r->p, pointer(r, at), "expected at most %d levels of nesting; got %zu",
			     MAX_DOC_DEPTH, doc_depth(d));
	else
		*(struct doc **)out = doc_copy(r->a, d);
}

static void (*const readers[])(struct reader *r, const struct field *f, const struct doc *d,
			       void *out, const struct place *at) = {
	[FIELD_BOOL] = read_bool,	  [FIELD_INT] = read_int,
	[FIELD_DURATION] = read_duration, [FIELD_TIME] = read_time,
	[FIELD_TEXT] = read_text,	  [FIELD_ENUM] = read_enum,
	[FIELD_FLAGS] = read_flags,	  [FIELD_TEXTS] = read_texts,
	[FIELD_INTS] = read_ints,	  [FIELD_OBJECT] = read_object,
	[FIELD_OPTIONAL] = read_optional, [FIELD_DOC] = read_doc,
};

static bool is_absent(const struct doc *d)
{
	return doc_kind(d) == DOC_NULL || (doc_kind(d) == DOC_TEXT && doc_text_len(d) == 0);
}

static void read_row(struct reader *r, const struct field *f, const struct doc *d, void *out,
		     const struct place *at)
{
	if (f->flags & FIELD_READ_ONLY)
		return;
	if (f->flags & FIELD_REQUIRED && is_absent(d)) {
		problems_add(r->p, pointer(r, at), "required%s%s", f->help ? ": " : "",
			     f->help ? f->help : "");
		return;
	}
	if (d && doc_kind(d) != DOC_NULL)
		readers[f->type](r, f, d, out, at);
	else if (f->type == FIELD_OBJECT && !(f->flags & FIELD_HIDDEN))
		read_object(r, f, NULL, out, at);
}

static void find_unknown(struct reader *r, const struct field *rows, const struct doc *in,
			 const struct place *at)
{
	const struct field *f;
	const char *key;

	for (void *it = doc_iter(in); it; it = doc_iter_next(in, it)) {
		struct place member = { .up = at };

		member.name = key = doc_iter_key(it);

		for (f = rows; f->name && strcmp(f->name, key) != 0; f++)
			;
		if (!f->name)
			problems_add(r->p, pointer(r, &member), "unknown member");
	}
}

/* out has its defaults already. */
static void read_rows(struct reader *r, const struct field *rows, const struct doc *in, void *out,
		      const struct place *at)
{
	if (in && doc_kind(in) != DOC_OBJECT) {
		wrong_kind(r, at, "an object", in);
		return;
	}
	for (const struct field *f = rows; f->name; f++) {
		struct place member = { .up = at, .name = f->name };

		read_row(r, f, doc_find(in, f->name), (char *)out + f->offset, &member);
	}
	find_unknown(r, rows, in, at);
}

void fields_read(struct arena *a, const struct field *rows, const struct doc *in, void *out,
		 const char *prefix, struct problems *p)
{
	struct reader r = { .a = a, .p = p };
	struct place at = { .name = prefix };

	fields_defaults(a, rows, out);
	read_rows(&r, rows, in, out, &at);
}
