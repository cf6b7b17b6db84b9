#include "ca/cmc.h"

#include "base/clock.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/text.h"
#include "ca/cmc_reply.h"
#include "ca/cmc_revoke.h"
#include "ca/message.h"
#include "ca/refusal.h"
#include "ca/revoke.h"
#include "ca/signer.h"
#include "pki/crmf.h"
#include "pki/der.h"

int cmc_message_read(struct arena *a, struct blob der, struct cmc_message *m, struct err *e)
{
	if (cms_signed_read(a, der, &m->cms, e) < 0)
		return -1;
	if (!der_equal(m->cms.type, OID_PKI_DATA, sizeof(OID_PKI_DATA) - 1))
		return err_set(e, ERR_MALFORMED, "cmc_content_type",
			       "expected the content type id-cct-PKIData in the CMS message "
			       "(RFC 5272 3.2.1, RFC 7030 4.3.1)");
	m->signer = cms_signed_find_signer(a, &m->cms);
	m->malformed = (struct err){ 0 };
	cmc_data_read(a, m->cms.content, &m->data, &m->malformed);
	return 0;
}

bool cmc_by_registrar(const struct cmc_message *m)
{
	return m->signer && m->signer->ext_key_usage & EKU_CMC_RA;
}

/* One message, from its signature to the outcomes of its parts. */
struct talk {
	struct env env;
	const struct auth_input *in;
	const struct auth_request *shown;
	const struct cmc_message *m;
	struct who *who;
	struct blob digest;
	bool lost;			/* nothing that the signer signs will be granted any more */
	bool noted;			/* that has been recorded as a refusal */
	int64_t renewed_at;		/* by this very message; 0: not */
	struct cmc_outcome *outcomes;
	size_t n;
};

/* A key usage that is there must allow signatures (RFC 5280 4.2.1.3). */
static int check_purpose(const struct cert *signer, struct err *e)
{
	if (!signer->key_usage ||
	    signer->key_usage & (KU_DIGITAL_SIGNATURE | KU_CONTENT_COMMITMENT))
		return 0;
	return err_set(e, ERR_UNAUTHENTICATED, "certificate_purpose",
		       "the key usage of the signer's certificate allows no signatures (RFC 5280 "
		       "4.2.1.3)");
}

static int authenticate(struct talk *t, struct err *e)
{
	const struct dms *dms = t->in->dms;

	if (!t->m->signer)
		return err_set(
			e, ERR_UNAUTHENTICATED, "no_certificate",
			"the message does not hold the certificate of its signer; expected it "
			"among the certificates of the SignedData (RFC 5652 5.1)");
	if (cms_signed_check(&t->m->cms, t->m->signer, e) < 0 || check_purpose(t->m->signer, e) < 0)
		return -1;
	if (!auth_by_certificate(dms, t->in->reenroll))
		return err_set(
			e, ERR_FORBIDDEN, "auth_mode",
			"DMS %s does not %s by certificate: a CMC message, which is signed by "
			"one, is not enough",
			dms->row.id, t->in->reenroll ? "renew" : "enroll");
	if (auth_check(t->in, t->who, e) < 0)
		return -1;
	t->who->registrar = cmc_by_registrar(t->m);
	t->env.actor = t->who->name;
	return 0;
}

/* Revoked for good, or not as it was issued. Whoever has such a key signs as much as he likes: what is
 * refused for it needs no record, for it is refused for ever. */
static int load_standing(struct talk *t, struct err *e)
{
	const struct who *w = t->who;
	struct cert_row row;
	int found = store_cert_load(t->env.db, t->env.arena, w->issuer, w->cert->serial, &row, e);

	if (found < 0)
		return -1;
	t->lost = found && ((row.status != CERT_ACTIVE && row.reason != REASON_CERTIFICATE_HOLD) ||
			    !blob_equal(row.sha256, w->credential));
	if (t->lost)
		return 0;
	found = issuer_find_revoked(t->env.db, t->env.arena, w->issuer, e);
	t->lost = found > 0;
	return found < 0 ? -1 : 0;
}

