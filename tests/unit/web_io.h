/* A request out of memory: variables, body pieces, and the answer as it was written. */
#ifndef TESTS_WEB_IO_H
#define TESTS_WEB_IO_H

#include <string.h>

#include "web/io.h"

struct fake_io {
	struct io io;
	const char *const *vars;	/* "NAME=value", NULL ends */
	const char *body;
	size_t body_len, piece;		/* octets per read; 0: all */
	bool breaks;			/* the connection breaks off where the body ends */
	char answer[65536];
	size_t answer_len;
};

static inline const char *fake_param(struct io *io, const char *name)
{
	const char *const *v = ((struct fake_io *)io)->vars;
	size_t n = strlen(name);

	for (; v && *v; v++)
		if (!strncmp(*v, name, n) && (*v)[n] == '=')
			return *v + n + 1;
	return NULL;
}

static inline ssize_t fake_read(struct io *io, void *buf, size_t size)
{
	struct fake_io *f = (struct fake_io *)io;
	size_t n = f->piece && f->piece < size ? f->piece : size;

	if (n > f->body_len)
		n = f->body_len;
	if (!n)
		return f->breaks ? -1 : 0;
	memcpy(buf, f->body, n);
	f->body += n;
	f->body_len -= n;
	return (ssize_t)n;
}

static inline int fake_write(struct io *io, struct blob head, struct blob body)
{
	struct fake_io *f = (struct fake_io *)io;

	if (head.len + body.len >= sizeof f->answer)
		return -1;
	memcpy(f->answer, head.data, head.len);
	if (body.len)
		memcpy(f->answer + head.len, body.data, body.len);
	f->answer_len = head.len + body.len;
	f->answer[f->answer_len] = '\0';
	return 0;
}

static inline void fake_init(struct fake_io *f, const char *const *vars, const char *body)
{
	memset(f, 0, sizeof *f);
	f->io.param = fake_param;
	f->io.read = fake_read;
	f->io.write = fake_write;
	f->vars = vars;
	f->body = body;
	f->body_len = body ? strlen(body) : 0;
}

#endif
