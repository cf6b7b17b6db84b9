/* What serverkeygen keeps (RFC 7030 4.4): never a key, but for one that only its recipient reads. */
#ifndef STORE_KEYGEN_H
#define STORE_KEYGEN_H

#include "store/db.h"

struct keygen_row {			/* the last one of a device */
	const char *device;
	struct blob issuer, serial;	/* the certificate */
	struct blob credential;		/* as enrollment_row.credential */
	struct blob csr_sha256;
	int64_t at;			/* of the first of several tries */
};
int store_keygen_save(struct db *db, const struct keygen_row *k, struct err *e);
int store_keygen_load(struct db *db, struct arena *a, const char *device, struct keygen_row *k,
		      struct err *e);

struct superseded_row {			/* to be revoked at the first use of the device's new one */
	struct blob issuer, serial;
	const char *device;
	int64_t at;
};
int store_superseded_add(struct db *db, const struct superseded_row *s, struct err *e);	/* maybe there */
int store_superseded_load(struct db *db, struct arena *a, struct blob issuer, struct blob serial,
			  struct superseded_row *s, struct err *e);
int store_superseded_list(struct db *db, struct arena *a, const char *device,
			  struct superseded_row **v, size_t *n, struct err *e);
int store_superseded_remove(struct db *db, const char *device, struct err *e);	/* all of a device */

struct escrow_row {
	struct blob issuer, serial;	/* the certificate */
	const char *dms, *device;
	struct blob der;		/* EnvelopedData of the PKCS#8 key */
	int64_t at;
};
int store_escrow_add(struct db *db, const struct escrow_row *r, struct err *e);
int store_escrow_load(struct db *db, struct arena *a, struct blob issuer, struct blob serial,
		      struct escrow_row *r, struct err *e);

#endif
