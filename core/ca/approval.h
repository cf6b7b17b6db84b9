/*
 * Manual approval: where a DMS demands it, an enrollment that nothing else refuses waits for an
 * operator's decision. A request is the CSR together with the credential that asks: sent again, it
 * is the same request (est.md 3, RFC 7030 4.2.3), and no other one profits from its approval.
 */
#ifndef CA_APPROVAL_H
#define CA_APPROVAL_H

#include "auth/who.h"
#include "ca/env.h"
#include "ca/order.h"
#include "store/store_approval.h"

enum {
	APPROVAL_MAX_PENDING = 10000,	/* of one DMS: strangers may ask, too (NO_AUTH) */
	APPROVAL_MAX_OF_DEVICE = 8,
	APPROVAL_MAX_CSR = 16 << 10,	/* octets that are kept until it is decided */
};

extern const struct token approval_states[];	/* "pending" "approved" "denied" "issued" */

/* The request's row that has neither been used up nor expired: 1, 0, -1. */
int approval_find(const struct env *env, const struct order *o, const struct who *w,
		  struct approval_row *out, struct err *e);

/* Records the request and the event, in the caller's write transaction. ERR_BUSY "approvals_full" or
 * "approvals_of_device" when too many wait already; "approvals_rate" for an address or a credential
 * that asks for too many. */
int approval_request(const struct env *env, const struct order *o, const struct who *w,
		     struct approval_row *out, struct err *e);

/* ERR_PENDING "approval_pending", for the device: which request it is, and what is to be done. */
int approval_wait(const struct approval_row *r, struct err *e);

/* The operator's decision and its event, in the caller's write transaction; it holds for validity.
 * ERR_CONFLICT when it has been decided already, or has expired. */
int approval_decide(const struct env *env, struct approval_row *r, enum approval_state decision,
		    const char *reason, int64_t validity, struct err *e);

/* It is used up by the enrollment whose transaction this is. */
int approval_use(const struct env *env, const struct approval_row *r, struct err *e);

#endif
