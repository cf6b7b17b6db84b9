/*
 * The answer. A handler returns struct answer *, an incomplete type that only these functions
 * make: the compiler sees that every path answers. Buffered, and sent once, head and body in one
 * write, always with Content-Length.
 */
#ifndef WEB_RESP_H
#define WEB_RESP_H

#include "web/ctx.h"

struct answer;

enum { RESP_MAX_HEADERS = 16, RESP_MAX_NOTES = 8 };

struct resp {
	int status;
	struct {
		const char *name, *value;
	} headers[RESP_MAX_HEADERS];
	size_t nheaders;
	struct blob body;
	struct {
		const char *name, *value;
	} notes[RESP_MAX_NOTES];	/* for the log line */
	size_t nnotes;
	struct answer *(*problem)(struct ctx *c);	/* the service's; set by the dispatcher */
};

/* Before the answer. A value with CR or LF, and one header too many, end the process: programming
 * errors. */
void resp_header(struct ctx *c, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

bool resp_has_header(const struct resp *r, const char *name);

/* A member of the request's log line: resp_note(c, "dms", id). A later value replaces. */
void resp_note(struct ctx *c, const char *name, const char *value);

struct answer *resp_blob(struct ctx *c, int status, const char *type, struct blob body);
struct answer *resp_text(struct ctx *c, int status, const char *text);	/* text/plain, UTF-8 */
struct answer *resp_doc(struct ctx *c, int status, const struct doc *d);	/* application/json */
struct answer *resp_empty(struct ctx *c, int status);
/* What c->err says, in the service's form. */
struct answer *resp_problem(struct ctx *c);

struct io;

/* Sends it; HEAD gets the head alone. 0 or -1: nobody is there any more. */
int resp_write(struct ctx *c, struct io *io);

#endif
