#include "ca/enroll.h"

#include <string.h>

#include "base/clock.h"
#include "ca/asked.h"
#include "ca/ca.h"
#include "ca/enrollment.h"
#include "ca/issue.h"
#include "ca/keygen.h"
#include "ca/message.h"

static int decide(struct enrollment *n, enum policy_pass pass, struct ruling *r, struct err *e)
{
	if (facts_load(n->env, n->order, n->who, &n->facts, e) < 0)
		return -1;
	return policy_decide(n->order, n->who, &n->facts, pass, r, e);
}

static int first_look(struct enrollment *n, struct ruling *r, struct err *e)
{
	AUTO(db_txn) *t = db_begin(n->env->db, DB_READ, e);

	return t ? decide(n, POLICY_FIRST, r, e) : -1;
}

/*
 * An issuer near its end would give a certificate that is due for renewal at once, and the next one
 * too. So it signs for devices only while its rest covers the DMS's preventive delta, clamped to the
 * validity (DESIGN section 9).
 */
static int check_rest(const struct enrollment *n, const struct profile *profile, struct err *e)
{
	int64_t need = n->order->dms->settings.reenrollment_settings.preventive_delta;
	int64_t rest = n->facts.issuer.not_after - n->env->now;

	if (profile->validity.type == VALIDITY_DURATION && need > profile->validity.duration)
		need = profile->validity.duration;
	if (profile->validity.type == VALIDITY_TIME && need > profile->validity.time - n->env->now)
		need = profile->validity.time - n->env->now;
	if (rest >= need)
		return 0;
	return err_fault(
		e, ERR_BUSY, "ca_inactive",
		"CA %s ends at %s, sooner than the preventive_delta of DMS %s: re-key the CA",
		n->facts.issuer.ca, clock_write(n->env->arena, n->facts.issuer.not_after),
		n->order->dms->row.id);
}

/* Whatever profile is in force: a device never gets a certificate that speaks for the CA. */
static int check_harmless(const struct enrollment *n, const struct profile *profile, struct err *e)
{
	if (profile_is_for_devices(profile))
		return 0;
	return err_fault(e, ERR_INTERNAL, "profile",
			 "issuance profile %s of DMS %s: " PROFILE_FOR_DEVICES,
			 profile->id ? profile->id : "(inline or the CA's)", n->order->dms->row.id);
}

/* RFC 7030 4.2.2: where the policy let a renewal come without the name that it has (same_names), the
 * profile still gives that name. */
static int check_kept_san(const struct enrollment *n, const struct profile *profile, struct err *e)
{
	const struct cert *active;

	if (!enrollment_is_renewal(n) || n->order->csr->san.len || profile->san_policy == SAN_CN)
		return 0;
	active = cert_read(n->env->arena, n->facts.active.der, e);
	if (!active)
		return -1;
	return active->san.len == 0
		       ? 0
		       : err_set(e, ERR_FORBIDDEN, "san_changed",
				 "RFC 7030 4.2.2: the CSR's subjectAltName differs from the "
				 "certificate's");
}

/* A key that this server makes, as the DMS says, is never the client's mistake. */
static int check_made_key(const struct enrollment *n, const struct profile *profile, struct err *e)
{
	if (n->order->op != OP_SERVERKEYGEN || profile_allows_key(profile, &n->order->csr->key))
		return 0;
	return err_fault(e, ERR_BUSY, "profile",
			 "the key of server_keygen_settings of DMS %s is not one that "
			 "crypto_enforcement of its issuance profile allows",
			 n->order->dms->row.id);
}

static int check_profile(struct enrollment *n, struct err *e)
{
	const struct dms_settings *s = &n->order->dms->settings;

	if (issue_profile(n->env, s->issuance_profile_id, s->issuance_profile,
			  s->enrollment_settings.enrollment_ca, &n->profile, e) < 0)
		return -1;
	if (check_harmless(n, &n->profile, e) < 0)
		return -1;
	return check_made_key(n, &n->profile, e);
}

static int check_csr(struct enrollment *n, struct err *e)
{
	if (issue_check(&n->profile, n->order->csr, e) < 0 ||
	    asked_check(n->env, n->order, &n->profile, e) < 0)
		return -1;
	return check_kept_san(n, &n->profile, e);
}

static int check_issuer(struct enrollment *n, struct err *e)
{
	return check_rest(n, &n->profile, e);
}

static int load_issuer(const struct enrollment *n, struct issuer *issuer, struct err *e)
{
	int rc = issuer_load_by_ski(n->env->db, n->env->arena, n->facts.issuer.ski, issuer, e);

	if (rc > 0)
		return 0;
	return rc < 0 ? -1 : err_fault(e, ERR_BUSY, "ca_inactive", "the enrollment CA has gone");
}

