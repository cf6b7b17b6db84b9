/* What a certificate changes: device, slot, certificate, revocations and events, in the transaction of
 * its enrollment. */
#include "ca/enrollment.h"

#include <string.h>

#include "base/hex.h"
#include "ca/approval.h"
#include "ca/issue.h"
#include "ca/revoke.h"
#include "ca/supersede.h"
#include "fleet/event.h"

bool enrollment_is_renewal(const struct enrollment *n)
{
	return n->order->op == OP_REENROLL;
}

static struct event event_of(const struct enrollment *n, const char *type, struct doc *data)
{
	return (struct event){ .type = type,
			       .subject =
				       arena_printf(n->env->arena, "device/%s", n->order->device),
			       .dms = n->order->dms->row.id,
			       .device = n->order->device,
			       .data = data };
}

static int add_event(const struct enrollment *n, const char *type, struct doc *data, struct err *e)
{
	struct event v = event_of(n, type, data);

	return event_add(n->env->db, n->env->arena, n->who->name, n->env->now, &v, e);
}

/* Just in time: the device is registered by its first enrollment, with the DMS's provisioning
 * profile. */
static int register_device(struct enrollment *n, struct err *e)
{
	struct arena *a = n->env->arena;
	struct device_row *d = &n->facts.device;
	const struct dms_settings *s = &n->order->dms->settings;
	struct doc *tags = doc_array(a);
	size_t i;

	device_init(d, n->order->device, n->order->dms->row.id, n->env->now);
	for (i = 0; i < s->enrollment_settings.device_provisioning_profile.tags.n; i++)
		doc_add(tags,
			doc_text(a, s->enrollment_settings.device_provisioning_profile.tags.v[i]));
	d->tags = doc_write(a, tags);
	if (s->enrollment_settings.device_provisioning_profile.metadata)
		d->metadata =
			doc_write(a, s->enrollment_settings.device_provisioning_profile.metadata);
	if (s->enrollment_settings.device_provisioning_profile.icon)
		d->icon = s->enrollment_settings.device_provisioning_profile.icon;
	if (s->enrollment_settings.device_provisioning_profile.icon_color)
		d->icon_color = s->enrollment_settings.device_provisioning_profile.icon_color;
	if (store_device_add(n->env->db, d, e) < 0)
		return -1;
	return add_event(n, EVENT_DEVICE_CREATE, NULL, e);
}

static const char *slot_event(const struct enrollment *n)
{
	if (n->version == 0)
		return "PROVISIONED";
	return enrollment_is_renewal(n) ? "RENEWED" : "RE-PROVISIONED";
}

static int record_slot(struct enrollment *n, struct err *e)
{
	struct slot_row slot = {
		.device = n->order->device,
		.version = n->version,
		.issuer = n->facts.issuer.ski,
		.serial = n->cert->serial,
		.not_after = n->cert->not_after,
		.event = slot_event(n),
		.at = n->env->now,
	};

	return store_slot_add(n->env->db, &slot, e);
}

/* The device becomes live with the new version, before the old one is revoked: what is revoked
 * then is not its identity any more. */
static int record_device(struct enrollment *n, struct err *e)
{
	struct device_row *d = &n->facts.device;
	const struct dms_settings *s = &n->order->dms->settings;
	const char *before = token_name(device_statuses, (int)device_status(d, s, n->env->now));
	struct doc *identity = doc_object(n->env->arena), *change;
	const char *after;

	d->state = DEVICE_LIVE;
	d->active_version = n->version;
	d->active_not_after = n->cert->not_after;
	d->updated_at = n->env->now;
	if (store_device_save(n->env->db, d, e) < 0)
		return -1;
	doc_set_text(identity, "event", slot_event(n));
	doc_set_int(identity, "active_version", n->version);
	doc_set_text(identity, "serial_number", hex_write(n->env->arena, n->cert->serial));
	if (add_event(n, EVENT_DEVICE_IDENTITY, identity, e) < 0)
		return -1;
	after = token_name(device_statuses, (int)device_status(d, s, n->env->now));
	if (strcmp(before, after) == 0)
		return 0;
	change = doc_object(n->env->arena);
	doc_set_text(change, "previous", before);
	doc_set_text(change, "updated", after);
	return add_event(n, EVENT_DEVICE_STATUS, change, e);
}

/* The certificate that this enrollment takes out of use; NULL: none. */
static const struct cert_row *superseded(const struct enrollment *n)
{
	const struct dms_settings *s = &n->order->dms->settings;
	bool replaces =
		!enrollment_is_renewal(n) || s->reenrollment_settings.revoke_on_reenrollment;

	if (!replaces || !n->facts.has_active || n->facts.active.status != CERT_ACTIVE)
		return NULL;
	return &n->facts.active;
}

/* The page's advice: a bootstrap certificate that is used up with its first enrollment. */
static const struct cert_row *used_up(const struct enrollment *n)
{
	const struct dms_settings *s = &n->order->dms->settings;

	if (enrollment_is_renewal(n) || !n->facts.has_presented || n->who->registrar ||
	    !s->enrollment_settings.revoke_bootstrap_on_enrollment ||
	    n->facts.presented.status != CERT_ACTIVE)
		return NULL;
	return &n->facts.presented;
}

