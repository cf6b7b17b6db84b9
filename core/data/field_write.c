#include "data/field.h"

#include <string.h>

#include "base/clock.h"

static struct doc *write_flags(struct arena *a, const struct token *tokens, unsigned v)
{
	struct doc *list = doc_array(a);

	for (; tokens->name; tokens++) {
		if (v & (unsigned)tokens->value)
			doc_add(list, doc_text(a, tokens->name));
	}
	return list;
}

static struct doc *write_texts(struct arena *a, const struct texts *t)
{
	struct doc *list = doc_array(a);

	for (size_t i = 0; i < t->n; i++)
		doc_add(list, doc_text(a, t->v[i]));
	return list;
}

static struct doc *write_ints(struct arena *a, const struct ints *t)
{
	struct doc *list;

	if (!t->set)
		return doc_null(a);
	list = doc_array(a);
	for (size_t i = 0; i < t->n; i++)
		doc_add(list, doc_int(a, t->v[i]));
	return list;
}

static struct doc *write_optional(struct arena *a, const struct field *f, const void *s,
				  unsigned flags)
{
	return s ? fields_write(a, f->sub, s, flags) : doc_null(a);
}

/* NULL: the member is left out, for it has no value. */
static struct doc *write_value(struct arena *a, const struct field *f, const void *in,
			       unsigned flags)
{
	switch (f->type) {
	case FIELD_BOOL:
		return doc_bool(a, *(const bool *)in);
	case FIELD_INT:
		return doc_int(a, *(const int64_t *)in);
	case FIELD_DURATION:
		return doc_text(a, clock_write_duration(a, *(const int64_t *)in));
	case FIELD_TIME:
		if (*(const int64_t *)in == 0)
			return NULL;
		return doc_text(a, clock_write(a, *(const int64_t *)in));
	case FIELD_TEXT:
		if (!*(const char *const *)in)
			return NULL;
		if (f->flags & FIELD_SECRET && flags & FIELDS_MASKED)
			return doc_text(a, FIELD_MASK);
		return doc_text(a, *(const char *const *)in);
	case FIELD_ENUM:
		return doc_text(a, token_name(f->tokens, *(const int *)in));
	case FIELD_FLAGS:
		return write_flags(a, f->tokens, *(const unsigned *)in);
	case FIELD_TEXTS:
		return write_texts(a, in);
	case FIELD_INTS:
		return write_ints(a, in);
	case FIELD_OBJECT:
		return fields_write(a, f->sub, in, flags);
	case FIELD_OPTIONAL:
		return write_optional(a, f, *(const void *const *)in, flags);
	case FIELD_DOC:
		return *(struct doc *const *)in;
	}
	return NULL;
}

struct doc *fields_write(struct arena *a, const struct field *rows, const void *in, unsigned flags)
{
	struct doc *out = doc_object(a), *value;

	for (const struct field *f = rows; f->name; f++) {
		if (f->flags & FIELD_HIDDEN)
			continue;
		if (f->flags & FIELD_SECRET && !(flags & (FIELDS_SECRETS | FIELDS_MASKED)))
			continue;
		value = write_value(a, f, (const char *)in + f->offset, flags);
		if (value)
			doc_set(out, f->name, value);
	}
	return out;
}

void fields_keep_secrets(const struct field *rows, const void *from, void *to)
{
	for (const struct field *f = rows; f->name; f++) {
		const void *old = (const char *)from + f->offset;
		void *new = (char *)to + f->offset;

		if (f->flags & FIELD_HIDDEN)
			continue;
		if (f->type == FIELD_OBJECT)
			fields_keep_secrets(f->sub, old, new);
		else if (f->type == FIELD_OPTIONAL && *(const void *const *)old && *(void **)new)
			fields_keep_secrets(f->sub, *(const void *const *)old, *(void **)new);
		else if (f->type == FIELD_TEXT && f->flags & FIELD_SECRET && !*(const char **)new)
			*(const char **)new = *(const char *const *)old;
	}
}

enum {
	SHOWN_VALUE = 512,	/* octets of a value in a difference; of a longer one, its length */
	SHOWN_ALL = 8 << 10,	/* of all; of further ones, their number */
};

struct differ {
	struct arena *a;
	struct doc *out;
	size_t room;
	int64_t more;		/* that there was no room for */
};

static struct doc *shown(struct differ *d, const struct field *f, const struct doc *value)
{
	size_t n;

	if (value && f->flags & FIELD_SECRET)
		return doc_text(d->a, FIELD_MASK);
	n = strlen(doc_write(d->a, value));
	if (n > SHOWN_VALUE)
		return doc_text(d->a, arena_printf(d->a, "(%zu octets)", n));
	return (struct doc *)value;
}