/* The octets of the whole message can be written in many ways by whoever has seen it, those of an
 * ECDSA signature among them; these cannot. */
static void identify(struct talk *t)
{
	struct der_out w;
	size_t seq;

	der_init(&w, t->env.arena, 256);
	seq = der_open(&w, DER_SEQUENCE);
	der_put(&w, DER_OCTET_STRING, digest_make_sha256(t->env.arena, t->m->cms.content));
	der_put(&w, DER_OCTET_STRING, t->who->issuer);
	der_put_integer(&w, t->who->cert->serial);
	der_close(&w, seq);
	t->digest = digest_make_sha256(t->env.arena, der_done(&w));
}

static struct cmc_outcome *add_outcome(struct talk *t, int64_t id)
{
	struct cmc_outcome *o = &t->outcomes[t->n++];

	o->ids[0] = id;
	o->nids = 1;
	return o;
}

/* RFC 5272 3.2.1.1: a control that is not known fails the message as a whole, by name. */
static bool has_unsupported(struct talk *t)
{
	const struct cmc_data *d = &t->m->data;
	struct cmc_outcome *o = &t->outcomes[0];
	struct text names;

	text_init(&names, t->env.arena);
	for (size_t i = 0; i < d->ncontrols; i++) {
		if (d->controls[i].kind != CMC_UNSUPPORTED)
			continue;
		text_addf(&names, "%s%s", names.len ? ", " : "", d->controls[i].name);
		o->ids[o->nids++] = d->controls[i].id;
	}
	for (size_t i = 0; i < d->nothers; i++) {
		text_addf(&names, "%sa message within", names.len ? ", " : "");
		o->ids[o->nids++] = d->others[i];
	}
	if (o->nids == 0)
		return false;
	t->n = 1;
	err_set(&o->why, ERR_REJECTED, "cmc_unsupported",
		"the message has controls that are not supported, so nothing of it was done: %s "
		"(RFC 5272 3.2.1.1)",
		names.s);
	return true;
}

static enum operation operation_of(const struct talk *t)
{
	return t->who->registrar ? OP_ENROLL : OP_REENROLL;
}

/* What the rules alone would let be granted twice: see cmc.h. */
static bool is_kept_for_ever(const struct talk *t)
{
	return t->who->registrar || t->who->bootstrap;
}

/* For as long as the signer could be renewed. */
static int64_t refused_until(const struct talk *t)
{
	const struct dms_settings *s = &t->in->dms->settings;

	return is_kept_for_ever(t)
		       ? 0
		       : t->who->cert->not_after +
				 s->reenrollment_settings.expired_renewal_max_age + CLOCK_DAY;
}

static const struct csr *read_csr(struct talk *t, const struct cmc_request *r, struct err *e)
{
	switch (r->form) {
	case CMC_PKCS10:
		return csr_read(t->env.arena, r->der, e);
	case CMC_CRMF:
		return crmf_read(t->env.arena, r->der, e);
	case CMC_OTHER_REQUEST:
		break;
	}
	err_set(e, ERR_REJECTED, "cmc_request",
		"expected a PKCS#10 (tcr) or a CRMF (crm) request, got another (orm, RFC 5272 "
		"3.2.1.2.3)");
	return NULL;
}

/* Asks whom the DMS's way of authentication wants to be asked, unless it is decided anyway. */
static int consult(struct talk *t, struct order *order, struct err *e)
{
	struct auth_request asked = *t->shown;

	if (!auth_shown_headers(t->in->dms, t->in->reenroll))
		return 0;
	if (enroll_before_asking(&t->env, order, t->who, &order->only_repeat, e) < 0)
		return -1;
	if (order->only_repeat)
		return 0;
	asked.csr = order->csr;
	asked.device = order->device;
	if (auth_consult(t->in, &asked, t->who, e) < 0)
		return -1;
	t->env.now = clock_now();	/* it may have taken its time */
	return 0;
}

static int request(struct talk *t, const struct cmc_request *r, const struct message_part *part,
		   struct cmc_outcome *o, struct err *e)
{
	const struct csr *csr = read_csr(t, r, e);
	struct enrolled enrolled;
	struct order order;

