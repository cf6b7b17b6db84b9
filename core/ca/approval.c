#include "ca/approval.h"

#include "base/address.h"
#include "base/clock.h"
#include "base/hex.h"
#include "base/rand.h"
#include "ca/limit.h"
#include "fleet/event.h"

enum { RETRY_SECONDS = 60, ID_OCTETS = 16 };

const struct token approval_states[] = {
	{ "pending", APPROVAL_PENDING },
	{ "approved", APPROVAL_APPROVED },
	{ "denied", APPROVAL_DENIED },
	{ "issued", APPROVAL_ISSUED },
	{ NULL, 0 },
};

static struct approval_row request_of(const struct order *o, const struct who *w)
{
	return (struct approval_row){
		.csr_sha256 = blob_of(o->csr->sha256, SHA256_LEN),
		.credential = w->credential,
		.dms = o->dms->row.id,
		.operation = operation_name(o->op),
		.device = o->device,
		.requester = w->name,
		.csr = o->csr->der,
	};
}

int approval_find(const struct env *env, const struct order *o, const struct who *w,
		  struct approval_row *out, struct err *e)
{
	struct approval_row request = request_of(o, w);

	return store_approval_load_open(env->db, env->arena, &request, env->now, out, e);
}

static int add_event(const struct env *env, const char *type, const struct approval_row *r,
		     const char *actor, struct err *e)
{
	struct doc *data = doc_object(env->arena);
	struct event v = {
		.type = type,
		.subject = arena_printf(env->arena, "approval/%s", r->id),
		.dms = r->dms,
		.device = r->device,
		.data = data,
	};

	doc_set_text(data, "operation", r->operation);
	doc_set_text(data, "csr_sha256", hex_write(env->arena, r->csr_sha256));
	if (r->reason)
		doc_set_text(data, "reason", r->reason);
	return event_add(env->db, env->arena, actor, env->now, &v, e);
}

/*
 * Nobody fills the register, and its chain of events, before an operator looks: neither who shows no
 * credential, by his address, nor who has one, which may be that of a whole line of devices. Whom a
 * webhook has let in is held to what one device may ask for (check_room).
 */
static int check_rate(const struct env *env, const struct who *w, struct err *e)
{
	static const struct limit of_stranger = { "request for approval", 100, CLOCK_MINUTE };
	static const struct limit of_credential = { "request for approval by a credential", 200,
						    2 * CLOCK_MINUTE };
	const struct limit *l = w->credential.len ? &of_credential : &of_stranger;
	int64_t wait = 0;
	int rc;

	if (!w->credential.len && w->device)
		return 0;
	rc = limit_take(env, l,
			w->credential.len ? w->credential : address_source(env->arena, env->client),
			&wait, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	err_fault(e, ERR_BUSY, "approvals_rate", "too many requests for approval by %s from %s",
		  w->name, env->client ? env->client : "an unknown address");
	e->retry_after = (int)(wait / CLOCK_SECOND) + 1;
	return -1;
}

static int check_room(const struct env *env, const struct order *o, struct err *e)
{
	int64_t all, of_device;

	if (store_approval_count_pending(env->db, o->dms->row.id, o->device, env->now, &all,
					 &of_device, e) < 0)
		return -1;
	if (all < APPROVAL_MAX_PENDING && of_device < APPROVAL_MAX_OF_DEVICE)
		return 0;
	if (all >= APPROVAL_MAX_PENDING)
		err_fault(e, ERR_BUSY, "approvals_full",
			  "DMS %s: %d requests wait for approval, and no more are taken",
			  o->dms->row.id, APPROVAL_MAX_PENDING);
	else
		err_fault(e, ERR_BUSY, "approvals_of_device",
			  "device %s: %d requests wait for approval, and no more are taken",
			  o->device, APPROVAL_MAX_OF_DEVICE);
	e->retry_after = RETRY_SECONDS;
	return -1;
}

int approval_request(const struct env *env, const struct order *o, const struct who *w,
		     struct approval_row *out, struct err *e)
{
	unsigned char id[ID_OCTETS];
	int rc;

	if (check_rate(env, w, e) < 0 || check_room(env, o, e) < 0)
		return -1;
	rand_fill(id, sizeof(id));
	*out = request_of(o, w);
	out->id = hex_write(env->arena, blob_of(id, sizeof(id)));
	out->created_at = env->now;
	out->expires_at = env->now + o->dms->settings.enrollment_settings.approval_validity;
	rc = store_approval_add(env->db, out, e);
	if (rc <= 0)
		return rc < 0 ? -1
			      : err_fault(e, ERR_INTERNAL, "approval",
					  "request of device %s is there already", o->device);
	return add_event(env, EVENT_APPROVAL_REQUEST, out, w->name, e);
}

int approval_wait(const struct approval_row *r, struct err *e)
{
	err_set(e, ERR_PENDING, "approval_pending",
		"an operator of DMS %s has to approve this request of device %s, %s; send the very "
		"same request again after %d seconds, until it is decided (RFC 7030 4.2.3)",
		r->dms, r->device, r->id, RETRY_SECONDS);
	e->retry_after = RETRY_SECONDS;
	return -1;
}

int approval_decide(const struct env *env, struct approval_row *r, enum approval_state decision,
		    const char *reason, int64_t validity, struct err *e)
{
	bool approves = decision == APPROVAL_APPROVED;
	int rc;

	if (r->state != APPROVAL_PENDING)
		return err_set(e, ERR_CONFLICT, "approval_decided",
			       "expected a request that waits; this one is %s since %s, by %s",
			       token_name(approval_states, r->state),
			       clock_write(env->arena, r->decided_at), r->decided_by);
	if (r->expires_at <= env->now)
		return err_set(e, ERR_CONFLICT, "approval_expired",
			       "expected a request that waits; this one expired at %s",
			       clock_write(env->arena, r->expires_at));
	r->state = decision;
	r->decided_at = env->now;
	r->decided_by = env->actor;
	r->reason = reason;
	r->expires_at = env->now + validity;
	rc = store_approval_save(env->db, r, APPROVAL_PENDING, e);
	if (rc <= 0)
		return rc < 0 ? -1
			      : err_fault(e, ERR_INTERNAL, "approval", "request %s has gone",
					  r->id);
	return add_event(env, approves ? EVENT_APPROVAL_APPROVE : EVENT_APPROVAL_DENY, r,
			 env->actor, e);
}

int approval_use(const struct env *env, const struct approval_row *r, struct err *e)
{
	struct approval_row used = *r;
	int rc;

	used.state = APPROVAL_ISSUED;
	rc = store_approval_save(env->db, &used, APPROVAL_APPROVED, e);
	if (rc == 0)
		return err_fault(e, ERR_INTERNAL, "approval", "request %s is not approved", r->id);
	return rc < 0 ? -1 : 0;
}
