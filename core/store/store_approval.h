/* Enrollments that wait for an operator, or that he decided. */
#ifndef STORE_APPROVAL_H
#define STORE_APPROVAL_H

#include "store/db.h"

enum approval_state { APPROVAL_PENDING, APPROVAL_APPROVED, APPROVAL_DENIED, APPROVAL_ISSUED };

struct approval_row {
	const char *id;			/* random, hex */
	struct blob csr_sha256;
	struct blob credential;		/* as enrollment_row.credential */
	const char *dms, *operation, *device;
	const char *requester;		/* for people: "cert:factory" */
	struct blob csr;		/* DER; not there in lists */
	int state;			/* enum approval_state */
	int64_t created_at, expires_at;
	int64_t decided_at;		/* 0: not yet */
	const char *decided_by, *reason;	/* NULL: not decided; no reason given */
};

/* A pending one. It takes the place of an older one of the same request that was used up or has
 * expired. 1, or 0 when there is one that is neither; or -1. */
int store_approval_add(struct db *db, const struct approval_row *r, struct err *e);
int store_approval_load(struct db *db, struct arena *a, const char *id, struct approval_row *r,
			struct err *e);
/* The one of this request that is neither used up nor expired. */
int store_approval_load_open(struct db *db, struct arena *a, const struct approval_row *request,
			     int64_t now, struct approval_row *r, struct err *e);
/* state, expires_at, decided_...; only where the state still is the one given: 1, 0, -1. */
int store_approval_save(struct db *db, const struct approval_row *r, int from, struct err *e);

/* Ordered by (created_at, id), after the given pair. dms NULL, state -1: any. */
int store_approval_list(struct db *db, struct arena *a, const char *dms, int state,
			int64_t after_at, const char *after_id, size_t limit,
			struct approval_row **v, size_t *n, struct err *e);
/* That have not expired: of a DMS, and of them those of the device. */
int store_approval_count_pending(struct db *db, const char *dms, const char *device, int64_t now,
				 int64_t *n, int64_t *of_device, struct err *e);
int store_approval_remove_by_dms(struct db *db, const char *dms, struct err *e);
/* About the 1000 that expired first; more are left while *purged is not 0. */
int store_approval_purge(struct db *db, int64_t now, int64_t *purged, struct err *e);

#endif
