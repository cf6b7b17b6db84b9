/*
 * Where a request comes from and its answer goes: FastCGI (libfcgi), or, run from a shell or as a
 * plain CGI, the environment, stdin and stdout. One request at a time.
 */
#ifndef WEB_IO_H
#define WEB_IO_H

#include <sys/types.h>

#include "base/arena.h"

struct io {
	/* Waits. 1: a request is there; 0: nothing after all, call again; -1: stop. Ends the request
	 * before, if finish() did not. */
	int (*next)(struct io *io);
	/* A variable of the request, borrowed until finish(); NULL: not set. */
	const char *(*param)(struct io *io, const char *name);
	/* Of the body: 0 at its end, -1 when the connection broke off before it. */
	ssize_t (*read)(struct io *io, void *buf, size_t size);
	/* Head and body leave together. 0 or -1: nobody is there any more. */
	int (*write)(struct io *io, struct blob head, struct blob body);
	void (*finish)(struct io *io);
};

/* Either is made once per process and never freed; NULL: fd 0 is of no use for it. */
struct io *io_fcgi_open(void);
struct io *io_cgi_open(void);

#endif
