#include "ca/revoke.h"

#include <string.h>

#include "base/hex.h"
#include "fleet/device.h"
#include "fleet/dms.h"
#include "fleet/event.h"
#include "store/store_ca.h"
#include "store/store_crl.h"
#include "store/store_meta.h"

const struct token crl_reasons[] = {
	{ "Unspecified", REASON_UNSPECIFIED },
	{ "KeyCompromise", REASON_KEY_COMPROMISE },
	{ "CACompromise", REASON_CA_COMPROMISE },
	{ "AffiliationChanged", REASON_AFFILIATION_CHANGED },
	{ "Superseded", REASON_SUPERSEDED },
	{ "CessationOfOperation", REASON_CESSATION_OF_OPERATION },
	{ "CertificateHold", REASON_CERTIFICATE_HOLD },
	{ "RemoveFromCRL", REASON_REMOVE_FROM_CRL },
	{ "PrivilegeWithdrawn", REASON_PRIVILEGE_WITHDRAWN },
	{ "AACompromise", REASON_AA_COMPROMISE },
	{ NULL, 0 },
};

bool revoke_is_compromise(int reason)
{
	return reason == REASON_KEY_COMPROMISE || reason == REASON_CA_COMPROMISE;
}

static const char *status_text(struct arena *a, int status, int reason)
{
	if (status == CERT_ACTIVE)
		return "ACTIVE";
	return arena_printf(a, "REVOKED (%s)", token_name(crl_reasons, reason));
}

static int add_cert_event(const struct env *env, const struct cert_row *was, int status, int reason,
			  struct err *e)
{
	struct arena *a = env->arena;
	const char *serial = hex_write(a, was->serial);
	struct doc *data = doc_object(a);
	struct event v = {
		.type = EVENT_CERT_STATUS, .dms = was->dms, .device = was->device, .data = data
	};

	v.subject = arena_printf(a, "certificate/%s", serial);
	doc_set_text(data, "serial_number", serial);
	doc_set_text(data, "authority_key_id", hex_write(a, was->issuer));
	doc_set_text(data, "previous", status_text(a, was->status, was->reason));
	doc_set_text(data, "updated", status_text(a, status, reason));
	return event_add(env->db, a, env->actor, env->now, &v, e);
}

/* As the device's status is seen from outside: it depends on the deltas of the DMS. */
static int status_name(const struct env *env, const struct device_row *d, const char **name,
		       struct err *e)
{
	struct dms dms;
	int found = dms_load(env->db, env->arena, d->dms, &dms, e);

	if (found < 0)
		return -1;
	if (!found)
		return err_fault(e, ERR_INTERNAL, "dms",
				 "device %s is of DMS %s, which is not there", d->id, d->dms);
	*name = token_name(device_statuses, device_status(d, &dms.settings, env->now));
	return 0;
}

static int set_device_state(const struct env *env, struct device_row *d, int state, struct err *e)
{
	struct doc *data = doc_object(env->arena);
	struct event v = {
		.type = EVENT_DEVICE_STATUS, .dms = d->dms, .device = d->id, .data = data
	};
	const char *previous, *updated;

	if (status_name(env, d, &previous, e) < 0)
		return -1;
	d->state = state;
	d->updated_at = env->now;
	if (status_name(env, d, &updated, e) < 0 || store_device_save(env->db, d, e) < 0)
		return -1;
	v.subject = arena_printf(env->arena, "device/%s", d->id);
	doc_set_text(data, "previous", previous);
	doc_set_text(data, "updated", updated);
	return event_add(env->db, env->arena, env->actor, env->now, &v, e);
}

/* The device whose active version the certificate is goes from one state to the other. */
static int follow_device(const struct env *env, const struct cert_row *c, int from, int to,
			 struct err *e)
{
	struct device_row d;
	struct slot_row slot;
	int found;

	if (!c->device || c->version < 0)
		return 0;
	found = store_device_load(env->db, env->arena, c->device, &d, e);
	if (found <= 0)
		return found;
	if (d.state != from || d.active_version != c->version)
		return 0;
	found = store_slot_load(env->db, env->arena, d.id, d.active_version, &slot, e);
	if (found <= 0)
		return found;
	if (!blob_equal(slot.issuer, c->issuer) || !blob_equal(slot.serial, c->serial))
		return 0;
	return set_device_state(env, &d, to, e);
}

/* The CA whose own certificate this is. It leaves the web server's bundle, with those below it, or
 * comes back. */
static int follow_issuer(const struct env *env, const struct cert_row *c, int64_t at, int reason,
			 struct err *e)
{
	struct issuer_row *v;
	size_t n;

	if (strcmp(c->kind, "ca") != 0)
		return 0;
	if (store_issuer_list(env->db, env->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!blob_equal(v[i].sha256, c->sha256))
			continue;
		if (store_issuer_set_revoked(env->db, v[i].ski, at, reason, e) < 0)
			return -1;
		return store_meta_bump_trust(env->db, e);
	}
	return 0;
}

