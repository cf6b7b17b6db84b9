/* The web server's side of FastCGI 1.0, as much of it as tests need: one request id, no mux. */
#ifndef TESTS_FCGI_CLIENT_H
#define TESTS_FCGI_CLIENT_H

#include <stddef.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FCGI_BEGIN = 1, FCGI_END = 3, FCGI_PARAMS = 4, FCGI_STDIN = 5, FCGI_STDOUT = 6 };

struct fcgi_answer {
	char text[400000];	/* head and body, terminated */
	size_t len;
	bool ended;		/* END_REQUEST came */
};

static inline int fcgi_put(int fd, int type, const void *data, size_t len)
{
	unsigned char rec[8 + 65535] = { 1, (unsigned char)type,       0,
					 1, (unsigned char)(len >> 8), (unsigned char)len };

	memcpy(rec + 8, data, len);
	return send(fd, rec, 8 + len, MSG_NOSIGNAL) == (ssize_t)(8 + len) ? 0 : -1;
}

/* vars: "NAME=value", each shorter than 128 octets. */
static inline int fcgi_begin(int fd, bool keep, const char *const *vars)
{
	unsigned char begin[8] = { 0, 1, keep }, params[4096];
	size_t n = 0;

	for (; *vars; vars++) {
		const char *eq = strchr(*vars, '=');
		size_t name = (size_t)(eq - *vars), value = strlen(eq + 1);

		params[n++] = (unsigned char)name;
		params[n++] = (unsigned char)value;
		memcpy(params + n, *vars, name);
		memcpy(params + n + name, eq + 1, value);
		n += name + value;
	}
	return fcgi_put(fd, FCGI_BEGIN, begin, sizeof begin) ||
			       fcgi_put(fd, FCGI_PARAMS, params, n) ||
			       fcgi_put(fd, FCGI_PARAMS, "", 0)
		       ? -1
		       : 0;
}

static inline bool fcgi_get(int fd, void *p, size_t len)
{
	for (size_t n = 0; n < len;) {
		ssize_t k = recv(fd, (char *)p + n, len - n, 0);

		if (k <= 0)
			return false;
		n += (size_t)k;
	}
	return true;
}

/* Reads to END_REQUEST, or to the end of the connection. */
static inline void fcgi_answer(int fd, struct fcgi_answer *a)
{
	unsigned char head[8], data[65535 + 255];

	a->len = 0;
	a->ended = false;
	while (!a->ended && fcgi_get(fd, head, sizeof head)) {
		size_t len = (size_t)head[4] << 8 | head[5];

		if (!fcgi_get(fd, data, len + head[6]))
			break;
		if (head[1] == FCGI_STDOUT && a->len + len < sizeof a->text) {
			memcpy(a->text + a->len, data, len);
			a->len += len;
		}
		a->ended = head[1] == FCGI_END;
	}
	a->text[a->len] = '\0';
}

#endif
