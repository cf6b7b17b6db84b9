/*
 * How a CA's certificates are answered for: what its OCSP responder says and how, what CRLs it has.
 * One document per CA, through the field table; what it leaves out is the default.
 */
#ifndef DATA_VALIDATION_H
#define DATA_VALIDATION_H

#include "data/settings.h"

/* What is said of a serial that the CA did not issue. Never "good". */
enum unissued {
	UNISSUED_UNKNOWN,	/* certStatus unknown */
	UNISSUED_UNAUTHORIZED,	/* the response status unauthorized (RFC 5019 2.2.3) */
	UNISSUED_REVOKED,	/* the extended revoke of RFC 6960 2.2 */
};

enum responder_id { RESPONDER_BY_KEY, RESPONDER_BY_NAME };	/* RFC 6960 4.2.1 */

/* Of new responder certificates. P-256 signs fastest; RSA is for clients that know nothing else. */
enum responder_key { RESPONDER_P256, RESPONDER_P384, RESPONDER_RSA2048, RESPONDER_RSA3072 };

struct validation {
	struct {
		int unissued;			/* enum unissued */
		int responder_id;		/* enum responder_id */
		int responder_key;		/* enum responder_key */
		int64_t validity;		/* of a response; 0: the configuration's ocsp.validity */
	} ocsp;
	struct {
		int64_t validity;		/* of a complete CRL; 0: the configuration's crl.validity */
		int64_t refresh_interval;	/* until the next one without a revocation; 0: half of it */
		bool regenerate_on_revoke;
		int64_t delta_validity;		/* of a delta CRL (RFC 5280 5.2.4); 0: there are none */
		int64_t shards;			/* into so many parts by serial; 0: one CRL for all */
	} crl;
};

extern const struct field validation_fields[];

enum { CRL_MAX_SHARDS = 256 };

struct key_spec validation_responder_key(const struct validation *v);

/* What the fields alone do not say: pointers below prefix. */
void validation_check(const struct validation *v, const char *prefix, struct problems *p);

/* The document as it is stored; ERR_INTERNAL when it cannot be read. */
int validation_read(struct arena *a, const char *json, struct validation *v, struct err *e);

#endif
