#include "config.h"

#include "web/serve.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "web/dispatch.h"
#include "web/problem.h"

struct server {
	const struct service *service;
	struct io *io;
	const struct conf *conf;
	struct db *db;		/* NULL: not opened yet, or to be opened again */
	struct arena *arena;	/* of the request */
};

static void usage(const struct service *s, FILE *f)
{
	fprintf(f,
		"usage: %s [--conf FILE]\n"
		"A FastCGI responder: a web server or spawn-fcgi starts it with its listening socket as\n"
		"standard input. Otherwise it answers one request as a plain CGI:\n"
		"  REQUEST_METHOD=GET REQUEST_URI=/PATH HTTPS=on SHEDU_CONF=FILE %s\n"
		"Paths:\n",
		s->name, s->name);
	for (size_t i = 0; i < s->nroutes; i++)
		if (s->routes[i].help)
			fprintf(f, "  %s\n      %s\n", s->routes[i].path, s->routes[i].help);
}

/* Responders hold keys: a crash writes none of them down. A limit of one octet is less than any core
 * file, and Linux, which heeds no other limit where a program takes the core, heeds this one. */
static void dump_nothing(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_CORE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max == 0 ? 0 : 1;
	if (setrlimit(RLIMIT_CORE, &limit) != 0)
		log_msg(LOG_WARN, "core files are not prevented");
}

/* 0: go on; else exit with *status. */
static int read_options(const struct service *s, int argc, char **argv, const char **conf,
			int *status)
{
	static const struct option options[] = {
		{ "conf", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	*status = 0;
	/* A web server hands words of the query over as arguments (RFC 3875 4.4). */
	if (getenv("GATEWAY_INTERFACE"))
		return 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'c') {
			*conf = optarg;
			continue;
		}
		if (c == 'h')
			usage(s, stdout);
		else if (c == 'v')
			printf("%s (shedu) %s\n", s->name, PACKAGE_VERSION);
		else
			*status = 2;
		return 1;
	}
	if (optind < argc)
		*status = 2;
	return optind < argc;
}

static bool is_listener(int fd)
{
	int on = 0;
	socklen_t len = sizeof on;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 && on;
}

/* The database, opened when first needed and again after a failure, so that one that comes back
 * needs no restart. On failure db stays NULL and the error tells the handler why. */
static void ready_database(struct server *s, struct err *e)
{
	if (s->db || !s->service->open)
		return;
	if (s->service->open(s->conf, &s->db, e) != 0)
		s->db = NULL;
}

static void close_database(struct server *s)
{
	if (s->db && s->service->close)
		s->service->close(s->db);
	s->db = NULL;
}

static void log_request(const struct ctx *c, const struct route *route, int64_t started, bool sent)
{
	const struct req *r = c->req;
	const struct err *e = c->err;
	struct log_line l;

	log_begin(&l, c->resp->status >= 500 ? LOG_ERROR : LOG_INFO, "request");
	log_str(&l, "request_id", r->request_id);
	log_str(&l, "remote", r->remote_addr);
	log_str(&l, "who", c->who->name);
	log_str(&l, "method", r->method_name);
	log_str(&l, "path", r->path);
	log_str(&l, "route", route ? route->path : NULL);
	log_int(&l, "status", c->resp->status);
	if (e->kind != ERR_NONE) {
		log_str(&l, "kind", problem_kind(e->kind));
		log_str(&l, "code", e->code);
		log_str(&l, "detail", err_log_text(e));
	}
	for (size_t i = 0; i < c->resp->nnotes; i++)
		log_str(&l, c->resp->notes[i].name, c->resp->notes[i].value);
	if (!sent)
		log_str(&l, "answer", "not sent");
	log_int(&l, "us", clock_monotonic() - started);
	log_end(&l);
}

static struct answer *answer(struct server *s, struct ctx *c, const struct route **route)
{
	c->resp->problem = s->service->problem;
	if (req_read(c->req, s->io, c->arena, c->err))
		return resp_problem(c);
	ready_database(s, c->err);
	c->db = s->db;
	return dispatch(s->service, c, s->io, route);
}

/* After these the database is to be opened anew: store_commit(), db_begin(). */
static bool is_connection_void(const struct err *e)
{
	return strcmp(e->code, "sync") == 0 || strcmp(e->code, "database_moved") == 0;
}

static void serve_request(struct server *s)
{
	int64_t started = clock_monotonic();
	struct req req = { .method = METHOD_OTHER };
	struct resp resp = { .status = 0 };
	struct who who = { .role = ROLE_NONE, .name = "anonymous" };
	struct err err = { .kind = ERR_NONE };
	const struct route *route = NULL;
	struct ctx c = {
		.req = &req,
		.resp = &resp,
		.who = &who,
		.conf = s->conf,
		.arena = s->arena,
		.err = &err,
	};
	bool sent;

	answer(s, &c, &route);
	sent = resp_write(&c, s->io) == 0;
	s->io->finish(s->io);
	log_request(&c, route, started, sent);
	if (err.kind != ERR_NONE && is_connection_void(&err))
		close_database(s);
	arena_reset(s->arena);
}

static int run(const struct service *service, const struct conf *conf)
{
	AUTO(arena) *arena = arena_new();
	bool listens = is_listener(STDIN_FILENO);
	struct server s = { .service = service, .conf = conf, .arena = arena };
	int rc;

	s.io = listens ? io_fcgi_open() : io_cgi_open();
	if (!s.io) {
		log_msg(LOG_ERROR, "libfcgi does not start");
		return 1;
	}
	while ((rc = s.io->next(s.io)) >= 0)
		if (rc > 0)
			serve_request(&s);
	close_database(&s);
	return 0;
}

int serve(const struct service *service, int argc, char **argv)
{
	AUTO(arena) *process = arena_new();
	struct err e = { .kind = ERR_NONE };
	const struct conf *conf;
	const char *path = NULL;
	int status;

	if (read_options(service, argc, argv, &path, &status)) {
		if (status)
			fprintf(stderr, "%s: --help says how it is started\n", service->name);
		return status;
	}
	if (!is_listener(STDIN_FILENO) && !getenv("REQUEST_METHOD")) {
		usage(service, stderr);
		return 2;
	}
	conf = conf_load(process, path, &e);
	if (!conf) {
		fprintf(stderr, "%s: %s\n", service->name, err_log_text(&e));
		return 1;
	}
	log_open(service->name, conf->log.file);
	dump_nothing();
	return run(service, conf);
}
