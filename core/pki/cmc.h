/*
 * Certificate Management over CMS (RFC 5272, RFC 6402): PKIData read, PKIResponse written. Their
 * envelope is pki/cms_signed.
 */
#ifndef PKI_CMC_H
#define PKI_CMC_H

#include "base/arena.h"
#include "base/err.h"

/* Content types, DER of the OID (RFC 5272 3.2.1, 4.2.1). */
#define OID_PKI_DATA "\x06\x08\x2b\x06\x01\x05\x05\x07\x0c\x02"
#define OID_PKI_RESPONSE "\x06\x08\x2b\x06\x01\x05\x05\x07\x0c\x03"

enum { CMC_MAX_REQUESTS = 8, CMC_MAX_CONTROLS = 16, CMC_MAX_OTHERS = 8 };
enum { CMC_MAX_PARTS = CMC_MAX_REQUESTS + CMC_MAX_CONTROLS + CMC_MAX_OTHERS };

enum cmc_control_kind {
	CMC_TRANSACTION_ID,	/* RFC 5272 6.6; each of the first three at most once */
	CMC_SENDER_NONCE,	/* 6.6 */
	CMC_DATA_RETURN,	/* 6.4 */
	CMC_REVOKE_REQUEST,	/* 6.11 */
	CMC_UNSUPPORTED,	/* any other */
};

struct cmc_control {
	int64_t id;			/* bodyPartID, 1..2^32-1 */
	enum cmc_control_kind kind;
	const char *name;		/* "identityProofV2"; "unknown" */
	struct blob value;		/* DER, the only one; of an unsupported one empty */
};

enum cmc_form { CMC_PKCS10, CMC_CRMF, CMC_OTHER_REQUEST };

struct cmc_request {
	int64_t id;
	enum cmc_form form;
	struct blob der;	/* CertificationRequest, or CertReqMsg as a SEQUENCE; else empty */
};

struct cmc_data {
	struct cmc_control controls[CMC_MAX_CONTROLS];
	size_t ncontrols;
	struct cmc_request requests[CMC_MAX_REQUESTS];
	size_t nrequests;
	int64_t others[CMC_MAX_OTHERS];	/* of cmsSequence and otherMsgSequence: nothing of them is
					 * supported */
	size_t nothers;
};

/* PKIData. *d holds what could be read in any case, so that a refusal can echo it. ERR_MALFORMED
 * "cmc_malformed"; "cmc_body_part" for an id that is 0 or comes twice; ERR_REJECTED "cmc_too_many". */
int cmc_data_read(struct arena *a, struct blob der, struct cmc_data *d, struct err *e);

/* The first control of the kind; NULL: none. */
const struct cmc_control *cmc_find_control(const struct cmc_data *d, enum cmc_control_kind kind);

struct cmc_revoke_request {		/* RFC 5272 6.11 */
	struct blob issuer_der;		/* Name */
	struct blob serial;		/* magnitude */
	int64_t reason;			/* CRLReason */
	bool has_passphrase;
};
int cmc_revoke_read(struct blob value, struct cmc_revoke_request *r, struct err *e);

enum cmc_status { CMC_SUCCESS = 0, CMC_FAILED = 2, CMC_PENDING = 3 };

enum cmc_fail_info {			/* RFC 5272 6.1.4 */
		     CMC_BAD_ALG = 0,
		     CMC_BAD_MESSAGE_CHECK = 1,
		     CMC_BAD_REQUEST = 2,
		     CMC_BAD_TIME = 3,
		     CMC_BAD_CERT_ID = 4,
		     CMC_UNSUPPORTED_EXT = 5,
		     CMC_BAD_IDENTITY = 7,
		     CMC_POP_REQUIRED = 8,
		     CMC_POP_FAILED = 9,
		     CMC_INTERNAL_CA_ERROR = 11,
		     CMC_TRY_LATER = 12,
};

struct cmc_status_info {		/* CMCStatusInfoV2, 6.1.1 */
	enum cmc_status status;
	const int64_t *parts;		/* 0: the whole PKIData */
	size_t nparts;
	const char *text;		/* UTF-8; NULL: none */
	enum cmc_fail_info fail_info;	/* with CMC_FAILED */
	struct blob pend_token;		/* with CMC_PENDING */
	int64_t pend_time;
};

/* ResponseBody, 4.2.1: the statuses, what is echoed of the request (NULL: nothing), a nonce of our
 * own. */
struct blob cmc_response_make(struct arena *a, const struct cmc_data *request,
			      const struct cmc_status_info *v, size_t n);

#endif
