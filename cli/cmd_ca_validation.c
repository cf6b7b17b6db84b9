/* ca validation: how a CA's certificates are answered for. */
#include "data/validation.h"

#include <string.h>

#include "cli/print.h"

static const struct field *find(const struct field *rows, const char *name, size_t len)
{
	for (const struct field *f = rows; f->name; f++) {
		if (strlen(f->name) == len && strncmp(f->name, name, len) == 0)
			return f;
	}
	return NULL;
}

/* Numbers and truths as JSON has them; all else is text, which the API reads by its own rules. */
static struct doc *value_doc(struct arena *a, const struct field *f, const char *value)
{
	struct err ignored = { 0 };
	struct doc *d = NULL;

	if (f->type == FIELD_INT || f->type == FIELD_BOOL)
		d = doc_read(a, value, strlen(value), &ignored);
	return d ? d : doc_text(a, value);
}

/* "ocsp.unissued=UNKNOWN", into {"ocsp": {"unissued": "UNKNOWN"}}. */
static int set(struct cli *c, struct doc *patch, const char *text, struct err *e)
{
	const char *dot = strchr(text, '.'), *equals = strchr(text, '=');
	const struct field *group = NULL, *f = NULL;
	struct doc *inner;

	if (dot && equals && dot < equals)
		group = find(validation_fields, text, (size_t)(dot - text));
	if (group)
		f = find(group->sub, dot + 1, (size_t)(equals - dot - 1));
	if (!f)
		return err_set(e, ERR_REJECTED, "usage",
			       "expected NAME=VALUE as in ocsp.unissued=UNAUTHORIZED, "
			       "with a name that 'shedu ca validation ID' lists; got '%s'",
			       text);
	inner = (struct doc *)doc_find(patch, group->name);
	if (!inner) {
		inner = doc_object(c->arena);
		doc_set(patch, group->name, inner);
	}
	doc_set(inner, f->name, value_doc(c->arena, f, equals + 1));
	return 0;
}

int cmd_ca_validation(struct cli *c, struct err *e)
{
	const char *ca = args_operand(&c->args, 0);
	const char *target = call_target(c->arena, "/v2/cas/%s/validation", ca);
	struct texts sets = args_list(&c->args, "set");
	struct doc *patch = doc_object(c->arena), *v;

	for (size_t i = 0; i < sets.n; i++) {
		if (set(c, patch, sets.v[i], e))
			return -1;
	}
	if (call(c, sets.n ? "PATCH" : "GET", target, sets.n ? patch : NULL, &v, e))
		return -1;
	if (sets.n)
		print_done(c, v, "changed how the certificates of CA %s are answered for", ca);
	else
		print_doc(c, v);
	return 0;
}
