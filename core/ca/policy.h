/*
 * Whether an order is granted: first the facts, all that the database says about it, then the
 * rules over them, in order, the first refusal wins. The rules neither read nor write anything, so
 * the same decision can be taken twice: before signing, and again on fresh facts inside the
 * transaction that records the certificate.
 */
#ifndef CA_POLICY_H
#define CA_POLICY_H

#include "auth/who.h"
#include "ca/approval.h"
#include "ca/env.h"
#include "ca/order.h"
#include "fleet/device.h"
#include "fleet/issuer.h"
#include "store/store_cert.h"
#include "store/store_keygen.h"
#include "store/store_message.h"
#include "store/store_secret.h"

struct facts {
	int64_t now;
	int64_t dms_version;		/* 0: the DMS is not there any more */
	int64_t dms_created_at;
	struct issuer_row issuer;	/* the enrollment CA's current one */
	bool has_device;
	struct device_row device;
	bool has_active;		/* the device's slot has an active version ... */
	struct cert_row active;		/* ... this certificate */
	bool has_presented;		/* the certificate that authenticated is one of ours ... */
	struct cert_row presented;	/* ... this one */
	bool presented_ca_revoked;	/* its CA, or one above it, is revoked */
	bool has_secret;		/* the secret that authenticated is still there ... */
	struct secret_row secret;	/* ... like this */
	bool has_repeat;		/* the same was asked before by the same credential ... */
	struct enrollment_row repeat;	/* ... and this was recorded ... */
	struct cert_row repeat_cert;	/* ... with this certificate */
	bool has_keygen;		/* a serverkeygen for the device, lately ... */
	struct keygen_row keygen;	/* ... the last one */
	bool has_superseded;		/* what is presented is to be revoked at the first use ... */
	struct superseded_row superseded;	/* ... of the new certificate of this device */
	bool has_message;		/* this very part of the signed message was judged before ... */
	struct message_row message;	/* ... so; what was issued then is repeat_cert */
	bool has_approval;		/* the DMS demands approval, and the request is known ... */
	struct approval_row approval;	/* ... as this: not used up, not expired */
};

/* In the caller's transaction. */
int facts_load(const struct env *env, const struct order *o, const struct who *w, struct facts *f,
	       struct err *e);

bool policy_wants_approval(const struct order *o);	/* an operator's, by the DMS's settings */

/* The answer of serverkeygen cannot be repeated, for no key is kept. So that a lost one bricks no
 * device, whoever asked may ask again within replay_window, by the same use of his secret and the
 * same approval, until the new certificate is used: using it to renew would have made another one
 * active. By a credential that is not the device's alone, with the very same CSR only. */
bool policy_is_second_try(const struct order *o, const struct who *w, const struct facts *f);

enum verdict {
	VERDICT_ISSUE,
	VERDICT_REPEAT,		/* it was issued before: the same again */
	VERDICT_WAIT,		/* for an operator's approval */
};

struct ruling {
	enum verdict verdict;	/* when there is no refusal */
	const char *rule;	/* that refused or settled it; NULL: all passed */
};

enum policy_pass {
	POLICY_FIRST,	/* all rules */
	POLICY_AGAIN,	/* the rules that depend on facts */
};

/* ERR_REJECTED, ERR_UNAUTHENTICATED, ERR_FORBIDDEN, ERR_NOT_FOUND or ERR_CONFLICT with the reason,
 * else 0 and what is to be done. */
int policy_decide(const struct order *o, const struct who *w, const struct facts *f,
		  enum policy_pass pass, struct ruling *out, struct err *e);

/* Who wants to see a decision step by step is told each step in order, also of those behind the one
 * that decided. help says what the step demands; why is set where it refused. */
enum step_verdict {
	STEP_OK,
	STEP_REFUSED,
	STEP_SETTLED,		/* decided, not by a refusal: a repeat, or it waits */
	STEP_NOT_REACHED,
	STEP_NOT_ASKED,		/* could not be looked at; it counts as passed */
};
struct trace {
	void (*step)(void *arg, const char *name, const char *help, enum step_verdict verdict,
		     const struct err *why);
	void *arg;
};
int policy_trace(const struct order *o, const struct who *w, const struct facts *f,
		 enum policy_pass pass, const struct trace *t, struct ruling *out, struct err *e);
/* The rules of the operation, none of which was reached. */
void policy_trace_unreached(enum operation op, const struct trace *t);

#endif
