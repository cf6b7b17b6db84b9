#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_init(struct text *t, struct arena *a)
{
	*t = (struct text){ .arena = a, .cap = 128 };
	t->s = arena_alloc(a, t->cap);
}

/* Makes room for n more octets and the terminator. */
static void reserve(struct text *t, size_t n)
{
	size_t cap = t->cap;
	char *s;

	if (n >= SIZE_MAX / 4 - t->len)
		err_die("out of memory: text");
	if (t->len + n < cap)
		return;
	while (t->len + n >= cap)
		cap *= 2;
	s = arena_alloc(t->arena, cap);
	memcpy(s, t->s, t->len);
	t->s = s;
	t->cap = cap;
}

void text_add_mem(struct text *t, const void *s, size_t n)
{
	reserve(t, n);
	if (n > 0)
		memcpy(t->s + t->len, s, n);
	t->len += n;
	t->s[t->len] = '\0';
}

void text_add(struct text *t, const char *s)
{
	text_add_mem(t, s, strlen(s));
}

void text_addf(struct text *t, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(t->s + t->len, t->cap - t->len, fmt, ap);
	va_end(ap);
	if (n < 0)
		err_die("text_addf: %s", fmt);
	if ((size_t)n >= t->cap - t->len) {
		reserve(t, (size_t)n);
		vsnprintf(t->s + t->len, t->cap - t->len, fmt, again);
	}
	va_end(again);
	t->len += (size_t)n;
}

/* The length of the well-formed character at s, and its code point; 0: none (RFC 3629 4). */
static size_t decode(const unsigned char *s, size_t n, unsigned *cp)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len;

	if (s[0] < 0x80)
		len = 1;
	else if (s[0] >= 0xc2 && s[0] <= 0xdf)
		len = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		len = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		len = 4;
	else
		return 0;
	if (len > n)
		return 0;
	*cp = len == 1 ? s[0] : s[0] & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3fU);
	}
	if (*cp < least[len] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return len;
}

bool text_is_utf8(const char *s, size_t n)
{
	unsigned cp;

	for (size_t i = 0, len; i < n; i += len) {
		len = decode((const unsigned char *)s + i, n - i, &cp);
		if (len == 0)
			return false;
	}
	return true;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool text_equal_nocase(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) == lower(*b);
}

/* Names that stand where an id could stand in a path beside those of the EST operations: version
 * segments, sub-resources and actions. */
static const char *const reserved_ids[] = {
	"est", "v1", "v2", "import", "cn", "stats", "bind-identity", "health", "ready",
};

static const char *const est_operations[] = {
	"cacerts", "simpleenroll", "simplereenroll", "serverkeygen", "csrattrs", "fullcmc",
};

static bool is_one_of(const char *s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(s, names[i]) == 0)
			return true;
	}
	return false;
}

bool text_is_est_operation(const char *s)
{
	return is_one_of(s, est_operations, ARRAY_LEN(est_operations));
}

static bool is_alnum(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool text_is_http_token(const char *s)
{
	size_t n = 0;

	while (is_alnum(s[n]) || (s[n] && strchr("!#$%&'*+-.^_`|~", s[n])))
		n++;
	return n > 0 && !s[n];
}

int text_check_id(const char *what, const char *id, struct err *e)
{
	size_t n = strlen(id);

	if (n == 0 || n > 128)
		return err_set(e, ERR_REJECTED, "id", "%s: expected 1 to 128 characters; got %zu",
			       what, n);
	if (!is_alnum(id[0]))
		return err_set(e, ERR_REJECTED, "id",
			       "%s: expected a letter or digit (A-Z a-z 0-9) first; got \"%.128s\"",
			       what, id);
	for (size_t i = 1; i < n; i++) {
		if (!is_alnum(id[i]) && id[i] != '.' && id[i] != '_' && id[i] != '-')
			return err_set(e, ERR_REJECTED, "id",
				       "%s: expected only A-Z a-z 0-9 . _ -; got \"%.128s\"", what,
				       id);
	}
	if (text_is_est_operation(id) || is_one_of(id, reserved_ids, ARRAY_LEN(reserved_ids)))
		return err_set(e, ERR_REJECTED, "id",
			       "%s: \"%s\" is reserved: it is an EST operation or a fixed "
			       "part of a path",
			       what, id);
	return 0;
}

static int check_device_char(unsigned cp, struct err *e)
{
	if (cp == 0)
		return err_set(e, ERR_REJECTED, "device_id", "device id: contains a NUL octet");
	if (cp < 0x20 || (cp >= 0x7f && cp <= 0x9f))
		return err_set(e, ERR_REJECTED, "device_id",
			       "device id: contains the control character U+%04X", cp);
	if (cp == '/')
		return err_set(e, ERR_REJECTED, "device_id", "device id: contains '/'");
	return 0;
}

int text_check_device_id(const char *id, size_t len, struct err *e)
{
	size_t chars = 0, step;
	unsigned cp;

	for (size_t i = 0; i < len; i += step, chars++) {
		step = decode((const unsigned char *)id + i, len - i, &cp);
		if (step == 0)
			return err_set(e, ERR_REJECTED, "device_id",
				       "device id: octet %zu is not UTF-8", i);
		if (check_device_char(cp, e))
			return -1;
	}
	if (chars == 0)
		return err_set(e, ERR_REJECTED, "device_id",
			       "device id: expected 1 to 64 characters; it is empty");
	if (chars > 64)
		return err_set(e, ERR_REJECTED, "device_id",
			       "device id: expected 1 to 64 characters; got %zu", chars);
	if (id[0] == ' ' || id[len - 1] == ' ')
		return err_set(e, ERR_REJECTED, "device_id",
			       "device id: starts or ends with a space");
	if ((len == 1 && id[0] == '.') || (len == 2 && id[0] == '.' && id[1] == '.'))
		return err_set(e, ERR_REJECTED, "device_id",
			       "device id: \".\" and \"..\" are not allowed");
	return 0;
}
