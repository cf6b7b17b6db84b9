#include "ca/policy.h"

#include <string.h>

#include "base/clock.h"
#include "ca/revoke.h"
#include "pki/name.h"

/* A rule: 0 passes, -1 refuses, a verdict settles the order. */
#define RULE(name)                                                                                 \
	static int rule_##name(const struct order *o, const struct who *w, const struct facts *f,  \
			       struct err *e)

RULE(dms)
{
	(void)w;
	if (f->dms_version == 0)
		return err_set(e, ERR_NOT_FOUND, "dms_not_found", "DMS not found: %s",
			       o->dms->row.id);
	return 0;
}

/* RFC 7030 3.5: what cannot be verified is refused, not taken on trust. */
RULE(pop_linking)
{
	(void)w, (void)f;
	if (!o->dms->settings.enrollment_settings.require_pop_linking)
		return 0;
	return err_set(
		e, ERR_REJECTED, "pop_linking",
		"RFC 7030 3.5: DMS %s demands proof-of-possession linked to the TLS session, "
		"and the web server does not tell what the session is: no request can be "
		"verified (require_pop_linking)",
		o->dms->row.id);
}

RULE(signature)
{
	(void)w, (void)f;
	if (!o->dms->settings.enrollment_settings.verify_csr_signature)
		return 0;
	return csr_check_signature(o->csr, e);
}

/* Revoked by the very renewal that the message asked for, and by nothing else. */
static bool revoked_by_message(const struct facts *f)
{
	return f->presented.reason == REASON_SUPERSEDED && f->presented.revoked_at == f->message.at;
}

/* A message that is sent again gets what it got, and never causes anything: otherwise who recorded
 * it could bring an old key back. What has been revoked since is not handed out again. */
RULE(message)
{
	(void)w;
	if (!f->has_message)
		return 0;
	if (strcmp(f->message.dms, o->dms->row.id) != 0 ||
	    strcmp(f->message.outcome, MESSAGE_ISSUED) != 0)
		return err_set(e, ERR_FORBIDDEN, "replayed",
			       "this message has been answered before (%s); sign a new one, with "
			       "another senderNonce (RFC 5272 6.6)",
			       f->message.outcome);
	if (f->presented_ca_revoked ||
	    (f->has_presented && f->presented.status != CERT_ACTIVE && !revoked_by_message(f)))
		return err_set(e, ERR_UNAUTHENTICATED, "certificate_revoked",
			       "the signer's certificate is revoked");
	if (f->repeat_cert.status != CERT_ACTIVE || f->repeat_cert.not_after <= f->now)
		return err_set(e, ERR_CONFLICT, "replayed",
			       "this message has been answered before, and the certificate that it "
			       "got does not hold any more; sign a new one, with another "
			       "senderNonce (RFC 5272 6.6)");
	return VERDICT_REPEAT;
}

static bool same_cert(const struct cert_row *c, struct blob issuer, struct blob serial)
{
	return blob_equal(c->issuer, issuer) && blob_equal(c->serial, serial);
}

/* Did the recorded enrollment itself revoke what is presented now? Nothing else is forgiven: that it is
 * compromised may be told since, which leaves the time as it is. */
static bool revoked_by_repeat(const struct facts *f)
{
	return same_cert(&f->presented, f->repeat.superseded_issuer, f->repeat.superseded_serial) &&
	       f->presented.reason == REASON_SUPERSEDED && f->presented.revoked_at == f->repeat.at;
}

/* Its uses and its end are no reasons to refuse a repeat: it was good when it was used. */
static bool secret_is_revoked(const struct who *w, const struct facts *f)
{
	return w->secret && (!f->has_secret || f->secret.revoked_at);
}

/* A lost answer must never brick a device: the same CSR by the same credential gets the same
 * certificate, as long as that is still the device's active and good one. */
RULE(repeat)
{
	(void)o, (void)e;
	if (!f->has_repeat || !f->has_active || f->device.state != DEVICE_LIVE ||
	    strcmp(f->device.dms, f->repeat.dms) != 0)
		return 0;
	if (!same_cert(&f->active, f->repeat.issuer, f->repeat.serial) ||
	    f->repeat_cert.status != CERT_ACTIVE || f->repeat_cert.not_after <= f->now)
		return 0;
	if (f->presented_ca_revoked || secret_is_revoked(w, f))
		return 0;
	if (f->has_presented && f->presented.status != CERT_ACTIVE && !revoked_by_repeat(f))
		return 0;
	return VERDICT_REPEAT;
}

