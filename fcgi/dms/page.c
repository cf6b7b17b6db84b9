#include "config.h"	/* strcasestr() */

#include "fcgi/dms/api.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/b64.h"
#include "base/clock.h"

enum op { OP_EQ, OP_NE, OP_CT, OP_NC, OP_IN, OP_NIN, OP_BEFORE, OP_AFTER };

static const struct token ops[] = {
	{ "eq", OP_EQ },    { "equal", OP_EQ },	   { "ne", OP_NE },	{ "notequal", OP_NE },
	{ "ct", OP_CT },    { "contains", OP_CT }, { "nc", OP_NC },	{ "notcontains", OP_NC },
	{ "in", OP_IN },    { "nin", OP_NIN },	   { "bf", OP_BEFORE }, { "before", OP_BEFORE },
	{ "af", OP_AFTER }, { "after", OP_AFTER }, { NULL, 0 },
};

struct filter {
	size_t field;
	enum op op;
	bool nocase;
	int64_t time;
	struct texts values;
};

static int bad_filter(struct ctx *c, const char *text, const char *why)
{
	return err_set(c->err, ERR_MALFORMED, "filter",
		       "invalid filter operand: expected field[op]value, got \"%s\": %s", text,
		       why);
}

/* "eq_ic", "contains_ignorecase": the operand without its ending. */
static char *cut_nocase(char *op, bool *nocase)
{
	static const char *const endings[] = { "_ic", "_ignorecase" };

	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		size_t n = strlen(op), m = strlen(endings[i]);

		if (n > m && strcmp(op + n - m, endings[i]) == 0) {
			op[n - m] = '\0';
			*nocase = true;
		}
	}
	return op;
}

static struct texts split(struct arena *a, const char *list)
{
	struct texts t = { .v = arena_array(a, strlen(list) + 1, sizeof(*t.v)) };
	char *save = NULL, *copy = arena_strdup(a, list);

	for (char *s = strtok_r(copy, ",", &save); s; s = strtok_r(NULL, ",", &save))
		t.v[t.n++] = s;
	return t;
}

static int check_op(struct ctx *c, const char *text, enum filter_type type, struct filter *f)
{
	struct err why = { 0 };

	if (type == FILTER_TIME) {
		if (f->op != OP_BEFORE && f->op != OP_AFTER)
			return bad_filter(c, text, "times take bf and af");
		if (clock_read(f->values.v[0], &f->time, &why) < 0)
			return bad_filter(c, text, why.text);
		return 0;
	}
	if (f->op == OP_BEFORE || f->op == OP_AFTER)
		return bad_filter(c, text, "only times take bf and af");
	return 0;
}

static int read_filter(struct ctx *c, const struct filter_field *fields, const char *text,
		       struct filter *f)
{
	const char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;
	const char *name, *value;
	char *opname;
	int op;

	if (!close)
		return bad_filter(c, text, "no operand in brackets");
	name = arena_strndup(c->arena, text, (size_t)(open - text));
	while (fields[f->field].name && strcmp(fields[f->field].name, name) != 0)
		f->field++;
	if (!fields[f->field].name)
		return bad_filter(c, text, "no such field to filter by");
	opname = arena_strndup(c->arena, open + 1, (size_t)(close - open - 1));
	if (token_value(ops, cut_nocase(opname, &f->nocase), &op) < 0)
		return bad_filter(c, text, "operands are eq ne ct nc in nin bf af, and eq_ic ...");
	f->op = (enum op)op;
	value = close[1] == '=' ? close + 2 : close + 1;
	if (f->op == OP_IN || f->op == OP_NIN) {
		f->values = split(c->arena, value);
	} else {
		f->values = (struct texts){ arena_alloc(c->arena, sizeof(*f->values.v)), 1 };
		f->values.v[0] = value;
	}
	return check_op(c, text, fields[f->field].type, f);
}

static int read_filters(struct ctx *c, struct page *p)
{
	p->filters = arena_array(c->arena, doc_len(p->texts) + 1, sizeof(*p->filters));
	for (size_t i = 0; i < doc_len(p->texts); i++) {
		const char *text = doc_get_text(doc_at(p->texts, i));

		if (read_filter(c, p->fields, text, &p->filters[p->nfilters++]) < 0)
			return -1;
	}
	return 0;
}

static int bad_bookmark(struct ctx *c)
{
	return err_set(c->err, ERR_MALFORMED, "bookmark",
		       "expected a bookmark that this list gave as \"next\", unchanged");
}

static int read_bookmark(struct ctx *c, const char *bookmark, struct page *p)
{
	struct err ignored = { 0 };
	const struct doc *d;
	struct blob json;
	int64_t size;

	if (b64_read(c->arena, bookmark, strlen(bookmark), B64_URL | B64_NO_PAD, &json, &ignored) <
	    0)
		return bad_bookmark(c);
	d = doc_read(c->arena, (const char *)json.data, json.len, &ignored);
	p->texts = doc_find(d, "filter");
	p->key = doc_find(d, "key");
	size = doc_get_int(doc_find(d, "size"));
	if (doc_kind(p->texts) != DOC_ARRAY || doc_kind(p->key) != DOC_ARRAY || size < 1 ||
	    size > PAGE_MAX)
		return bad_bookmark(c);
	p->size = (size_t)size;
	return 0;
}