	if (!csr || order_make(operation_of(t), t->in->dms, csr, &order, e) < 0)
		return err_step(e, "request");
	order.part = part;
	o->device = order.device;
	if (consult(t, &order, e) < 0)
		return err_step(e, "consult");
	if (enroll(&t->env, &order, t->who, &enrolled, e) < 0)
		return -1;
	if (!enrolled.repeated && !t->who->registrar)
		t->renewed_at = t->env.now;
	o->cert = enrolled.der;
	return 0;
}

static bool is_fault(const struct err *e)
{
	return e->kind == ERR_BUSY || e->kind == ERR_INTERNAL;
}

static int find_record(struct talk *t, const struct message_part *part, struct err *e)
{
	struct message_row row;

	return store_message_load(t->env.db, t->env.arena, part->digest, part->id, &row, e);
}

static int is_recorded(struct talk *t, const struct message_part *part, struct err *e)
{
	AUTO(db_txn) *txn = db_begin(t->env.db, DB_READ, e);

	return txn ? find_record(t, part, e) : -1;
}

/* 1: it is the first answer to this part of the message. Others who write wait for nothing that is
 * known already. */
static int remember_refusal(struct talk *t, const struct message_part *part, const struct err *why,
			    struct err *e)
{
	struct message_row row = { .digest = part->digest,
				   .part = part->id,
				   .dms = t->in->dms->row.id,
				   .outcome = why->code,
				   .at = t->env.now,
				   .keep_until = refused_until(t) };
	AUTO(db_txn) *txn = NULL;
	int found = is_recorded(t, part, e);

	if (found != 0)
		return found < 0 ? -1 : 0;
	if (message_take_room(&t->env, t->who, e) < 0)
		return -1;
	txn = db_begin(t->env.db, DB_WRITE, e);
	found = txn ? find_record(t, part, e) : -1;
	if (found != 0)
		return found < 0 ? -1 : 0;
	if (store_message_save(t->env.db, &row, e) < 0 || store_commit(&txn, e) < 0)
		return -1;
	return 1;
}

static struct message_part part_of(const struct talk *t, int64_t id)
{
	struct message_part part = { .digest = t->digest, .id = id };

	if (!is_kept_for_ever(t))
		part.keep_until = t->env.now + t->env.conf->est.replay_window;
	return part;
}

static bool first_of_lost(struct talk *t)
{
	bool first = !t->noted;

	t->noted = true;
	return first;
}

/* An event for each refusal of who authenticated, but once for each message: whoever has recorded a
 * message can send it as often as he likes. A refusal that cannot be kept is none. */
static void note_refusal(struct talk *t, const struct message_part *part, struct cmc_outcome *o)
{
	struct err e = { 0 };
	int rc;

	if (is_fault(&o->why) || o->why.kind == ERR_PENDING) {
		if (is_fault(&o->why))
			log_msg(LOG_WARN, "part %lld of a CMC message: %s", (long long)part->id,
				err_log_text(&o->why));
		return;
	}
	rc = t->lost ? first_of_lost(t) : remember_refusal(t, part, &o->why, &e);
	if (rc > 0)
		refusal_record(&t->env, t->in->dms, operation_of(t), o->device, t->who, &o->why);
	if (rc >= 0)
		return;
	log_msg(LOG_WARN, "the refusal of a CMC message was not recorded: %s", err_log_text(&e));
	o->why = e;
}

static void do_requests(struct talk *t)
{
	const struct cmc_data *d = &t->m->data;

	for (size_t i = 0; i < d->nrequests; i++) {
		struct cmc_outcome *o = add_outcome(t, d->requests[i].id);
		struct message_part part = part_of(t, d->requests[i].id);

		if (request(t, &d->requests[i], &part, o, &o->why) < 0)
			note_refusal(t, &part, o);
	}
}