RULE(revoked)
{
	(void)o;
	if (f->presented_ca_revoked)
		return err_set(e, ERR_UNAUTHENTICATED, "ca_revoked",
			       "the CA of the client certificate, or one above it, is revoked");
	if (f->has_presented && f->presented.status != CERT_ACTIVE)
		return err_set(e, ERR_UNAUTHENTICATED, "certificate_revoked",
			       "certificate is revoked");
	if (f->has_presented && !blob_equal(f->presented.sha256, w->credential))
		return err_set(
			e, ERR_UNAUTHENTICATED, "certificate_altered",
			"invalid certificate: it differs from the one that was issued with its "
			"serial number");
	return 0;
}

bool policy_is_second_try(const struct order *o, const struct who *w, const struct facts *f)
{
	const bool somebody = w->credential.len || w->device;
	/* One that a whole line of devices may share proves nothing about which of them asks. */
	const bool is_own = w->device || (f->has_presented && f->presented.device);

	return o->op == OP_SERVERKEYGEN && f->has_keygen && f->has_active && somebody &&
	       f->device.state == DEVICE_LIVE && f->active.status == CERT_ACTIVE &&
	       same_cert(&f->active, f->keygen.issuer, f->keygen.serial) &&
	       blob_equal(f->keygen.credential, w->credential) &&
	       (is_own || blob_equal(f->keygen.csr_sha256, blob_of(o->csr->sha256, SHA256_LEN)));
}

static const struct est_settings *est_settings(const struct order *o)
{
	return o->op == OP_REENROLL ? &o->dms->settings.reenrollment_settings.est_rfc7030_settings
				    : &o->dms->settings.enrollment_settings.est_rfc7030_settings;
}

/* As it is now, in the transaction that counts the use. */
RULE(secret)
{
	const bool again = policy_is_second_try(o, w, f);

	if (!w->secret)
		return 0;
	if (secret_is_revoked(w, f) || strcmp(f->secret.dms, o->dms->row.id) != 0)
		return err_set(e, ERR_UNAUTHENTICATED, "secret_revoked", "secret %s is revoked",
			       w->secret);
	if (f->now >= f->secret.expires_at && !again)
		return err_set(e, ERR_UNAUTHENTICATED, "secret_expired", "secret %s has expired",
			       w->secret);
	if (f->secret.used >= f->secret.uses_max && !again)
		return err_set(e, ERR_UNAUTHENTICATED, "secret_used",
			       "secret %s is used up: it was made for %lld enrollments", w->secret,
			       (long long)f->secret.uses_max);
	/* By a secret that is not its own a device could take over any other. */
	if (o->op == OP_REENROLL && !w->device)
		return err_set(e, ERR_FORBIDDEN, "secret_per_device",
			       "secret %s was not made for one device: only one that was renews",
			       w->secret);
	if (est_settings(o)->psk_settings.per_device && !w->device)
		return err_set(e, ERR_FORBIDDEN, "secret_per_device",
			       "secret %s was not made for one device, as psk_settings.per_device "
			       "of DMS %s demands",
			       w->secret, o->dms->row.id);
	return 0;
}

/* A credential that enrolled a device, and counts as used up as soon as the device has shown its new
 * certificate, enrolls no other meanwhile. */
RULE(used_up)
{
	(void)w;
	if (f->has_superseded && strcmp(f->superseded.device, o->device) != 0)
		return err_set(
			e, ERR_UNAUTHENTICATED, "certificate_used",
			"the client certificate has been used up: it enrolled a device, another "
			"than %s",
			o->device);
	return 0;
}

static bool names_device(const struct cert *c, const char *device, struct arena *a)
{
	struct texts san;
	size_t i;

	if (c->subject.common_name && strcmp(c->subject.common_name, device) == 0)
		return true;
	san = cert_read_san(a, c->san);
	for (i = 0; i < san.n; i++) {
		const char *value = strchr(san.v[i], ':');

		if (value && strcmp(value + 1, device) == 0)
			return true;
	}
	return false;
}

/* device_id_match: a bootstrap certificate made for one device enrolls that one only. */
RULE(device_id)
{
	AUTO(arena) *scratch = NULL;

	(void)f;
	if (!o->dms->settings.enrollment_settings.device_id_match || w->device)
		return 0;
	scratch = arena_new();
	if (!w->cert || !names_device(w->cert, o->device, scratch))
		return err_set(
			e, ERR_FORBIDDEN, "device_id_match",
			"what authenticates does not name the device %s: a client certificate "
			"does as common name or in its SAN",
			o->device);
	return 0;
}