static int read_size(struct ctx *c, struct page *p)
{
	const char *s = req_query(c->req, c->arena, "page_size", 0);
	char *end;
	long v;

	p->size = PAGE_DEFAULT;
	if (!s || !*s)
		return 0;
	v = strtol(s, &end, 10);
	if (*end || v < 1)
		return err_set(c->err, ERR_MALFORMED, "page_size",
			       "expected page_size from 1 to %d, got \"%s\"", PAGE_MAX, s);
	p->size = v > PAGE_MAX ? PAGE_MAX : (size_t)v;
	return 0;
}

static void read_query(struct ctx *c, struct page *p)
{
	struct doc *texts = doc_array(c->arena);
	const char *s;

	for (size_t i = 0; (s = req_query(c->req, c->arena, "filter", i)); i++)
		doc_add(texts, doc_text(c->arena, s));
	for (const struct filter_field *f = p->fields; f->name; f++) {
		s = f->param ? req_query(c->req, c->arena, f->param, 0) : NULL;
		if (!s && f->param)
			s = req_param(c->req, f->param);
		if (s)
			doc_add(texts,
				doc_text(c->arena, arena_printf(c->arena, "%s[eq]%s", f->name, s)));
	}
	p->texts = texts;
}

int page_read(struct ctx *c, const struct filter_field *fields, struct page *p)
{
	const char *bookmark = req_query(c->req, c->arena, "bookmark", 0);

	*p = (struct page){ .fields = fields };
	if (bookmark && *bookmark) {
		if (read_bookmark(c, bookmark, p) < 0)
			return -1;
	} else {
		if (read_size(c, p) < 0)
			return -1;
		read_query(c, p);
	}
	return read_filters(c, p);
}

struct answer *page_answer(struct ctx *c, const struct page *p, struct doc *list, struct doc *key)
{
	struct doc *answer = doc_object(c->arena);

	doc_set_text(answer, "next", "");
	if (key) {
		struct doc *mark = doc_object(c->arena);
		const char *json;

		doc_set(mark, "size", doc_int(c->arena, (int64_t)p->size));
		doc_set(mark, "filter", doc_copy(c->arena, p->texts));
		doc_set(mark, "key", key);
		json = doc_write(c->arena, mark);
		doc_set_text(answer, "next", b64_write_url(c->arena, blob_of(json, strlen(json))));
	}
	doc_set(answer, "list", list);
	return resp_doc(c, 200, answer);
}

const char *page_key_text(const struct page *p, size_t i)
{
	const struct doc *d = doc_at(p->key, i);

	return doc_kind(d) == DOC_TEXT ? doc_get_text(d) : NULL;
}

int64_t page_key_int(const struct page *p, size_t i)
{
	return doc_get_int(doc_at(p->key, i));
}

static bool text_matches(const struct filter *f, const char *value, const char *want)
{
	bool contains = f->op == OP_CT || f->op == OP_NC;

	if (f->nocase)
		return contains ? strcasestr(value, want) != NULL : strcasecmp(value, want) == 0;
	return contains ? strstr(value, want) != NULL : strcmp(value, want) == 0;
}

static bool filter_accepts(const struct filter *f, const char *value)
{
	bool negated = f->op == OP_NE || f->op == OP_NC || f->op == OP_NIN;
	bool any = false;

	if (!f->values.n)	/* an empty list is no filter */
		return true;
	for (size_t i = 0; i < f->values.n && !any; i++)
		any = text_matches(f, value ? value : "", f->values.v[i]);
	return any != negated;
}

bool filter_match(const struct page *p, size_t field, const char *value)
{
	for (size_t i = 0; i < p->nfilters; i++) {
		if (p->filters[i].field == field && !filter_accepts(&p->filters[i], value))
			return false;
	}
	return true;
}

bool filter_match_time(const struct page *p, size_t field, int64_t us)
{
	for (size_t i = 0; i < p->nfilters; i++) {
		const struct filter *f = &p->filters[i];

		if (f->field == field && (f->op == OP_BEFORE ? us >= f->time : us <= f->time))
			return false;
	}
	return true;
}

const char *filter_value(const struct page *p, size_t field)
{
	for (size_t i = 0; i < p->nfilters; i++) {
		const struct filter *f = &p->filters[i];

		if (f->field == field && f->op == OP_EQ && !f->nocase)
			return f->values.v[0];
	}
	return NULL;
}

bool filter_any(const struct page *p, size_t field)
{
	for (size_t i = 0; i < p->nfilters; i++) {
		if (p->filters[i].field == field)
			return false;
	}
	return true;
}
