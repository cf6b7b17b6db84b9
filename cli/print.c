#include "cli/print.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_COLUMNS = 12, INDENT = 2 };

/* "-----BEGIN": certificates stand so in the API's JSON, and tell people nothing. */
static const char pem_in_base64[] = "LS0tLS1CRUdJTi";

/* Control characters of a name must not reach the terminal. */
static char *printable(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s);

	for (char *p = copy; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	return copy;
}

static const char *scalar(struct arena *a, const struct doc *d)
{
	switch (doc_kind(d)) {
	case DOC_NULL:
		return "-";
	case DOC_BOOL:
		return doc_get_bool(d) ? "true" : "false";
	case DOC_INT:
		return arena_printf(a, "%lld", (long long)doc_get_int(d));
	case DOC_REAL:
		return arena_printf(a, "%g", doc_get_real(d));
	case DOC_TEXT:
		if (!strncmp(doc_get_text(d), pem_in_base64, strlen(pem_in_base64)))
			return "(PEM; --json prints it)";
		return *doc_get_text(d) ? printable(a, doc_get_text(d)) : "-";
	case DOC_ARRAY:
	case DOC_OBJECT:
		return doc_len(d) ? doc_write(a, d) : "-";
	}
	return "-";
}

static const struct doc *find_member(struct arena *a, const struct doc *d, const char *dotted)
{
	const char *dot;

	for (; (dot = strchr(dotted, '.')); dotted = dot + 1)
		d = doc_find(d, arena_strndup(a, dotted, (size_t)(dot - dotted)));
	return doc_find(d, dotted);
}

/* Characters, not octets: continuation octets of UTF-8 take no column. */
static size_t width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void print_cells(const char *const *cells, const size_t *widths, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fputs(cells[i], stdout);
		if (i + 1 < n)
			printf("%*s", (int)(widths[i] - width(cells[i]) + 2), "");
	}
	putchar('\n');
}

static void print_page(struct arena *a, const struct doc *list, const struct column *columns,
		       bool header)
{
	const char *titles[MAX_COLUMNS];
	size_t widths[MAX_COLUMNS], n = 0, rows = doc_len(list);

	for (; columns[n].title && n < MAX_COLUMNS; n++) {
		titles[n] = columns[n].title;
		widths[n] = width(titles[n]);
	}
	const char **cells = arena_array(a, rows * n + 1, sizeof(*cells));
	for (size_t i = 0; i < rows * n; i++) {
		cells[i] = scalar(a, find_member(a, doc_at(list, i / n), columns[i % n].member));
		if (width(cells[i]) > widths[i % n])
			widths[i % n] = width(cells[i]);
	}
	if (header)
		print_cells(titles, widths, n);
	for (size_t i = 0; i < rows; i++)
		print_cells(cells + i * n, widths, n);
}

static void print_elements(struct arena *a, const struct doc *list, bool *first)
{
	for (size_t i = 0; i < doc_len(list); i++) {
		printf("%s%s", *first ? "\n" : ",\n", doc_write(a, doc_at(list, i)));
		*first = false;
	}
}

static int print_pages_json(struct pages *p, struct err *e)
{
	const struct doc *list;
	bool first = true;
	int more = pages_next(p, &list, e);

	if (more > 0)
		printf("{\"next\":\"\",\"list\":[");
	for (; more > 0; more = pages_next(p, &list, e))
		print_elements(p->arena, list, &first);
	if (!more)
		printf("%s]}\n", first ? "" : "\n");
	return more;
}

static int print_pages(struct pages *p, const struct column *columns, struct err *e)
{
	const struct doc *list;
	bool header = true;
	int more;

	while ((more = pages_next(p, &list, e)) > 0) {
		print_page(p->arena, list, columns, header);
		header = false;
	}
	return more;
}

int print_list(struct cli *c, const char *target, const struct column *columns, struct err *e)
{
	struct pages p;

	pages_init(&p, c, target);
	int rc = c->json ? print_pages_json(&p, e) : print_pages(&p, columns, e);
	pages_fini(&p);
	return rc;
}

static bool is_nested(const struct doc *d)
{
	enum doc_kind k = doc_kind(d);

	return (k == DOC_OBJECT || k == DOC_ARRAY) && doc_len(d);
}

static void print_indented(struct arena *a, const struct doc *d, int indent)
{
	const char *key;
	const struct doc *value;

	if (doc_kind(d) == DOC_ARRAY) {
		for (size_t i = 0; i < doc_len(d); i++) {
			value = doc_at(d, i);
			printf("%*s-%s%s\n", indent, "", is_nested(value) ? "" : " ",
			       is_nested(value) ? "" : scalar(a, value));
			if (is_nested(value))
				print_indented(a, value, indent + INDENT);
		}
		return;
	}
	doc_each(d, key, value) {
		printf("%*s%s:%s%s\n", indent, "", printable(a, key), is_nested(value) ? "" : " ",
		       is_nested(value) ? "" : scalar(a, value));
		if (is_nested(value))
			print_indented(a, value, indent + INDENT);
	}
}

void print_json(struct arena *a, const struct doc *d)
{
	fputs(doc_write_pretty(a, d), stdout);
}

void print_doc(const struct cli *c, const struct doc *d)
{
	if (c->json)
		print_json(c->arena, d);
	else
		print_indented(c->arena, d, 0);
}

void print_done(const struct cli *c, const struct doc *d, const char *fmt, ...)
{
	va_list ap;

	if (c->json) {
		print_json(c->arena, d);
		return;
	}
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

int print_finish(struct err *e)
{
	if (fflush(stdout) || ferror(stdout))
		return err_fault(e, ERR_INTERNAL, "output", "cannot write to standard output: %s",
				 strerror(errno));
	return 0;
}

/* The text for clients of the API hides what is wrong with us; whoever runs this may know. */
void print_err(const struct err *e)
{
	fflush(stdout);
	fprintf(stderr, "shedu: %s (%s)\n", err_log_text(e), e->code);
	for (size_t i = 0; e->problems && i < e->problems->n; i++)
		fprintf(stderr, "  %s: %s\n", e->problems->v[i].pointer, e->problems->v[i].text);
}