/* What serverkeygen takes out of use stays until its certificate is used. */
static int record_keygen(const struct enrollment *n, const struct cert_row *old,
			 const struct cert_row *bootstrap, struct err *e)
{
	const struct keygen_row row = {
		.device = n->order->device,
		.issuer = n->facts.issuer.ski,
		.serial = n->cert->serial,
		.credential = n->who->credential,
		.csr_sha256 = blob_of(n->order->csr->sha256, SHA256_LEN),
		.at = n->second_try ? n->facts.keygen.at : n->env->now,
	};
	const struct escrow_row escrow = {
		.issuer = row.issuer,
		.serial = row.serial,
		.dms = n->order->dms->row.id,
		.device = row.device,
		.der = n->order->escrow,
		.at = n->env->now,
	};

	if (store_keygen_save(n->env->db, &row, e) < 0 ||
	    (old && supersede_later(n->env, row.device, old, e) < 0) ||
	    (bootstrap && supersede_later(n->env, row.device, bootstrap, e) < 0))
		return -1;
	return escrow.der.len ? store_escrow_add(n->env->db, &escrow, e) : 0;
}

/* The device's certificate is in use when the device renews by it, or replaces it with it. */
static bool shows_active(const struct enrollment *n)
{
	return enrollment_is_renewal(n) ||
	       (n->facts.has_active && n->facts.has_presented &&
		blob_equal(n->facts.active.sha256, n->facts.presented.sha256));
}

static int record_enrollment(const struct enrollment *n, const struct cert_row *revoked,
			     struct err *e)
{
	struct enrollment_row r = {
		.dms = n->order->dms->row.id,
		.operation = operation_name(n->order->op),
		.csr_sha256 = blob_of(n->order->csr->sha256, SHA256_LEN),
		.credential = n->who->credential,
		.device = n->order->device,
		.issuer = n->facts.issuer.ski,
		.serial = n->cert->serial,
		.at = n->env->now,
	};

	if (revoked) {
		r.superseded_issuer = revoked->issuer;
		r.superseded_serial = revoked->serial;
	}
	return store_enrollment_add(n->env->db, &r, e);
}

/* A secret that was used says so; which one is the event's actor. */
static int record_use(const struct enrollment *n, struct doc **data, struct err *e)
{
	*data = NULL;
	if (!n->who->secret || n->second_try)
		return 0;
	*data = doc_object(n->env->arena);
	doc_set_text(*data, "secret", n->who->secret);
	doc_set_int(*data, "use", n->facts.secret.used + 1);
	return store_secret_use(n->env->db, n->who->secret, e);
}

/* Of a signed message: what this part of it got. */
int enrollment_record_message(const struct enrollment *n, struct blob issuer, struct blob serial,
			      int64_t at, struct err *e)
{
	const struct message_part *p = n->order->part;
	struct message_row m = {
		.dms = n->order->dms->row.id,
		.outcome = MESSAGE_ISSUED,
		.issuer = issuer,
		.serial = serial,
		.at = at,
	};

	if (!p)
		return 0;
	m.digest = p->digest;
	m.part = p->id;
	m.keep_until = p->keep_until;
	return store_message_save(n->env->db, &m, e);
}

/* Everything that the certificate changes, inside the transaction. */
int enrollment_record(struct enrollment *n, struct err *e)
{
	const struct cert_row *old = superseded(n), *bootstrap = used_up(n);
	struct issue_record certificate = {
		.cert = n->cert,
		.issuer = n->facts.issuer.ski,
		.kind = "device",
		.dms = n->order->dms->row.id,
		.device = n->order->device,
	};
	struct doc *use;

	n->second_try = policy_is_second_try(n->order, n->who, &n->facts);
	if (!n->facts.has_device && register_device(n, e) < 0)
		return -1;
	n->version = n->facts.device.active_version + 1;
	certificate.version = n->version;
	if (issue_record(n->env, &certificate, e) < 0 || record_slot(n, e) < 0 ||
	    record_device(n, e) < 0)
		return -1;
	if (shows_active(n) && supersede_now(n->env, n->order->device, e) < 0)
		return -1;
	if (n->order->op == OP_SERVERKEYGEN) {
		if (record_keygen(n, old, bootstrap, e) < 0)
			return -1;
		old = bootstrap = NULL;
	}
	if (old && revoke_certificate(n->env, old, REASON_SUPERSEDED, e) < 0)
		return -1;
	/* one and the same when a device replaces its identity with its own certificate */
	if (bootstrap && !(old && blob_equal(old->sha256, bootstrap->sha256)) &&
	    revoke_certificate(n->env, bootstrap, REASON_SUPERSEDED, e) < 0)
		return -1;
	if (record_enrollment(n, bootstrap ? bootstrap : old, e) < 0 ||
	    enrollment_record_message(n, n->facts.issuer.ski, n->cert->serial, n->env->now, e) <
		    0 ||
	    record_use(n, &use, e) < 0)
		return -1;
	if (n->facts.has_approval && n->facts.approval.state == APPROVAL_APPROVED &&
	    approval_use(n->env, &n->facts.approval, e) < 0)
		return -1;
	return add_event(n, enrollment_is_renewal(n) ? EVENT_DMS_REENROLL : EVENT_DMS_ENROLL, use,
			 e);
}