static int set_one(const struct env *env, const struct cert_row *c, int status, int reason,
		   int64_t revoked_at, struct err *e)
{
	if (store_cert_set_status(env->db, c->issuer, c->serial, status, reason, revoked_at,
				  env->now, e) < 0 ||
	    store_crl_mark(env->db, c->issuer, e) < 0 ||
	    follow_issuer(env, c, revoked_at, reason, e) < 0)
		return -1;
	return add_cert_event(env, c, status, reason, e);
}

static bool is_held(const struct cert_row *c)
{
	return c->status == CERT_REVOKED && c->reason == REASON_CERTIFICATE_HOLD;
}

/* Revoked is for good, but that the key is compromised may be learned later: it matters for what was
 * signed before the revocation too, and for all that a CA issued (RFC 6960 2.7). */
static bool may_say(const struct cert_row *c, int reason)
{
	if (c->status == CERT_ACTIVE)
		return true;
	if (c->reason == REASON_CERTIFICATE_HOLD)
		return reason != REASON_CERTIFICATE_HOLD;
	return revoke_is_compromise(reason) && !revoke_is_compromise(c->reason);
}

/* A CA's key that has gone, and that another key of the CA had certified, must not be believed by way
 * of that one: each certificate for the key has one status. */
static int set_crosses(const struct env *env, const struct cert_row *c, int status, int reason,
		       int64_t revoked_at, struct err *e)
{
	struct issuer_row own;
	struct cross_row *v;
	struct cert_row cross;
	size_t n;
	int found = 0;

	if (strcmp(c->kind, "ca") == 0)
		found = store_issuer_load_by_cert(env->db, env->arena, c->sha256, &own, e);
	if (found <= 0)
		return found;
	if (store_cross_list_by_ca(env->db, env->arena, own.ca, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!blob_equal(v[i].subject, own.ski))
			continue;
		found = store_cert_load(env->db, env->arena, v[i].issuer, v[i].serial, &cross, e);
		if (found < 0)
			return -1;
		if (!found || (status == CERT_ACTIVE ? !is_held(&cross) : !may_say(&cross, reason)))
			continue;
		if (set_one(env, &cross, status, reason, revoked_at, e) < 0)
			return -1;
	}
	return 0;
}

static int set_status(const struct env *env, const struct cert_row *c, int status, int reason,
		      int64_t revoked_at, struct err *e)
{
	if (set_one(env, c, status, reason, revoked_at, e) < 0)
		return -1;
	return set_crosses(env, c, status, reason, revoked_at, e);
}

int revoke_certificate(const struct env *env, const struct cert_row *c, int reason, struct err *e)
{
	if (!token_name(crl_reasons, reason))
		return err_set(e, ERR_REJECTED, "reason",
			       "expected a revocation reason of RFC 5280 5.3.1, got %d", reason);
	if (!may_say(c, reason))
		return err_set(e, ERR_CONFLICT, "already_revoked",
			       "certificate %s is revoked already: %s",
			       hex_write(env->arena, c->serial),
			       token_name(crl_reasons, c->reason));
	if (set_status(env, c, CERT_REVOKED, reason,
		       c->status == CERT_REVOKED ? c->revoked_at : env->now, e) < 0)
		return -1;
	return follow_device(env, c, DEVICE_LIVE, DEVICE_REVOKED, e);
}

int revoke_release(const struct env *env, const struct cert_row *c, struct err *e)
{
	if (!is_held(c))
		return err_set(e, ERR_CONFLICT, "not_on_hold",
			       "only a certificate on hold can be released; %s is %s",
			       hex_write(env->arena, c->serial),
			       status_text(env->arena, c->status, c->reason));
	if (set_status(env, c, CERT_ACTIVE, 0, 0, e) < 0)
		return -1;
	return follow_device(env, c, DEVICE_REVOKED, DEVICE_LIVE, e);
}

static int revoke_version(const struct env *env, const struct slot_row *s, struct err *e)
{
	struct cert_row c;
	int found = store_cert_load(env->db, env->arena, s->issuer, s->serial, &c, e);

	if (found <= 0)
		return found;
	if (c.not_after <= env->now)
		return 0;
	if (!may_say(&c, REASON_CESSATION_OF_OPERATION))
		return 0;
	return revoke_certificate(env, &c, REASON_CESSATION_OF_OPERATION, e);
}

int revoke_decommission(const struct env *env, const char *device, struct err *e)
{
	struct device_row d;
	struct slot_row *slots;
	size_t n;
	int found = store_device_load(env->db, env->arena, device, &d, e);

	if (found < 0)
		return -1;
	if (!found)
		return err_set(e, ERR_NOT_FOUND, "device", "no device \"%s\"", device);
	if (d.state == DEVICE_DECOMMISSIONED)
		return 0;
	if (set_device_state(env, &d, DEVICE_DECOMMISSIONED, e) < 0 ||
	    store_slot_list(env->db, env->arena, device, &slots, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (revoke_version(env, &slots[i], e) < 0)
			return -1;
	}
	return 0;
}