static int check_can_sign(struct enrollment *n, struct err *e)
{
	struct issuer issuer;

	if (load_issuer(n, &issuer, e) < 0 || ca_check_active(n->env, &issuer.row, e) < 0)
		return -1;
	return ca_key(n->env, &issuer.row, e) ? 0 : -1;
}

static int check_key_protection(struct enrollment *n, struct err *e)
{
	if (n->order->op != OP_SERVERKEYGEN)
		return 0;
	return keygen_check(n->env, n->order, n->who, &n->facts, e);
}

/* What stands between the policy's verdict and the signature. */
static const struct check {
	const char *name, *help;
	int (*check)(struct enrollment *n, struct err *e);
	bool signing;	/* finds it out itself: to be asked only by who does not sign */
} checks[] = {
	{ "profile", "an issuance profile for devices is in force", check_profile, false },
	{ "csr_profile", "the profile allows what the CSR asks for", check_csr, false },
	{ "issuer", "the CA lasts long enough", check_issuer, false },
	{ "key_protection", "a key that is made here can be encrypted as the CSR asks",
	  check_key_protection, true },
	{ "ca", "the CA is active, and its key is there", check_can_sign, true },
};

static void tell(const struct trace *t, const struct check *c, enum step_verdict verdict,
		 const struct err *why)
{
	if (t)
		t->step(t->arg, c->name, c->help, verdict, why);
}

/* With a trace also those that do not sign; not reached: only to tell it. */
static int check(struct enrollment *n, const struct trace *t, bool reached, struct err *e)
{
	bool refused = false;
	size_t i;

	for (i = 0; i < ARRAY_LEN(checks); i++) {
		const struct check *c = &checks[i];

		if (c->signing && !t)
			continue;
		if (!reached) {
			tell(t, c, STEP_NOT_REACHED, NULL);
		} else if (c->check(n, e) == 0) {
			tell(t, c, STEP_OK, NULL);
		} else {
			reached = false;
			refused = true;
			tell(t, c, STEP_REFUSED, e);
			err_step(e, c->name);
			if (!t)
				return -1;
		}
	}
	return refused ? -1 : 0;
}

static int sign(struct enrollment *n, struct err *e)
{
	struct issuer issuer;
	struct cert *cert;

	if (load_issuer(n, &issuer, e) < 0 ||
	    issue_sign(n->env, &issuer, &n->profile, n->order->csr, &cert, e) < 0)
		return err_step(e, "ca");
	n->cert = cert;
	return 0;
}

static int changed(const struct enrollment *n, struct err *e)
{
	err_fault(e, ERR_BUSY, "changed", "DMS %s changed during an enrollment",
		  n->order->dms->row.id);
	e->retry_after = 1;
	return -1;
}

/* The DMS or its CA changed while we signed: what was signed follows rules that do not hold any
 * more. Rare, and right the next time. */
static int check_unchanged(const struct enrollment *n, const struct facts *before, struct err *e)
{
	if (n->facts.dms_version != n->order->dms->row.version ||
	    n->facts.dms_created_at != n->order->dms->row.created_at ||
	    !blob_equal(n->facts.issuer.ski, before->issuer.ski) ||
	    n->facts.issuer.revoked_at != before->issuer.revoked_at)
		return changed(n, e);
	return 0;
}

/* Who is asked may register, renew or approve what he is asked about, before he says yes. */
static bool may_be_lifted(const char *rule)
{
	static const char *const rules[] = { "device_known", "registered", "replaceable",
					     "has_identity", "approval" };

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (rule && strcmp(rule, rules[i]) == 0)
			return true;
	return false;
}

int enroll_before_asking(const struct env *env, const struct order *o, const struct who *w,
			 bool *repeat, struct err *e)
{
	struct enrollment n = { .env = env, .order = o, .who = w };
	struct ruling ruling = { .rule = NULL };

	*repeat = false;
	if (first_look(&n, &ruling, e) == 0) {
		*repeat = ruling.verdict == VERDICT_REPEAT;
		return 0;
	}
	if (w->credential.len && !may_be_lifted(ruling.rule))
		return -1;
	err_clear(e);
	return 0;
}

/* It was a repeat when nobody was asked, and is none any more. */
static int check_granted(const struct enrollment *n, const struct ruling *r, struct err *e)
{
	if (!n->order->only_repeat || r->verdict == VERDICT_REPEAT)
		return 0;
	err_fault(e, ERR_BUSY, "changed", "device %s changed while its request was repeated",
		  n->order->device);
	e->retry_after = 1;
	return -1;
}

/* A message that repeats what another request got causes nothing, and is remembered all the same:
 * the other's memory may end sooner. */
