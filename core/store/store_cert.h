/* The register of certificates, keyed by (issuer, serial), never by the serial alone. */
#ifndef STORE_CERT_H
#define STORE_CERT_H

#include "store/db.h"

enum cert_status { CERT_ACTIVE, CERT_REVOKED };	/* expired is computed from not_after */

struct cert_row {
	struct blob issuer, serial;	/* SKI of the issuer, or as fleet/issuer.h has it; magnitude */
	const char *subject;		/* RFC 4514 */
	const char *common_name;
	int64_t not_before, not_after;
	int status;			/* enum cert_status */
	int reason;			/* CRLReason; with CERT_REVOKED */
	int64_t revoked_at;		/* 0: not */
	int64_t status_at;		/* of the last change of status: issuance, revocation, release */
	int64_t change;			/* counter, by trigger */
	struct blob der, sha256;
	const char *kind;		/* "device" "bootstrap" "server" "ra" "operator" "ca" "responder" "signer" "other" */
	const char *dms, *device;	/* NULL: none */
	int64_t version;		/* of the device's slot; -1: none */
	int64_t created_at;
};

int store_cert_add(struct db *db, const struct cert_row *c, struct err *e);
int store_cert_load(struct db *db, struct arena *a, struct blob issuer, struct blob serial,
		    struct cert_row *c, struct err *e);
int store_cert_load_by_sha256(struct db *db, struct arena *a, struct blob sha256,
			      struct cert_row *c, struct err *e);
/* The API's serial alone: at most limit rows of any issuer. */
int store_cert_list_by_serial(struct db *db, struct arena *a, struct blob serial, size_t limit,
			      struct cert_row **v, size_t *n, struct err *e);

struct cert_filter {			/* NULL or empty: any */
	const char *dms, *device, *kind;	/* device: the versions of its slot */
	struct blob issuer;
	int status;			/* enum cert_status; -1: any */
};
struct cert_key {			/* where a page ended */
	int64_t created_at;
	struct blob sha256;
};
/* Newest first, after the key (NULL: from the start). Without DER. */
int store_cert_list(struct db *db, struct arena *a, const struct cert_filter *f,
		    const struct cert_key *after, size_t limit, struct cert_row **v, size_t *n,
		    struct err *e);

/* All of them, a page at a time, in the order of their keys. */
struct cert_place {
	struct blob serial, issuer;
	int status, reason;
	int64_t revoked_at, status_at;
};
int store_cert_list_by_key(struct db *db, struct arena *a, const struct cert_place *after,
			   size_t limit, struct cert_place **v, size_t *n, struct err *e);

/* status, reason, revoked_at, status_at. The row must exist. */
int store_cert_set_status(struct db *db, struct blob issuer, struct blob serial, int status,
			  int reason, int64_t revoked_at, int64_t status_at, struct err *e);

/* To another issuer, who tells the status from status_at on: the CA above became known. The row must
 * exist. */
int store_cert_set_issuer(struct db *db, struct blob issuer, struct blob serial, struct blob to,
			  int64_t status_at, struct err *e);

/* What a responder needs, and no more. */
struct cert_status_row {
	int status, reason;
	int64_t revoked_at, status_at, not_before, not_after;
	int64_t change;			/* as cert_row.change */
};
int store_cert_load_status(struct db *db, struct blob issuer, struct blob serial,
			   struct cert_status_row *s, struct err *e);

/* With meta's epoch and ca_change, of the same snapshot, and without a transaction. */
struct cert_stamp {
	struct blob epoch;
	int64_t ca_change;
};
int store_cert_load_stamped(struct db *db, struct arena *a, struct blob issuer, struct blob serial,
			    struct cert_stamp *stamp, struct cert_status_row *s, struct err *e);

/* Calls fn for each revoked certificate of the issuer whose not_after is not before since;
 * ordered by serial. */
int store_cert_each_revoked(struct db *db, struct arena *a, struct blob issuer, int64_t since,
			    int (*fn)(void *p, struct blob serial, int64_t revoked_at, int reason),
			    void *p, struct err *e);

#endif
