/*
 * A responder: accept, read, match, authenticate, handle, send, log, reset; one request at a time.
 * SIGTERM and SIGUSR1 finish the request in hand and exit. Started from a shell (no listening
 * socket on fd 0), the same program answers one request as a plain CGI.
 */
#ifndef WEB_SERVE_H
#define WEB_SERVE_H

#include "web/route.h"

struct service {
	const char *name;		/* "est": program name in the log */
	const struct route *routes;
	size_t nroutes;
	/* Opens what requests need; called before the first request, and before each one while it
	 * has failed: a database that comes back needs no restart. */
	int (*open)(const struct conf *conf, struct db **db, struct err *e);
	void (*close)(struct db *db);
	/* Authenticates an operator; NULL: the service has no such routes. */
	int (*authenticate)(struct ctx *c);
	/* How c->err is told to the client. */
	struct answer *(*problem)(struct ctx *c);
	/* Answers although the database could not be opened (c->db is NULL, c->err says why);
	 * NULL: problem does. */
	struct answer *(*unavailable)(struct ctx *c, const struct route *route);
};

int serve(const struct service *s, int argc, char **argv);	/* main()'s result */

/* Route, access, body rules, handler: what serve() does between read and send, for callers that
 * have a request in hand (the CLI). c->who is used as it is when its role is not ROLE_NONE. */
struct answer *serve_dispatch(const struct service *s, struct ctx *c);

#endif
