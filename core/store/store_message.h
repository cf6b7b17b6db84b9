/* What the parts of signed CMC messages have caused. */
#ifndef STORE_MESSAGE_H
#define STORE_MESSAGE_H

#include "store/db.h"

#define MESSAGE_ISSUED "issued"
#define MESSAGE_REVOKED "revoked"

struct message_row {
	struct blob digest;		/* SHA-256 of what was signed, and by whom */
	int64_t part;			/* bodyPartID */
	const char *dms;
	const char *outcome;		/* MESSAGE_..., or a refusal's code */
	struct blob issuer, serial;	/* of the certificate; empty: none */
	int64_t at;
	int64_t keep_until;		/* 0: for ever */
};

/* In the place of what was there. */
int store_message_save(struct db *db, const struct message_row *m, struct err *e);
int store_message_load(struct db *db, struct arena *a, struct blob digest, int64_t part,
		       struct message_row *m, struct err *e);
/* About the 1000 oldest of those to be kept until before the instant; more are left while *purged
 * is not 0. */
int store_message_purge(struct db *db, int64_t before, int64_t *purged, struct err *e);

#endif
