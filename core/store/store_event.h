/* What happened: append only, hash-chained. Written through fleet/event. */
#ifndef STORE_EVENT_H
#define STORE_EVENT_H

#include "store/db.h"

struct event_row {
	int64_t seq;			/* from 1, without gaps */
	int64_t at;
	const char *type;		/* CloudEvents type of Lamassu: "device.create" */
	const char *subject;		/* "device/d1" */
	const char *dms, *device;	/* NULL: none */
	const char *actor;		/* "cli:0", "operator:alice", "device:d1", "tick" */
	const char *data;		/* JSON object */
	struct blob previous, hash;	/* SHA-256 */
};

int store_event_add(struct db *db, const struct event_row *v, struct err *e);
/* The newest: seq, at and hash alone, for each writer asks for it while the others wait. */
int store_event_load_head(struct db *db, struct arena *a, struct event_row *v, struct err *e);
/* Ordered by seq, after the given one. device, dms NULL: any. */
int store_event_list(struct db *db, struct arena *a, const char *device, const char *dms,
		     int64_t after, size_t limit, struct event_row **v, size_t *n, struct err *e);

/* The refusals (type dms.refusal) of a DMS, newest first, those before the given seq. device NULL:
 * any. */
int store_event_list_refusals(struct db *db, struct arena *a, const char *dms, const char *device,
			      int64_t before, size_t limit, struct event_row **v, size_t *n,
			      struct err *e);

#endif
