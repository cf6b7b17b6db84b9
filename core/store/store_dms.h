/* Device Management Services and issuance profiles: one JSON document each, and what is searched by. */
#ifndef STORE_DMS_H
#define STORE_DMS_H

#include "store/db.h"

struct dms_row {
	const char *id, *name;
	const char *settings, *metadata;	/* JSON objects; settings with its secrets */
	const char *enrollment_ca;		/* from the settings */
	int64_t version;			/* +1 with each change */
	int64_t created_at, updated_at;
};

int store_dms_add(struct db *db, const struct dms_row *d, struct err *e);
int store_dms_load(struct db *db, struct arena *a, const char *id, struct dms_row *d,
		   struct err *e);
/* Where id and version are still the row's, else 0 rows: ERR_CONFLICT. The row's version gets +1. */
int store_dms_save(struct db *db, const struct dms_row *d, struct err *e);
int store_dms_remove(struct db *db, const char *id, struct err *e);
int store_dms_list(struct db *db, struct arena *a, const char *after, size_t limit,
		   struct dms_row **v, size_t *n, struct err *e);
int store_dms_list_by_ca(struct db *db, struct arena *a, const char *ca, struct dms_row **v,
			 size_t *n, struct err *e);
/* Does a DMS enroll under the CA: 1, 0, -1. */
int store_dms_uses_ca(struct db *db, const char *ca, struct err *e);
int store_dms_count(struct db *db, int64_t *n, struct err *e);

struct profile_row {
	const char *id, *name;
	const char *profile;			/* JSON object */
	int64_t created_at;
};
int store_profile_add(struct db *db, const struct profile_row *p, struct err *e);
int store_profile_load(struct db *db, struct arena *a, const char *id, struct profile_row *p,
		       struct err *e);
int store_profile_list(struct db *db, struct arena *a, const char *after, size_t limit,
		       struct profile_row **v, size_t *n, struct err *e);

#endif
