#include "web/route.h"

#include <string.h>

#include "base/text.h"

enum { MAX_DEPTH = 32 };	/* segments of a pattern */

/* A row whose pattern fits the path. */
struct fit {
	const struct route *row;
	struct req_param params[REQ_MAX_PARAMS];
	size_t nparams;
	/* 'a' literal, 'b' parameter, 'c' rest, per segment: the pattern that sorts first wins. */
	char shape[MAX_DEPTH + 1];
};

enum fits { FITS_NOT, FITS, FITS_UNDECODED };

/* The segment that starts at s; *s is behind it afterwards. */
static struct blob segment(const char **s)
{
	struct blob b = blob_of(*s, strcspn(*s, "/"));

	*s += b.len;
	return b;
}

static bool is_param(struct blob pattern)
{
	return pattern.len > 2 && pattern.data[0] == '{';
}

static bool is_rest(struct blob pattern)
{
	return is_param(pattern) && pattern.data[pattern.len - 2] == '*';
}

static bool literal_fits(struct arena *a, struct blob pattern, struct blob seg)
{
	const char *decoded;

	if (blob_equal(pattern, seg))
		return true;
	if (!memchr(seg.data, '%', seg.len))
		return false;
	decoded = req_decode(a, (const char *)seg.data, seg.len);
	return decoded && blob_equal(pattern, blob_of(decoded, strlen(decoded)));
}

static void add_param(struct fit *f, struct arena *a, struct blob pattern, size_t marks,
		      const char *value)
{
	struct req_param *p = &f->params[f->nparams++];

	p->name = arena_strndup(a, (const char *)pattern.data + 1, pattern.len - 1 - marks);
	p->value = value;
}

/* Both start with a slash. Segments are split before they are decoded: %2F separates nothing. */
static enum fits row_fits(const struct route *row, const char *path, struct arena *a, struct fit *f)
{
	const char *pat = row->path;
	enum fits fits = FITS;
	size_t depth = 0;

	*f = (struct fit){ .row = row };
	while (*pat == '/' && *path == '/' && depth < MAX_DEPTH) {
		const char *rest = ++path;
		struct blob p = (pat++, segment(&pat)), s;

		if (is_rest(p)) {
			add_param(f, a, p, 2, rest);
			f->shape[depth] = 'c';
			return fits;
		}
		s = segment(&path);
		if (is_param(p) && s.len) {
			const char *value = req_decode(a, (const char *)s.data, s.len);

			if (!value)
				fits = FITS_UNDECODED;
			add_param(f, a, p, 1, value);
			f->shape[depth++] = 'b';
		} else if (literal_fits(a, p, s)) {
			f->shape[depth++] = 'a';
		} else {
			return FITS_NOT;
		}
	}
	return *pat || *path ? FITS_NOT : fits;
}

static unsigned row_methods(const struct route *row)
{
	return row->methods | (row->methods & METHOD_GET ? METHOD_HEAD : 0);
}

static void take(struct route_match *m, const struct fit *f, struct req *r)
{
	if (!(row_methods(f->row) & r->method) || m->route)
		return;
	m->route = f->row;
	memcpy(r->params, f->params, sizeof r->params);
	r->nparams = f->nparams;
}

struct route_match route_find(const struct route *routes, size_t n, struct req *r, struct arena *a)
{
	struct route_match m = { .route = NULL };
	char best[MAX_DEPTH + 1] = "~";
	bool undecoded = false;

	for (size_t i = 0; i < n; i++) {
		struct fit f;
		enum fits fits = row_fits(&routes[i], r->path, a, &f);
		int order = fits == FITS ? strcmp(f.shape, best) : 1;

		undecoded |= fits == FITS_UNDECODED;
		if (order > 0)
			continue;
		if (order < 0) {	/* a closer pattern: what was found before does not count */
			m = (struct route_match){ .route = NULL };
			memcpy(best, f.shape, sizeof best);
		}
		m.allow |= row_methods(f.row);
		take(&m, &f, r);
	}
	m.malformed = undecoded && !m.allow;
	return m;
}

char *route_allow(struct arena *a, unsigned methods)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ METHOD_GET, "GET" },	       { METHOD_HEAD, "HEAD" },
		{ METHOD_POST, "POST" },       { METHOD_PUT, "PUT" },
		{ METHOD_PATCH, "PATCH" },     { METHOD_DELETE, "DELETE" },
		{ METHOD_OPTIONS, "OPTIONS" },
	};
	struct text t;

	text_init(&t, a);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if ((methods | METHOD_OPTIONS) & names[i].bit)
			text_addf(&t, "%s%s", t.len ? ", " : "", names[i].name);
	return t.s;
}
