/* What the database says about an order: all that the rules of ca/policy may know. */
#include "ca/approval.h"
#include "ca/policy.h"

static int load_device(const struct env *env, const struct order *o, struct facts *f, struct err *e)
{
	struct slot_row slot;
	int rc = store_device_load(env->db, env->arena, o->device, &f->device, e);

	if (rc <= 0)
		return rc;
	f->has_device = true;
	if (f->device.active_version < 0)
		return 0;
	if (store_slot_load(env->db, env->arena, o->device, f->device.active_version, &slot, e) < 0)
		return -1;
	rc = store_cert_load(env->db, env->arena, slot.issuer, slot.serial, &f->active, e);
	f->has_active = rc > 0;
	return rc < 0 ? -1 : 0;
}

/*
 * Found by the CA that signed it and its serial, not by its octets: whoever holds a certificate can
 * write its ECDSA signature in a second way, (r, n - s), that verifies too. And by the CA as it was
 * verified, not as the certificate says.
 */
static int load_presented(const struct env *env, const struct who *w, struct facts *f,
			  struct err *e)
{
	int rc;

	if (!w->cert)
		return 0;
	rc = store_cert_load(env->db, env->arena, w->issuer, w->cert->serial, &f->presented, e);
	if (rc < 0)
		return -1;
	f->has_presented = rc > 0;
	rc = store_superseded_load(env->db, env->arena, w->issuer, w->cert->serial, &f->superseded,
				   e);
	if (rc < 0)
		return -1;
	f->has_superseded = rc > 0;
	rc = issuer_find_revoked(env->db, env->arena, w->issuer, e);
	f->presented_ca_revoked = rc > 0;
	return rc < 0 ? -1 : 0;
}

static int load_keygen(const struct env *env, const struct order *o, struct facts *f, struct err *e)
{
	int rc = store_keygen_load(env->db, env->arena, o->device, &f->keygen, e);

	f->has_keygen = rc > 0 && f->keygen.at >= env->now - env->conf->est.replay_window;
	return rc < 0 ? -1 : 0;
}

static int load_repeat(const struct env *env, const struct order *o, const struct who *w,
		       struct facts *f, struct err *e)
{
	int rc = store_enrollment_load(env->db, env->arena, o->dms->row.id, operation_name(o->op),
				       blob_of(o->csr->sha256, SHA256_LEN), w->credential,
				       env->now - env->conf->est.replay_window, &f->repeat, e);

	if (rc <= 0)
		return rc;
	rc = store_cert_load(env->db, env->arena, f->repeat.issuer, f->repeat.serial,
			     &f->repeat_cert, e);
	f->has_repeat = rc > 0;
	return rc < 0 ? -1 : 0;
}

static int load_secret(const struct env *env, const struct who *w, struct facts *f, struct err *e)
{
	int rc = w->secret ? store_secret_load(env->db, env->arena, w->secret, &f->secret, e) : 0;

	f->has_secret = rc > 0;
	return rc < 0 ? -1 : 0;
}

/* The certificate of a recorded message is what it is repeated by, for as long as it is recorded. */
static int load_message(const struct env *env, const struct order *o, struct facts *f,
			struct err *e)
{
	int rc;

	if (!o->part)
		return 0;
	rc = store_message_load(env->db, env->arena, o->part->digest, o->part->id, &f->message, e);
	if (rc <= 0)
		return rc < 0 ? -1 : 0;
	f->has_message = true;
	if (f->message.serial.len == 0)
		return 0;
	rc = store_cert_load(env->db, env->arena, f->message.issuer, f->message.serial,
			     &f->repeat_cert, e);
	return rc < 0 ? -1 : 0;
}

bool policy_wants_approval(const struct order *o)
{
	return o->op != OP_REENROLL && o->dms->settings.enrollment_settings.manual_approval;
}

/* Asked for only where it counts: most DMSs approve nothing by hand. */
static int load_approval(const struct env *env, const struct order *o, const struct who *w,
			 struct facts *f, struct err *e)
{
	int rc = policy_wants_approval(o) ? approval_find(env, o, w, &f->approval, e) : 0;

	f->has_approval = rc > 0;
	return rc < 0 ? -1 : 0;
}

int facts_load(const struct env *env, const struct order *o, const struct who *w, struct facts *f,
	       struct err *e)
{
	struct dms_row dms;
	struct ca_row ca;
	int rc;

	*f = (struct facts){ .now = env->now };
	rc = store_dms_load(env->db, env->arena, o->dms->row.id, &dms, e);
	if (rc <= 0)
		return rc;	/* rule_dms says that it has gone */
	f->dms_version = dms.version;
	f->dms_created_at = dms.created_at;
	rc = store_ca_load(env->db, env->arena, o->dms->settings.enrollment_settings.enrollment_ca,
			   &ca, e);
	if (rc > 0)
		rc = store_issuer_load(env->db, env->arena, ca.issuer, &f->issuer, e);
	if (rc <= 0)
		return rc < 0 ? -1
			      : err_fault(e, ERR_BUSY, "ca_inactive",
					  "enrollment CA %s of DMS %s is not there",
					  o->dms->settings.enrollment_settings.enrollment_ca,
					  o->dms->row.id);
	if (load_device(env, o, f, e) < 0 || load_presented(env, w, f, e) < 0 ||
	    load_secret(env, w, f, e) < 0 || load_approval(env, o, w, f, e) < 0)
		return -1;
	if (o->op == OP_SERVERKEYGEN)
		return load_keygen(env, o, f, e);
	if (load_repeat(env, o, w, f, e) < 0)
		return -1;
	return load_message(env, o, f, e);
}
