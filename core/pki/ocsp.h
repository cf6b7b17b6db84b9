/* OCSP requests and responses (RFC 6960, RFC 9654). No database, no HTTP. */
#ifndef PKI_OCSP_H
#define PKI_OCSP_H

#include "pki/cert.h"

enum ocsp_hash { OCSP_HASH_OTHER, OCSP_SHA1, OCSP_SHA256, OCSP_SHA384, OCSP_SHA512 };

struct ocsp_certid {
	struct blob der;		/* echoed byte for byte */
	enum ocsp_hash hash;
	struct blob name_hash, key_hash;
	struct blob serial;		/* magnitude without leading zeros ("00" for zero) */
	bool serial_negative;
};

struct ocsp_request {
	struct ocsp_certid *ids;
	size_t n;
	bool has_nonce;
	struct blob nonce;		/* the extnValue's octets as received */
	struct blob preferred;		/* what PreferredSignatureAlgorithms lists; empty: nothing */
};

enum { OCSP_MAX_IDS = 64 };

/* ERR_MALFORMED for: trailing bytes, a version other than v1, no or more than OCSP_MAX_IDS CertIDs,
 * a nonce of 0 or more than 128 octets (RFC 9654 2.1), an unknown critical extension, acceptable
 * responses without the basic one (RFC 6960 4.4.3), a known hash with parameters other than NULL, what
 * is no signature in a signature's place. Who signed, and whether rightly, is not looked at, nor is the
 * requestor's name: the answer is the same for all. */
int ocsp_request_read(struct arena *a, struct blob der, struct ocsp_request *r, struct err *e);

/* How many octets the request has that begins so, told from the first six; 0: none begins so. */
size_t ocsp_request_size(struct blob start);

/* The request that every client makes of the same certificate: one CertID with SHA-1 or SHA-256 and
 * NULL parameters, no extensions. */
struct blob ocsp_request_make(struct arena *a, enum ocsp_hash hash, struct blob name_hash,
			      struct blob key_hash, struct blob serial);
bool ocsp_request_is_canonical(struct arena *a, struct blob der, struct ocsp_certid *id);

/* Of a successful response with one status. Not verified. */
bool ocsp_response_read_times(struct blob response, int64_t *this_update, int64_t *next_update);

enum ocsp_status { OCSP_GOOD, OCSP_REVOKED, OCSP_UNKNOWN };

struct ocsp_single {
	const struct ocsp_certid *id;
	enum ocsp_status status;
	int64_t revoked_at;
	int reason;			/* 0 is not written */
	int64_t this_update, next_update;
	int64_t archive_cutoff;		/* RFC 6960 4.4.4; 0: none */
	bool unissued;			/* said by ocsp_say_unissued() */
};

/* status, and revoked_at and reason, of a response as above; the time is in whole seconds. */
bool ocsp_response_read_status(struct blob response, struct ocsp_single *s);

/* Says, of a serial that was not issued, what RFC 6960 2.2 calls the extended definition of revoked:
 * on hold since 1970. */
void ocsp_say_unissued(struct ocsp_single *s);

/* Who answers, and how. */
struct ocsp_signer {
	const struct cert *cert;
	const struct key *key;
	bool by_name;			/* the ResponderID; else by key */
	int hash;			/* enum signature_hash, ocsp_choose_hash()'s */
};

/* The first of the preferred algorithms (RFC 6960 4.4.7) that the signer's key can do; the key's own
 * where none is. SHA-1 never is. */
int ocsp_choose_hash(const struct ocsp_request *r, const struct cert *signer);

/* A successful response: singles in order, the signer's certificate included. */
int ocsp_response_make(struct arena *a, const struct ocsp_single *v, size_t n,
		       const struct ocsp_request *request, const struct ocsp_signer *by,
		       int64_t produced_at, struct blob *der, struct err *e);

/* OCSPResponseStatus, RFC 6960 4.2.1 */
enum ocsp_response_status {
	OCSP_SUCCESSFUL = 0,
	OCSP_MALFORMED_REQUEST = 1,
	OCSP_INTERNAL_ERROR = 2,
	OCSP_TRY_LATER = 3,
	OCSP_SIG_REQUIRED = 5,
	OCSP_UNAUTHORIZED = 6,
};
struct blob ocsp_error_make(struct arena *a, enum ocsp_response_status status);

#endif
