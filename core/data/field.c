#include "data/field.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

const char *token_name(const struct token *tokens, int value)
{
	for (; tokens->name; tokens++) {
		if (tokens->value == value)
			return tokens->name;
	}
	return NULL;
}

int token_value(const struct token *tokens, const char *name, int *value)
{
	for (; tokens->name; tokens++) {
		if (strcmp(tokens->name, name) == 0) {
			*value = tokens->value;
			return 0;
		}
	}
	return -1;
}

bool texts_contain(const struct texts *t, const char *s)
{
	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(t->v[i], s) == 0)
			return true;
	}
	return false;
}

/* A table whose own default does not read is a mistake of ours. */
static void bad_default(const struct field *f)
{
	err_die("the row %s has the default \"%s\"", f->name, f->def);
}

static void default_int(const struct field *f, int64_t *out)
{
	char *end;

	*out = strtoll(f->def, &end, 10);
	if (*end)
		bad_default(f);
}

static void default_duration(const struct field *f, int64_t *out)
{
	struct err e;

	if (clock_read_duration(f->def, out, &e))
		bad_default(f);
}

static void default_flags(struct arena *a, const struct field *f, unsigned *out)
{
	char *rest = arena_strdup(a, f->def), *name;
	int v;

	while ((name = strsep(&rest, " "))) {
		if (token_value(f->tokens, name, &v))
			bad_default(f);
		*out |= (unsigned)v;
	}
}

static void default_texts(struct arena *a, const struct field *f, struct texts *out)
{
	char *rest = arena_strdup(a, f->def), *name;

	out->v = arena_array(a, strlen(f->def), sizeof(*out->v));
	while ((name = strsep(&rest, " ")))
		out->v[out->n++] = name;
}

static void set_default(struct arena *a, const struct field *f, void *out)
{
	switch (f->type) {
	case FIELD_BOOL:
		*(bool *)out = strcmp(f->def, "true") == 0;
		break;
	case FIELD_INT:
		default_int(f, out);
		break;
	case FIELD_DURATION:
		default_duration(f, out);
		break;
	case FIELD_TEXT:
		*(const char **)out = f->def;
		break;
	case FIELD_ENUM:
		if (token_value(f->tokens, f->def, out))
			bad_default(f);
		break;
	case FIELD_FLAGS:
		default_flags(a, f, out);
		break;
	case FIELD_TEXTS:
		default_texts(a, f, out);
		break;
	case FIELD_TIME:
	case FIELD_INTS:
	case FIELD_OBJECT:
	case FIELD_OPTIONAL:
	case FIELD_DOC:
		bad_default(f);
	}
}

static size_t field_size(enum field_type type)
{
	switch (type) {
	case FIELD_BOOL:
		return sizeof(bool);
	case FIELD_INT:
	case FIELD_DURATION:
	case FIELD_TIME:
		return sizeof(int64_t);
	case FIELD_ENUM:
	case FIELD_FLAGS:
		return sizeof(int);
	case FIELD_TEXTS:
		return sizeof(struct texts);
	case FIELD_INTS:
		return sizeof(struct ints);
	case FIELD_TEXT:
	case FIELD_OPTIONAL:
	case FIELD_DOC:
		return sizeof(void *);
	case FIELD_OBJECT:
		break;
	}
	return 0;
}

void fields_defaults(struct arena *a, const struct field *rows, void *out)
{
	for (const struct field *f = rows; f->name; f++) {
		void *at = (char *)out + f->offset;

		if (f->flags & FIELD_HIDDEN)
			continue;
		memset(at, 0, field_size(f->type));
		if (f->type == FIELD_OBJECT)
			fields_defaults(a, f->sub, at);
		else if (f->def)
			set_default(a, f, at);
	}
}
