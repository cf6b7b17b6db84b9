/* What a command prints: tables and single objects for people, the API's JSON for programs. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include "cli/call.h"

struct column {
	const char *title;	/* NULL ends the rows */
	const char *member;	/* dotted: "subject.common_name" */
};

#define COLUMN_END                                                                                 \
	{                                                                                          \
		.title = NULL                                                                      \
	}

/* A whole listing, page by page; with --json {"next":"","list":[...]}. */
int print_list(struct cli *c, const char *target, const struct column *columns, struct err *e);

/* An object: one "member: value" line each, inner objects and lists indented; or JSON. */
void print_doc(const struct cli *c, const struct doc *d);

/* A document as JSON, whatever --json says. */
void print_json(struct arena *a, const struct doc *d);

/* A sentence about what was done, without --json; with it, the document. */
void print_done(const struct cli *c, const struct doc *d, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Standard output could not be written to its end: -1. */
int print_finish(struct err *e);

/* On stderr. */
void print_err(const struct err *e);

#endif