/* A credential that was made for one device enrolls that one only. */
RULE(credential_device)
{
	(void)f;
	if (!w->device || strcmp(w->device, o->device) == 0)
		return 0;
	return err_set(e, ERR_FORBIDDEN, "device_id_match",
		       "what authenticates speaks for the device %s; the CSR asks for %s",
		       w->device, o->device);
}

/* A device's own certificate speaks for this device alone, also where the DMS validates by the CA
 * that issues to devices. */
RULE(own_device)
{
	(void)w;
	if (f->has_presented && f->presented.device && strcmp(f->presented.device, o->device) != 0)
		return err_set(e, ERR_FORBIDDEN, "other_certificate",
			       "the client certificate is that of device %s; it cannot enroll %s",
			       f->presented.device, o->device);
	return 0;
}

RULE(device_known)
{
	(void)w;
	if (!f->has_device)
		return err_set(e, ERR_NOT_FOUND, "device_not_found", "device not found: %s",
			       o->device);
	return 0;
}

RULE(owner)
{
	(void)w;
	if (f->has_device && strcmp(f->device.dms, o->dms->row.id) != 0)
		return err_set(e, ERR_FORBIDDEN, "other_dms",
			       "device already registered to another DMS: %s", o->device);
	return 0;
}

RULE(decommissioned)
{
	(void)w;
	if (f->has_device && f->device.state == DEVICE_DECOMMISSIONED)
		return err_set(e, ERR_CONFLICT, "decommissioned", "device %s is decommissioned",
			       o->device);
	return 0;
}

/* A device that has no identity yet may always enroll; only replacing one needs permission. */
RULE(replaceable)
{
	if (policy_is_second_try(o, w, f))
		return 0;
	if (f->has_device && f->device.active_version >= 0 &&
	    !o->dms->settings.enrollment_settings.enable_replaceable_enrollment)
		return err_set(e, ERR_CONFLICT, "already_enrolled",
			       "device %s has an identity, and DMS %s does not allow to replace it "
			       "(enable_replaceable_enrollment); renew by simplereenroll",
			       o->device, o->dms->row.id);
	return 0;
}

RULE(registered)
{
	(void)w;
	if (!f->has_device &&
	    o->dms->settings.enrollment_settings.registration_mode != REGISTRATION_JITP)
		return err_set(e, ERR_FORBIDDEN, "not_preregistered",
			       "device not preregistered: %s", o->device);
	return 0;
}

RULE(slot)
{
	(void)w;
	if (!f->has_active)
		return err_set(e, ERR_CONFLICT, "no_identity",
			       "device %s has no certificate to renew; enroll by simpleenroll",
			       o->device);
	return 0;
}

/* RFC 7030 3.3.2, 4.2.2: the certificate presented is the one being renewed. */
RULE(own_certificate)
{
	if (!w->cert)
		return 0;
	if (!w->cert->subject.common_name || strcmp(w->cert->subject.common_name, o->device) != 0)
		return err_set(
			e, ERR_FORBIDDEN, "other_certificate",
			"RFC 7030 4.2.2: the client certificate is another's: expected CN %s, "
			"got %s",
			o->device,
			w->cert->subject.common_name ? w->cert->subject.common_name : "none");
	if (!w->bootstrap && !blob_equal(f->active.sha256, w->credential))
		return err_set(e, ERR_FORBIDDEN, "not_active",
			       "the client certificate is not the active version %lld of device %s",
			       (long long)f->device.active_version, o->device);
	return 0;
}

/* A bootstrap certificate renews only what has expired. */
RULE(bootstrap)
{
	if (w->bootstrap && f->active.not_after > f->now)
		return err_set(e, ERR_FORBIDDEN, "not_expired",
			       "a bootstrap certificate renews expired certificates only; that of "
			       "device %s is valid, present it",
			       o->device);
	return 0;
}

/* However the request was authenticated. */
RULE(expired)
{
	(void)w;
	if (f->active.not_after > f->now)
		return 0;
	if (!o->dms->settings.reenrollment_settings.enable_expired_renewal)
		return err_set(e, ERR_FORBIDDEN, "expired",
			       "expired certificate: that of device %s has ended, and "
			       "enable_expired_renewal does not allow it",
			       o->device);
	if (f->now - f->active.not_after >
	    o->dms->settings.reenrollment_settings.expired_renewal_max_age)
		return err_set(e, ERR_FORBIDDEN, "expired_too_long",
			       "the certificate of device %s expired longer ago than "
			       "expired_renewal_max_age allows",
			       o->device);
	return 0;
}