/* After the requests: a device that renews and gives its old certificate back says so at once. */
static void do_revocations(struct talk *t)
{
	const struct cmc_data *d = &t->m->data;

	for (size_t i = 0; i < d->ncontrols; i++) {
		struct message_part part = part_of(t, d->controls[i].id);
		struct cmc_outcome *o;

		if (d->controls[i].kind != CMC_REVOKE_REQUEST)
			continue;
		o = add_outcome(t, d->controls[i].id);
		if (cmc_revoke(&t->env, t->in->dms, t->who, &d->controls[i], &part, t->renewed_at,
			       &o->why) < 0)
			note_refusal(t, &part, o);
	}
}

static int check_data(const struct cmc_message *m, struct err *e)
{
	if (m->malformed.kind == ERR_NONE)
		return 0;
	*e = m->malformed;
	return -1;
}

/* The outcomes, at least one. */
static void judge(struct talk *t)
{
	struct message_part whole;
	struct err why = { 0 };

	if (authenticate(t, &why) < 0 || load_standing(t, &why) < 0) {
		err_step(&why, "authentication");
		refusal_record(&t->env, t->in->dms, operation_of(t), NULL, t->who, &why);
		add_outcome(t, 0)->why = why;
		return;
	}
	identify(t);
	if (check_data(t->m, &why) == 0 && !has_unsupported(t)) {
		do_requests(t);
		do_revocations(t);
		if (t->n > 0)
			return;
		err_set(&why, ERR_REJECTED, "cmc_empty",
			"the PKIData asks for nothing: expected a request or a revokeRequest");
	}
	if (t->n == 0)
		add_outcome(t, 0)->why = why;
	whole = part_of(t, 0);
	note_refusal(t, &whole, &t->outcomes[0]);
}

/* Something granted makes it a success; else something pending makes it pending. */
static void conclude(const struct talk *t, struct cmc_result *out)
{
	struct text devices, serials;

	text_init(&devices, t->env.arena);
	text_init(&serials, t->env.arena);
	out->why = t->outcomes[0].why;
	for (size_t i = 0; i < t->n; i++) {
		const struct cmc_outcome *o = &t->outcomes[i];
		struct err unread = { 0 };
		const struct cert *c =
			o->cert.len ? cert_read(t->env.arena, o->cert, &unread) : NULL;

		if (o->device)
			text_addf(&devices, "%s%s", devices.len ? " " : "", o->device);
		if (c)
			text_addf(&serials, "%s%s", serials.len ? " " : "",
				  hex_write(t->env.arena, c->serial));
		if (o->why.kind == ERR_NONE ||
		    (o->why.kind == ERR_PENDING && out->why.kind != ERR_NONE))
			out->why = o->why;
	}
	out->devices = devices.len ? devices.s : NULL;
	out->serials = serials.len ? serials.s : NULL;
}

static int find_speaker(const struct env *env, const struct dms *dms, struct cmc_speaker *by,
			struct err *e)
{
	const char *ca = dms->settings.enrollment_settings.enrollment_ca;
	struct ca_row row;
	int found = store_ca_load(env->db, env->arena, ca, &row, e);

	if (found <= 0)
		return found < 0 ? -1
				 : err_fault(e, ERR_BUSY, "ca_inactive",
					     "enrollment CA %s of DMS %s is not there", ca,
					     dms->row.id);
	by->issuer = row.issuer;
	return signer_load(env, row.issuer, &by->cert, &by->key, e);
}

int cmc_answer(const struct env *env, const struct auth_input *in, const struct auth_request *shown,
	       const struct cmc_message *m, struct who *who, struct cmc_result *out, struct err *e)
{
	struct talk t = { .env = *env, .in = in, .shown = shown, .m = m, .who = who };
	struct cmc_speaker by;

	*out = (struct cmc_result){ .devices = NULL };
	/* First: what is granted must not go unsaid. */
	if (find_speaker(env, in->dms, &by, e) < 0)
		return -1;
	t.outcomes = arena_array(env->arena, CMC_MAX_PARTS, sizeof(*t.outcomes));
	judge(&t);
	conclude(&t, out);
	return cmc_reply_make(&t.env, &by, &m->data, t.digest, t.outcomes, t.n, &out->response, e);
}
