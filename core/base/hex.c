#include "base/hex.h"

#include <string.h>

char *hex_write(struct arena *a, struct blob data)
{
	static const char digits[] = "0123456789abcdef";
	char *s = arena_alloc(a, 2 * data.len + 1);

	for (size_t i = 0; i < data.len; i++) {
		s[2 * i] = digits[data.data[i] >> 4];
		s[2 * i + 1] = digits[data.data[i] & 15];
	}
	return s;
}

int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool is_separator(char c)
{
	return c == ':' || c == '-';
}

int hex_read(struct arena *a, const char *s, struct blob *out, struct err *e)
{
	size_t len = strlen(s), digits = 0, n = 0;
	unsigned char *p;
	int d;

	for (size_t i = 0; i < len; i++) {
		if (hex_digit(s[i]) >= 0) {
			digits++;
			continue;
		}
		if (!is_separator(s[i]) || i == 0 || i + 1 == len || is_separator(s[i - 1]))
			return err_set(e, ERR_MALFORMED, "hex",
				       "expected hexadecimal digits, maybe with ':' or '-' between "
				       "them; got \"%.80s\"",
				       s);
	}
	if (digits == 0)
		return err_set(e, ERR_MALFORMED, "hex", "expected hexadecimal digits; got none");
	p = arena_alloc(a, (digits + 1) / 2);
	n = digits % 2;
	for (size_t i = 0; i < len; i++) {
		d = hex_digit(s[i]);
		if (d < 0)
			continue;
		p[n / 2] |= (unsigned char)(n % 2 ? d : d << 4);
		n++;
	}
	*out = blob_of(p, n / 2);
	return 0;
}

char *hex_unescape(struct arena *a, const char *s, size_t len)
{
	char *out = arena_alloc(a, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)s[i];

		if (c == '%') {
			int hi = len - i > 2 ? hex_digit(s[i + 1]) : -1;
			int lo = len - i > 2 ? hex_digit(s[i + 2]) : -1;

			if (hi < 0 || lo < 0)
				return NULL;
			c = hi << 4 | lo;
			i += 2;
		}
		if (!c)
			return NULL;
		out[n++] = (char)c;
	}
	return out;
}
