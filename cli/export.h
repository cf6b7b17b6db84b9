/*
 * The answers for all certificates as files, DIR/ocsp/..., for a CDN or an object store: what those
 * give out is not ours to remove, and so holds until the next run, and max-age beyond that.
 *
 * Page by page, so that no read transaction is long; after each page DIR/cursor tells where to go on.
 */
#ifndef CLI_EXPORT_H
#define CLI_EXPORT_H

#include "ca/env.h"
#include "data/conf.h"
#include "store/store_ca.h"
#include "store/store_cert.h"

struct export
{
	const char *dir;
	int64_t since;		/* 0: all */
	int64_t began;		/* of the next run's --since */
	int64_t certificates, written, kept, left_out, failed;
	struct err failure;	/* the first */
	/* export.c's */
	struct conf conf;
	struct issuer_row *issuers;
	size_t nissuers;
	struct arena *arena;	/* of a page */
	struct cert_place after;
	unsigned char place[2][64];	/* what after points to */
};

int export_begin(struct export *x, const struct env *env, bool resume, struct err *e);
/* 1: there is more, 0: that was the last, -1 */
int export_page(struct export *x, const struct env *env, struct err *e);
int export_end(struct export *x, struct err *e);

#endif