/* Also where nothing was presented (NO_AUTH) or something else (bootstrap): a revoked identity is
 * not renewed. */
RULE(active_good)
{
	(void)w;
	if (f->active.status != CERT_ACTIVE)
		return err_set(
			e, ERR_FORBIDDEN, "revoked_identity",
			"revoked certificate: the identity of device %s is revoked, it cannot "
			"be renewed",
			o->device);
	return 0;
}

/* The certificate's only name is the common name, which san_policy "cn" may have put there unasked:
 * a request that has none asks for the same again. enroll() sees that it gets it. */
static bool is_common_name(struct arena *a, const struct cert *c)
{
	const struct texts san = cert_read_san(a, c->san);

	return san.n == 1 && c->subject.common_name && strncmp(san.v[0], "DNS:", 4) == 0 &&
	       strcmp(san.v[0] + 4, c->subject.common_name) == 0;
}

/* RFC 7030 4.2.2: subject and SAN are those of the certificate being renewed. Compared as names
 * (RFC 5280 7.1) and as sets. */
RULE(same_names)
{
	AUTO(arena) *scratch = arena_new();
	struct err why = { 0 };
	const struct cert *active = cert_read(scratch, f->active.der, &why);

	(void)w;
	if (!active)
		return err_fault(e, ERR_INTERNAL, "register", "active certificate of device %s: %s",
				 o->device, err_log_text(&why));
	if (!name_equal(active->subject_der, o->csr->subject_der))
		return err_set(e, ERR_FORBIDDEN, "subject_changed",
			       "RFC 7030 4.2.2: the CSR's subject differs from the certificate's: "
			       "expected %s, got %s",
			       name_text(scratch, active->subject_der),
			       name_text(scratch, o->csr->subject_der));
	if (!cert_equal_san(active->san, o->csr->san) &&
	    !(o->csr->san.len == 0 && is_common_name(scratch, active)))
		return err_set(e, ERR_FORBIDDEN, "san_changed",
			       "RFC 7030 4.2.2: the CSR's subjectAltName differs from the "
			       "certificate's");
	return 0;
}

RULE(window)
{
	AUTO(arena) *scratch = NULL;
	int64_t opens =
		f->active.not_after - o->dms->settings.reenrollment_settings.reenrollment_delta;

	(void)w;
	if (f->now >= opens)
		return 0;
	scratch = arena_new();
	return err_set(e, ERR_FORBIDDEN, "window",
		       "invalid reenroll window: it opens at %s (reenrollment_delta %s before the "
		       "certificate's end)",
		       clock_write(scratch, opens),
		       clock_write_duration(
			       scratch, o->dms->settings.reenrollment_settings.reenrollment_delta));
}

/* The last one: nobody is asked about what is refused anyway. */
RULE(approval)
{
	if (!policy_wants_approval(o) || policy_is_second_try(o, w, f))
		return 0;
	if (o->csr->der.len > APPROVAL_MAX_CSR)
		return err_set(e, ERR_REJECTED, "approval_csr_size",
			       "expected a CSR of at most %d octets, for it is kept until an "
			       "operator approves it; got %zu",
			       APPROVAL_MAX_CSR, o->csr->der.len);
	if (!f->has_approval || f->approval.state == APPROVAL_PENDING)
		return VERDICT_WAIT;
	if (f->approval.state == APPROVAL_APPROVED)
		return 0;
	return err_set(e, ERR_FORBIDDEN, "approval_denied",
		       "an operator denied this request of device %s%s%s", o->device,
		       f->approval.reason ? ": " : "",
		       f->approval.reason ? f->approval.reason : "");
}

enum {
	ENROLL = 1 << OP_ENROLL,
	REENROLL = 1 << OP_REENROLL,
	KEYGEN = 1 << OP_SERVERKEYGEN,
	FIRST = ENROLL | KEYGEN,	/* for a device that may have no certificate yet */
	ANY = FIRST | REENROLL,
};

