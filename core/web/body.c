/* The body of a request: to its end, and never more than the route allows. */
#include <string.h>

#include "web/io.h"
#include "web/req.h"

/* What CONTENT_LENGTH says; SIZE_MAX: nothing (a chunked body may come without). */
static int read_length(struct io *io, size_t *length, struct err *e)
{
	const char *s = io->param(io, "CONTENT_LENGTH");
	size_t n = 0;

	*length = SIZE_MAX;
	if (!s || !*s)
		return 0;
	for (; *s >= '0' && *s <= '9'; s++)
		n = n > SIZE_MAX / 20 ? SIZE_MAX / 2 : n * 10 + (size_t)(*s - '0');
	if (*s)
		return err_set(e, ERR_MALFORMED, "content_length",
			       "Content-Length is not a number (RFC 9110 8.6)");
	*length = n;
	return 0;
}

static int too_large(struct err *e, size_t max)
{
	return err_set(e, ERR_TOO_LARGE, "body_too_large",
		       "the body has more than the %zu octets that are allowed here", max);
}

static unsigned char *grow(struct arena *a, unsigned char *old, size_t used, size_t size)
{
	unsigned char *p = arena_alloc(a, size);

	if (used)
		memcpy(p, old, used);
	return p;
}

int req_read_body(struct req *r, struct io *io, size_t max, struct arena *a, struct err *e)
{
	size_t length, size, used = 0;
	unsigned char *p;
	ssize_t n;

	if (read_length(io, &length, e))
		return -1;
	if (length != SIZE_MAX && length > max)
		return too_large(e, max);
	/* One octet more than expected, so that a body at its expected end is seen to end there. */
	size = length != SIZE_MAX ? length + 1 : 4096;
	p = arena_alloc(a, size);
	while ((n = io->read(io, p + used, size - used)) > 0) {
		used += (size_t)n;
		if (used > max)
			return too_large(e, max);
		if (used == size) {
			p = grow(a, p, used, size * 2);
			size *= 2;
		}
	}
	if (n < 0 || (length != SIZE_MAX && used < length))
		return err_set(e, ERR_MALFORMED, "body_truncated",
			       "the body broke off after %zu octets (RFC 9112 8)", used);
	r->body = blob_of(p, used);
	return 0;
}