static int remember_repeat(struct enrollment *n, struct db_txn **t, struct err *e)
{
	struct ruling ruling;

	if (!n->order->part || n->facts.has_message)
		return 0;
	if (message_take_room(n->env, n->who, e) < 0)
		return -1;
	if (!*t)
		*t = db_begin(n->env->db, DB_WRITE, e);
	if (!*t || decide(n, POLICY_AGAIN, &ruling, e) < 0)
		return -1;
	if (ruling.verdict != VERDICT_REPEAT)
		return changed(n, e);
	if (n->facts.has_message)
		return 0;
	/* as old as what it repeats: rule_message asks what that one has revoked */
	if (enrollment_record_message(n, n->facts.repeat_cert.issuer, n->facts.repeat_cert.serial,
				      n->facts.repeat.at, e) < 0)
		return -1;
	return store_commit(t, e);
}

/* Recorded already, or now, in the transaction. */
static int wait_for_approval(struct enrollment *n, struct db_txn **t, struct err *e)
{
	struct approval_row *r = &n->facts.approval;

	if (!n->facts.has_approval &&
	    (approval_request(n->env, n->order, n->who, r, e) < 0 || store_commit(t, e) < 0))
		return err_step(e, "approval");
	return approval_wait(r, e);
}

static void answer_repeat(const struct enrollment *n, struct enrolled *out)
{
	*out = (struct enrolled){ .der = n->facts.repeat_cert.der,
				  .serial = n->facts.repeat_cert.serial,
				  .repeated = true };
}

int enroll_check(const struct env *env, const struct order *o, const struct who *w, struct facts *f,
		 enum verdict *v, struct err *e)
{
	struct enrollment n = { .env = env, .order = o, .who = w };
	struct ruling ruling;

	if (first_look(&n, &ruling, e) < 0 || check(&n, NULL, true, e) < 0)
		return -1;
	*f = n.facts;
	*v = ruling.verdict;
	return ca_check_active(env, &n.facts.issuer, e) < 0 ? err_step(e, "ca") : 0;
}

int enroll_wait(const struct env *env, const struct order *o, const struct who *w, struct err *e)
{
	struct enrollment n = { .env = env, .order = o, .who = w };
	AUTO(db_txn) *t = db_begin(env->db, DB_WRITE, e);
	struct ruling ruling;

	if (!t || decide(&n, POLICY_FIRST, &ruling, e) < 0)
		return -1;
	return ruling.verdict == VERDICT_WAIT ? wait_for_approval(&n, &t, e) : changed(&n, e);
}

int enroll(const struct env *env, const struct order *o, const struct who *w, struct enrolled *out,
	   struct err *e)
{
	struct enrollment n = { .env = env, .order = o, .who = w };
	struct facts before;
	AUTO(db_txn) *t = NULL;
	struct ruling ruling;

	if (first_look(&n, &ruling, e) < 0 || check_granted(&n, &ruling, e) < 0)
		return -1;
	before = n.facts;
	if (ruling.verdict != VERDICT_REPEAT) {
		if (check(&n, NULL, true, e) < 0)
			return -1;
		/* asking again and again writes nothing, and waits for nobody */
		if (ruling.verdict == VERDICT_WAIT && n.facts.has_approval)
			return wait_for_approval(&n, NULL, e);
		if (ruling.verdict == VERDICT_ISSUE && sign(&n, e) < 0)
			return -1;
		t = db_begin(env->db, DB_WRITE, e);
		if (!t || decide(&n, POLICY_AGAIN, &ruling, e) < 0)
			return -1;
	}
	if (ruling.verdict == VERDICT_REPEAT) {
		if (remember_repeat(&n, &t, e) < 0)
			return -1;
		answer_repeat(&n, out);
		return 0;
	}
	if (check_unchanged(&n, &before, e) < 0)
		return -1;
	/* without a certificate also what was approved this very moment */
	if (ruling.verdict == VERDICT_WAIT || !n.cert)
		return wait_for_approval(&n, &t, e);
	if (enrollment_record(&n, e) < 0 || store_commit(&t, e) < 0)
		return -1;
	*out = (struct enrolled){ .der = n.cert->der, .serial = n.cert->serial };
	return 0;
}

int enroll_explain(const struct env *env, const struct order *o, const struct who *w,
		   const struct trace *t, struct ruling *out, struct err *e)
{
	struct enrollment n = { .env = env, .order = o, .who = w };
	AUTO(db_txn) *txn = db_begin(env->db, DB_READ, e);
	bool passed;

	if (!txn || facts_load(env, o, w, &n.facts, e) < 0) {
		t->step(t->arg, "facts", "what has to be known is there", STEP_REFUSED, e);
		enroll_explain_unreached(o->op, t);
		return err_step(e, "facts");
	}
	passed = policy_trace(o, w, &n.facts, POLICY_FIRST, t, out, e) == 0;
	if (check(&n, t, passed && out->verdict != VERDICT_REPEAT, e) < 0)
		return -1;
	return out->verdict == VERDICT_WAIT && n.facts.has_approval
		       ? approval_wait(&n.facts.approval, e)
		       : 0;
}

void enroll_explain_unreached(enum operation op, const struct trace *t)
{
	struct err none = { 0 };

	policy_trace_unreached(op, t);
	check(NULL, t, false, &none);
}
