/* A Device Management Service: its row with the settings read, and what must hold between the
 * settings and the rest of the database. */
#ifndef FLEET_DMS_H
#define FLEET_DMS_H

#include "data/settings.h"
#include "store/store_dms.h"

struct dms {
	struct dms_row row;
	struct dms_settings settings;
};

/* 1, 0, -1. Settings that do not read any more are a fault. */
int dms_load(struct db *db, struct arena *a, const char *id, struct dms *d, struct err *e);
int dms_read(struct arena *a, const struct dms_row *row, struct dms *d, struct err *e);

/* The CAs and the profile that the settings name must exist; the enrollment CA must have a key; the
 * profile in force must pass dms_check_profile(); the PEM of a webhook must be readable.
 * Adds to p; -1 only for a fault. In the writing transaction. */
int dms_check(struct db *db, struct arena *a, const struct dms_settings *s, const char *prefix,
	      struct problems *p, struct err *e);

/* Its part for the issuance profile in force, when it is a stored one: for devices, with a digest that
 * the enrollment CA's key leaves to choose, and with serverkeygen for the key that is made. Adds to
 * p, at the pointer; -1 only for a fault. */
int dms_check_profile(struct db *db, struct arena *a, const struct dms_settings *s,
		      const struct profile *f, const char *pointer, struct problems *p,
		      struct err *e);

/* 1 when the profile of this id is the one in force: the one that the settings name, else, unless they
 * have one inline, the enrollment CA's default. 0, -1. */
int dms_has_profile(struct db *db, struct arena *a, const struct dms_settings *s, const char *id,
		    struct err *e);

/* Part of dms_check() for one of the two blocks (est_rfc7030_settings, below prefix). */
void dms_check_webhook(const struct est_settings *s, const char *prefix, struct problems *p);

/* No DMS has the id, and no CA has it as id or name: else ERR_CONFLICT, for a new DMS or CA id. (The
 * common name of a new CA may be another CA's; that no DMS has it is store_dms_load()'s to say.) */
int dms_check_name_free(struct db *db, struct arena *a, const char *id, struct err *e);

/* Part of dms_check(): the certificates in server_keygen_settings. */
void dms_check_keygen(struct arena *a, const struct dms_settings *s, const char *prefix,
		      struct problems *p);

#endif
