/*
 * The API, called in this process: the same routes and handlers that the web server reaches, as
 * the admin "cli:<uid>". Who may open the database and the keys is guarded by the modes of files.
 */
#ifndef CLI_CALL_H
#define CLI_CALL_H

#include "cli/shedu.h"
#include "data/doc.h"

struct answered {
	int status;
	const char *type;	/* Content-Type; NULL: none */
	struct blob body;
	struct err err;		/* what the handler set; kind ERR_NONE: nothing */
};

/* target: path and query. type NULL: no body. Only a database that does not open is -1. */
int call_raw(struct cli *c, struct arena *a, const char *method, const char *target,
	     const char *type, struct blob body, struct answered *out, struct err *e);

/* An answer that is not 2xx becomes *e. body NULL: none; a PATCH's is a merge patch; out NULL: the answer is not wanted. */
int call(struct cli *c, const char *method, const char *target, const struct doc *body,
	 struct doc **out, struct err *e);

/* A target with %s for path segments and query values, which are percent-encoded. */
char *call_target(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The target with one more query parameter; value NULL: as it is. */
char *call_query(struct arena *a, const char *target, const char *name, const char *value);

/* Walks a listing page by page: {"next": ..., "list": [...]}. The doc lives until the next page. */
struct pages {
	struct cli *cli;
	const char *target;	/* with or without a query */
	struct arena *arena;	/* of the present page */
	const char *bookmark;	/* NULL: at the start; "": at the end */
};
void pages_init(struct pages *p, struct cli *c, const char *target);
void pages_fini(struct pages *p);
/* 1: *list is the next page, 0: there is none, -1: *e. */
int pages_next(struct pages *p, const struct doc **list, struct err *e);

#endif
