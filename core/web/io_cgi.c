/* Plain CGI (RFC 3875): one request from the environment and stdin, its answer to stdout. */
#include "web/io.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

struct io_cgi {
	struct io io;
	bool done;
	size_t left;	/* of the body; a server need not close stdin at its end (RFC 3875 4.2) */
};

static size_t body_length(void)
{
	const char *s = getenv("CONTENT_LENGTH");
	unsigned long long n;
	char *end;

	if (!s || *s < '0' || *s > '9')
		return SIZE_MAX;
	errno = 0;
	n = strtoull(s, &end, 10);
	return errno || *end || n > SIZE_MAX ? SIZE_MAX : (size_t)n;
}

static int cgi_next(struct io *io)
{
	struct io_cgi *c = (struct io_cgi *)io;

	if (c->done)
		return -1;
	c->done = true;
	c->left = body_length();
	return 1;
}

static const char *cgi_param(struct io *io, const char *name)
{
	(void)io;
	return getenv(name);
}

static ssize_t cgi_read(struct io *io, void *buf, size_t size)
{
	struct io_cgi *c = (struct io_cgi *)io;
	ssize_t n;

	if (size > c->left)
		size = c->left;
	if (!size)
		return 0;
	do
		n = read(STDIN_FILENO, buf, size);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		c->left -= (size_t)n;
	return n;
}

static int cgi_write(struct io *io, struct blob head, struct blob body)
{
	struct iovec v[2] = {
		{ (void *)(uintptr_t)head.data, head.len },
		{ (void *)(uintptr_t)body.data, body.len },
	};

	(void)io;
	while (v[0].iov_len || v[1].iov_len) {
		ssize_t n = writev(STDOUT_FILENO, v, 2);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		for (int i = 0; i < 2; i++) {
			size_t k = (size_t)n < v[i].iov_len ? (size_t)n : v[i].iov_len;

			v[i].iov_base = (char *)v[i].iov_base + k;
			v[i].iov_len -= k;
			n -= (ssize_t)k;
		}
	}
	return 0;
}

static void cgi_finish(struct io *io)
{
	(void)io;
}

struct io *io_cgi_open(void)
{
	static struct io_cgi c = { .io = { cgi_next, cgi_param, cgi_read, cgi_write, cgi_finish } };

	signal(SIGPIPE, SIG_IGN);
	return &c.io;
}
