#include "base/b64.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode_group(char *out, const unsigned char *in, size_t n)
{
	unsigned v = (unsigned)in[0] << 16;

	if (n > 1)
		v |= (unsigned)in[1] << 8;
	if (n > 2)
		v |= in[2];
	out[0] = alphabet[v >> 18];
	out[1] = alphabet[v >> 12 & 63];
	out[2] = n > 1 ? alphabet[v >> 6 & 63] : '=';
	out[3] = n > 2 ? alphabet[v & 63] : '=';
}

/* Breaks the n characters at s into lines, from the back, in the room of size that s has. */
static void wrap(char *s, size_t n, size_t size, unsigned columns)
{
	size_t to = size - 1, from = n;

	while (from > 0) {
		size_t line = from % columns ? from % columns : columns;

		s[--to] = '\n';
		to -= line;
		from -= line;
		memmove(s + to, s + from, line);
	}
}

char *b64_write(struct arena *a, struct blob data, unsigned columns)
{
	size_t n = (data.len + 2) / 3 * 4;
	size_t lines = columns ? (n + columns - 1) / columns : 0;
	char *s = arena_alloc(a, n + lines + 1);

	for (size_t i = 0, o = 0; i < data.len; i += 3, o += 4)
		encode_group(s + o, data.data + i, data.len - i);
	if (columns)
		wrap(s, n, n + lines + 1, columns);
	return s;
}

static int value_of(char c, unsigned flags)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || (c == '-' && flags & B64_URL))
		return 62;
	if (c == '/' || (c == '_' && flags & B64_URL))
		return 63;
	return -1;
}

static bool is_space(char c)
{
	return c == '\r' || c == '\n' || c == ' ' || c == '\t';
}

struct decoder {
	unsigned char *out;
	size_t n;		/* octets out */
	unsigned bits;		/* not yet out */
	unsigned digits, pads;
};

static int take(struct decoder *d, char c, size_t at, unsigned flags, struct err *e)
{
	int v = value_of(c, flags);

	if (c == '=' && d->digits % 4 >= 2 && d->digits % 4 + d->pads < 4) {
		d->pads++;
		return 0;
	}
	if (v < 0 || d->pads > 0)
		return err_set(
			e, ERR_MALFORMED, "base64",
			"expected base64 (RFC 4648 section 4); got octet 0x%02x at offset %zu",
			(unsigned char)c, at);
	d->bits = d->bits << 6 | (unsigned)v;
	d->digits++;
	if (d->digits % 4 != 1) {
		unsigned left = 2 * (3 - (d->digits + 3) % 4);

		d->out[d->n++] = (unsigned char)(d->bits >> left);
		d->bits &= (1U << left) - 1;
	}
	return 0;
}

int b64_read(struct arena *a, const char *s, size_t len, unsigned flags, struct blob *out,
	     struct err *e)
{
	struct decoder d = { .out = arena_alloc(a, len / 4 * 3 + 4) };
	unsigned rest;

	for (size_t i = 0; i < len; i++) {
		if (flags & B64_SPACE && is_space(s[i]))
			continue;
		if (take(&d, s[i], i, flags, e))
			return -1;
	}
	rest = d.digits % 4;
	if (rest == 1 || (rest && rest + d.pads != 4 && (d.pads || !(flags & B64_NO_PAD))))
		return err_set(e, ERR_MALFORMED, "base64",
			       "expected base64 (RFC 4648 section 4) in groups of four characters; "
			       "the last group is incomplete");
	if (d.bits)
		return err_set(e, ERR_MALFORMED, "base64",
			       "expected zero bits after the last octet (RFC 4648 section 3.5)");
	*out = blob_of(d.out, d.n);
	return 0;
}

char *b64_write_url(struct arena *a, struct blob data)
{
	char *s = b64_write(a, data, 0);

	s[strcspn(s, "=")] = '\0';
	for (char *p = s; *p; p++) {
		if (*p == '+')
			*p = '-';
		else if (*p == '/')
			*p = '_';
	}
	return s;
}