static void add_change(struct differ *d, const struct field *f, const char *pointer,
		       const struct doc *from, const struct doc *to)
{
	struct doc *change = doc_object(d->a);
	size_t n;

	doc_set(change, "from", shown(d, f, from));
	doc_set(change, "to", shown(d, f, to));
	n = strlen(pointer) + doc_size(change);
	if (n > d->room) {
		d->more++;
		return;
	}
	d->room -= n;
	doc_set(d->out, pointer, change);
}

static void diff_rows(struct differ *d, const struct field *rows, const void *from, const void *to,
		      const char *prefix);

static void diff_value(struct differ *d, const struct field *f, const void *from, const void *to,
		       const char *pointer)
{
	struct doc *old = write_value(d->a, f, from, 0), *new = write_value(d->a, f, to, 0);

	if (!doc_equal(old, new))
		add_change(d, f, pointer, old, new);
}

/* Members of to that differ; of from, those that to does not have. */
static void diff_doc(struct differ *d, const struct field *f, const struct doc *from,
		     const struct doc *to, const char *prefix)
{
	const struct doc *value, *old;
	const char *key;

	doc_each(to, key, value) {
		old = doc_find(from, key);
		if (!old || !doc_equal(old, value))
			add_change(d, f, doc_pointer(d->a, prefix, key), old, value);
	}
	doc_each(from, key, value) {
		if (!doc_find(to, key))
			add_change(d, f, doc_pointer(d->a, prefix, key), value, NULL);
	}
}

static void diff_row(struct differ *d, const struct field *f, const void *from, const void *to,
		     const char *pointer)
{
	const void *old, *new;

	if (f->type == FIELD_OBJECT) {
		diff_rows(d, f->sub, from, to, pointer);
		return;
	}
	if (f->type == FIELD_DOC) {
		diff_doc(d, f, *(struct doc *const *)from, *(struct doc *const *)to, pointer);
		return;
	}
	if (f->type == FIELD_OPTIONAL) {
		old = *(const void *const *)from;
		new = *(const void *const *)to;
		if (old && new) {
			diff_rows(d, f->sub, old, new, pointer);
			return;
		}
	}
	diff_value(d, f, from, to, pointer);
}

static void diff_rows(struct differ *d, const struct field *rows, const void *from, const void *to,
		      const char *prefix)
{
	for (const struct field *f = rows; f->name; f++) {
		if (f->flags & FIELD_HIDDEN)
			continue;
		diff_row(d, f, (const char *)from + f->offset, (const char *)to + f->offset,
			 doc_pointer(d->a, prefix, f->name));
	}
}

struct doc *fields_diff(struct arena *a, const struct field *rows, const void *from, const void *to)
{
	struct differ d = { .a = a, .out = doc_object(a), .room = SHOWN_ALL };

	diff_rows(&d, rows, from, to, "");
	if (d.more)
		doc_set_int(d.out, "more", d.more);
	return d.out;
}

static const char *const type_names[] = {
	[FIELD_BOOL] = "true or false",
	[FIELD_INT] = "integer",
	[FIELD_DURATION] = "duration",
	[FIELD_TIME] = "time",
	[FIELD_TEXT] = "text",
	[FIELD_ENUM] = "one of",
	[FIELD_FLAGS] = "list of",
	[FIELD_TEXTS] = "list of texts",
	[FIELD_INTS] = "list of integers",
	[FIELD_DOC] = "object",
};

static void help_row(struct text *t, const struct field *f, const char *name)
{
	text_addf(t, ".It Ic %s\n%s", name, type_names[f->type]);
	for (const struct token *k = f->tokens; k && k->name; k++)
		text_addf(t, "%s %s", k == f->tokens ? "" : ",", k->name);
	if (f->def)
		text_addf(t, "; default %s", f->def);
	if (f->flags & FIELD_REQUIRED)
		text_add(t, "; required");
	if (f->flags & FIELD_SECRET)
		text_add(t, "; never shown");
	text_add(t, ".\n");
	if (f->help)
		text_addf(t, "%s.\n", f->help);
}

void fields_help(struct text *t, const struct field *rows, const char *prefix)
{
	for (const struct field *f = rows; f->name; f++) {
		const char *name =
			arena_printf(t->arena, "%s%s%s", prefix, *prefix ? "." : "", f->name);

		if (f->flags & FIELD_HIDDEN)
			continue;
		if (f->type == FIELD_OBJECT || f->type == FIELD_OPTIONAL)
			fields_help(t, f->sub, name);
		else
			help_row(t, f, name);
	}
}
