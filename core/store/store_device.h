/* Devices, their identity slots' versions, and what enrolled them. */
#ifndef STORE_DEVICE_H
#define STORE_DEVICE_H

#include "store/db.h"

enum device_state { DEVICE_NONE, DEVICE_LIVE, DEVICE_REVOKED, DEVICE_DECOMMISSIONED };

struct device_row {
	const char *id, *dms;
	int state;			/* enum device_state: facts; the status is computed in fleet */
	int64_t active_version;		/* -1: no slot */
	int64_t active_not_after;	/* 0: no slot */
	const char *tags, *metadata;	/* JSON array, JSON object */
	const char *icon, *icon_color;
	int64_t created_at, updated_at;
};

int store_device_add(struct db *db, const struct device_row *d, struct err *e);
int store_device_load(struct db *db, struct arena *a, const char *id, struct device_row *d,
		      struct err *e);
int store_device_save(struct db *db, const struct device_row *d, struct err *e);	/* the whole row */

/* Ordered by id, after the given one. dms NULL: any. */
int store_device_list(struct db *db, struct arena *a, const char *dms, const char *after,
		      size_t limit, struct device_row **v, size_t *n, struct err *e);

/* Of one DMS and state, lo <= active_not_after < hi, ordered by (active_not_after, id), after the
 * given pair (after_id NULL: from the start). */
struct device_range {
	const char *dms;
	int state;
	int64_t lo, hi;
	int64_t after_not_after;
	const char *after_id;
};
int store_device_list_range(struct db *db, struct arena *a, const struct device_range *r,
			    size_t limit, struct device_row **v, size_t *n, struct err *e);
int store_device_count(struct db *db, const char *dms, int64_t *n, struct err *e);

struct slot_row {			/* one version of a device's identity slot */
	const char *device;
	int64_t version;
	struct blob issuer, serial;
	int64_t not_after;
	const char *event;		/* "PROVISIONED" "RE-PROVISIONED" "RENEWED" */
	int64_t at;
};
int store_slot_add(struct db *db, const struct slot_row *s, struct err *e);
int store_slot_load(struct db *db, struct arena *a, const char *device, int64_t version,
		    struct slot_row *s, struct err *e);
int store_slot_list(struct db *db, struct arena *a, const char *device, struct slot_row **v,
		    size_t *n, struct err *e);

/* The memory that makes a repeated request return its first answer (DESIGN section 5, Replay). */
struct enrollment_row {
	const char *dms, *operation;	/* "simpleenroll" | "simplereenroll" */
	struct blob csr_sha256;
	struct blob credential;		/* identity of what authenticated: SHA-256, or empty for NO_AUTH */
	const char *device;
	struct blob issuer, serial;	/* what was issued */
	struct blob superseded_issuer, superseded_serial;	/* what this very row revoked; empty: nothing */
	int64_t at;
};
int store_enrollment_add(struct db *db, const struct enrollment_row *r, struct err *e);
/* The newest of these four at or after since. */
int store_enrollment_load(struct db *db, struct arena *a, const char *dms, const char *operation,
			  struct blob csr_sha256, struct blob credential, int64_t since,
			  struct enrollment_row *r, struct err *e);
/* About the 1000 oldest of those before the instant; more are left while *purged is not 0. */
int store_enrollment_purge(struct db *db, int64_t before, int64_t *purged, struct err *e);

#endif