/* clang-format off */
static const struct policy_rule {
	const char *name;	/* for refusals: stable */
	int (*check)(const struct order *, const struct who *, const struct facts *, struct err *);
	unsigned operations;
	bool once;	/* depends on the order alone: not again on fresh facts */
	const char *help;	/* what must hold, for people */
} policy_rules[] = {
	{ "dms", rule_dms, ANY, false, "the DMS is there" },
	{ "message", rule_message, ANY, false, "this very message was not answered before" },
	{ "pop_linking", rule_pop_linking, ANY, true,
	  "the DMS demands no proof that is linked to the TLS session" },
	{ "csr_signature", rule_signature, ENROLL, true, "the CSR is signed by its own key" },
	{ "repeat", rule_repeat, ENROLL | REENROLL, false, "it was not answered before" },
	{ "credential_revoked", rule_revoked, ANY, false, "what was presented is not revoked" },
	{ "secret", rule_secret, ANY, false, "the secret is not revoked, expired or used up" },
	{ "used_up", rule_used_up, ANY, false,
	  "what was presented has not enrolled another device" },
	{ "device_id_match", rule_device_id, FIRST, true,
	  "what was presented names the device, where the DMS demands it" },
	{ "credential_device", rule_credential_device, ANY, true,
	  "what was presented speaks for this device" },
	{ "own_device", rule_own_device, FIRST, false,
	  "what was presented is not another device's certificate" },
	{ "device_known", rule_device_known, REENROLL, false, "the device is registered" },
	{ "device_owner", rule_owner, ANY, false, "the device is not another DMS's" },
	{ "decommissioned", rule_decommissioned, ANY, false, "the device is in service" },
	{ "replaceable", rule_replaceable, FIRST, false,
	  "the device has no identity, or the DMS lets it be replaced" },
	{ "registered", rule_registered, FIRST, false,
	  "the device is registered, or the DMS registers it now" },
	{ "has_identity", rule_slot, REENROLL, false, "the device has a certificate to renew" },
	{ "own_certificate", rule_own_certificate, REENROLL, false,
	  "the device's active certificate was presented" },
	{ "bootstrap_renewal", rule_bootstrap, REENROLL, false,
	  "a bootstrap certificate renews only what has expired" },
	{ "expired", rule_expired, REENROLL, false,
	  "the certificate has not expired, or the DMS renews it all the same" },
	{ "same_names", rule_same_names, REENROLL, false,
	  "subject and SAN are those of the certificate" },
	{ "csr_signature", rule_signature, REENROLL, true, "the CSR is signed by its own key" },
	{ "identity_good", rule_active_good, REENROLL, false, "the certificate is not revoked" },
	{ "window", rule_window, REENROLL, false, "the certificate is near enough to its end" },
	{ "approval", rule_approval, FIRST, false,
	  "an operator approved it, where the DMS demands it" },
};
/* clang-format on */

static void tell(const struct trace *t, const struct policy_rule *r, enum step_verdict verdict,
		 const struct err *why)
{
	if (t)
		t->step(t->arg, r->name, r->help, verdict, why);
}

int policy_trace(const struct order *o, const struct who *w, const struct facts *f,
		 enum policy_pass pass, const struct trace *t, struct ruling *out, struct err *e)
{
	bool settled = false;
	int failed = 0;
	size_t i;

	*out = (struct ruling){ .verdict = VERDICT_ISSUE };
	for (i = 0; i < ARRAY_LEN(policy_rules) && (t || !settled); i++) {
		const struct policy_rule *r = &policy_rules[i];
		int rc;

		if (!(r->operations & 1u << o->op) || (r->once && pass == POLICY_AGAIN))
			continue;
		if (settled) {
			tell(t, r, STEP_NOT_REACHED, NULL);
			continue;
		}
		rc = r->check(o, w, f, e);
		tell(t, r, rc < 0 ? STEP_REFUSED : rc > 0 ? STEP_SETTLED : STEP_OK, e);
		if (rc == 0)
			continue;
		settled = true;
		out->rule = r->name;
		if (rc < 0)
			failed = err_step(e, r->name);
		else
			out->verdict = (enum verdict)rc;
	}
	return failed;
}

void policy_trace_unreached(enum operation op, const struct trace *t)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(policy_rules); i++)
		if (policy_rules[i].operations & 1u << op)
			tell(t, &policy_rules[i], STEP_NOT_REACHED, NULL);
}

int policy_decide(const struct order *o, const struct who *w, const struct facts *f,
		  enum policy_pass pass, struct ruling *out, struct err *e)
{
	return policy_trace(o, w, f, pass, NULL, out, e);
}
