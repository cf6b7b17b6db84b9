/*
 * A responder for the tests of core/web: no database worth the name, answers that show what the
 * loop did. WEB_AWAY in the environment names a file; while it exists the database does not open.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "web/problem.h"
#include "web/serve.h"

static int opened;

static int open_nothing(const struct conf *conf, struct db **db, struct err *e)
{
	const char *away = getenv("WEB_AWAY");

	(void)conf;
	if (away && access(away, F_OK) == 0)
		return err_fault(e, ERR_BUSY, "database", "%s exists", away);
	opened++;
	*db = (struct db *)&opened;
	return 0;
}

static void close_nothing(struct db *db)
{
	(void)db;
}

static int find_operator(struct ctx *c)
{
	return err_set(c->err, ERR_UNAUTHENTICATED, "operator", "there are no operators here");
}

static struct answer *answer_opened(struct ctx *c)
{
	return resp_text(c, 200, arena_printf(c->arena, "opened %d\n", opened));
}

static struct answer *answer_echo(struct ctx *c)
{
	resp_note(c, "dms", "echo");
	return resp_blob(c, 200, "application/octet-stream", c->req->body);
}

static struct answer *answer_pid(struct ctx *c)
{
	return resp_text(c, 200, arena_printf(c->arena, "%ld\n", (long)getpid()));
}

static struct answer *answer_slowly(struct ctx *c)
{
	struct timespec t = { .tv_nsec = 300 * 1000 * 1000 };

	nanosleep(&t, NULL);
	return resp_text(c, 200, "done\n");
}

static struct answer *answer_large(struct ctx *c)
{
	unsigned char *p = arena_alloc(c->arena, 300000);

	for (size_t i = 0; i < 300000; i++)
		p[i] = (unsigned char)('a' + i % 26);
	return resp_blob(c, 200, "text/plain", blob_of(p, 300000));
}

static struct answer *fail(struct ctx *c)
{
	err_fault(c->err, ERR_INTERNAL, "broken", "a secret detail");
	return resp_problem(c);
}

static struct answer *fail_sync(struct ctx *c)
{
	err_fault(c->err, ERR_BUSY, "sync", "the disk did not sync");
	return resp_problem(c);
}

static struct answer *fail_moved(struct ctx *c)
{
	err_fault(c->err, ERR_BUSY, "database_moved", "the file is another one");
	return resp_problem(c);
}

static const struct route routes[] = {
	{ METHOD_GET, "/opened", ACCESS_PUBLIC, NULL, NULL, 0, answer_opened,
	  "how often it was opened" },
	{ METHOD_POST, "/echo", ACCESS_PUBLIC, "*", NULL, 65536, answer_echo, NULL },
	{ METHOD_POST, "/tls/echo", ACCESS_TLS, "text/plain", NULL, 65536, answer_echo, NULL },
	{ METHOD_GET, "/pid", ACCESS_PUBLIC, NULL, NULL, 0, answer_pid, NULL },
	{ METHOD_GET, "/slow", ACCESS_PUBLIC, NULL, NULL, 0, answer_slowly, NULL },
	{ METHOD_GET, "/large", ACCESS_PUBLIC, NULL, NULL, 0, answer_large, NULL },
	{ METHOD_GET, "/admin", ACCESS_ADMIN, NULL, NULL, 0, answer_pid, NULL },
	{ METHOD_GET, "/fail", ACCESS_PUBLIC, NULL, NULL, 0, fail, NULL },
	{ METHOD_GET, "/sync", ACCESS_PUBLIC, NULL, NULL, 0, fail_sync, NULL },
	{ METHOD_GET, "/moved", ACCESS_PUBLIC, NULL, NULL, 0, fail_moved, NULL },
};

static const struct service service = {
	.name = "web_service",
	.routes = routes,
	.nroutes = ARRAY_LEN(routes),
	.open = open_nothing,
	.close = close_nothing,
	.authenticate = find_operator,
	.problem = problem_text,
};

int main(int argc, char **argv)
{
	return serve(&service, argc, argv);
}
