#include "ca/status.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "ca/flight.h"
#include "ca/revoke.h"
#include "pki/der.h"
#include "store/store_cert.h"

/* What the database says, read in one transaction. */
struct findings {
	const struct authority *by;
	struct authority_stamp stamp;
	struct cert_status_row *rows;	/* of each CertID */
	bool *issued;
};

/* One signature covers the answer, and a responder speaks for one issuer (RFC 6960 4.2.2.2): a
 * request for several cannot be answered. */
static enum ocsp_response_status find_authority(const struct env *env, const struct ocsp_request *r,
						struct findings *f, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct authority *by;
		int found = authority_find(env, &r->ids[i], &by, e);

		if (found <= 0)
			return found < 0 ? OCSP_TRY_LATER : OCSP_UNAUTHORIZED;
		if (i > 0 && by != f->by) {
			err_set(e, ERR_REJECTED, "ocsp_issuers",
				"expected certificates of one issuer, got several issuers");
			return OCSP_UNAUTHORIZED;
		}
		f->by = by;
	}
	return OCSP_SUCCESSFUL;
}

/* A serial that was not issued, and nothing shall be signed about it. */
static bool is_refused(const struct findings *f)
{
	return f->by->validation.ocsp.unissued == UNISSUED_UNAUTHORIZED && !f->by->compromised_at;
}

static enum ocsp_response_status read_rows(const struct env *env, const struct ocsp_request *r,
					   struct findings *f, struct err *e)
{
	f->rows = arena_array(env->arena, r->n, sizeof(*f->rows));
	f->issued = arena_array(env->arena, r->n, sizeof(*f->issued));
	for (size_t i = 0; i < r->n; i++) {
		int found = 0;

		if (!r->ids[i].serial_negative)
			found = store_cert_load_status(env->db, f->by->issuer.ski, r->ids[i].serial,
						       &f->rows[i], e);
		if (found < 0)
			return OCSP_TRY_LATER;
		f->issued[i] = found > 0;
		if (!found && is_refused(f)) {
			err_set(e, ERR_NOT_FOUND, "ocsp_serial",
				"expected a certificate that CA %s issued, got serial number %s",
				f->by->issuer.ca, hex_write(env->arena, r->ids[i].serial));
			return OCSP_UNAUTHORIZED;
		}
	}
	return OCSP_SUCCESSFUL;
}

/* Most requests: one certificate, and of its issuer nothing has changed since the last one. A single
 * statement tells. 1; 0: it is not so simple; -1. */
static int read_simple(const struct env *env, const struct ocsp_request *r, struct findings *f,
		       struct err *e)
{
	struct cert_status_row *row;
	struct cert_stamp now;
	int found;

	if (r->n != 1 || r->ids[0].serial_negative)
		return 0;
	f->by = authority_find_kept(&r->ids[0], &f->stamp);
	if (!f->by)
		return 0;
	row = arena_alloc(env->arena, sizeof(*row));
	found = store_cert_load_stamped(env->db, env->arena, f->by->issuer.ski, r->ids[0].serial,
					&now, row, e);
	if (found < 0)
		return -1;
	if (!authority_is_stamped(&f->stamp, now.epoch, now.ca_change) || (!found && is_refused(f)))
		return 0;
	f->rows = row;
	f->issued = arena_alloc(env->arena, sizeof(*f->issued));
	f->issued[0] = found;
	return authority_check_time(env, f->by, e) < 0 ? -1 : 1;
}

static enum ocsp_response_status read_all(const struct env *env, const struct ocsp_request *r,
					  struct findings *f, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_READ, e);
	enum ocsp_response_status status;

	if (!t || authority_refresh(env, &f->stamp, e) < 0)
		return OCSP_TRY_LATER;
	status = find_authority(env, r, f, e);
	return status == OCSP_SUCCESSFUL ? read_rows(env, r, f, e) : status;
}

static enum ocsp_response_status read_findings(const struct env *env, const struct ocsp_request *r,
					       struct findings *f, struct err *e)
{
	switch (read_simple(env, r, f, e)) {
	case 0:
		return read_all(env, r, f, e);
	case 1:
		return OCSP_SUCCESSFUL;
	}
	return OCSP_TRY_LATER;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t validity(const struct env *env, const struct findings *f)
{
	return f->by->validation.ocsp.validity ? f->by->validation.ocsp.validity
					       : env->conf->ocsp.validity;
}

/* A serial that was not issued may be in a moment: it holds for a minute, and no cache keeps it. When
 * the CA's key is compromised it may be on a forged certificate, which no client shall let pass for
 * an unknown one. */
static void say_unissued(const struct env *env, const struct findings *f, struct ocsp_single *s)
{
	if (f->by->compromised_at || f->by->validation.ocsp.unissued == UNISSUED_REVOKED)
		ocsp_say_unissued(s);
	else
		s->status = OCSP_UNKNOWN;
	s->this_update = env->now;
	s->next_update = earlier(env->now + CLOCK_MINUTE, f->by->responder->not_after);
}

void status_say_row(const struct cert_status_row *row, struct ocsp_single *s)
{
	s->status = OCSP_GOOD;
	if (row->status != CERT_REVOKED)
		return;
	s->status = OCSP_REVOKED;
	s->revoked_at = row->revoked_at;
	/* It takes an entry off a list (RFC 5280 5.3.1): to clients, no revocation at all. */
	s->reason = row->reason == REASON_REMOVE_FROM_CRL ? 0 : row->reason;
}

/* thisUpdate is set back for clocks that are behind, but never to before the status came to be: an
 * older answer that says otherwise stays recognisably older. */
static void say_status(const struct env *env, const struct findings *f,
		       const struct cert_status_row *row, struct ocsp_single *s)
{
	int64_t changed = row->status_at;

	status_say_row(row, s);
	if (f->by->compromised_at &&
	    (s->status == OCSP_GOOD || f->by->compromised_at < s->revoked_at)) {
		s->status = OCSP_REVOKED;
		s->revoked_at = f->by->compromised_at;
		s->reason = REASON_CA_COMPROMISE;
		changed = later(changed, f->by->compromise_known_at);
	}
	s->this_update = earlier(env->now, later(env->now - env->conf->ocsp.backdate, changed));
	s->next_update = earlier(env->now + validity(env, f), f->by->responder->not_after);
	if (row->not_after > env->now)
		s->next_update = earlier(s->next_update, row->not_after);
	else	/* all is kept, as long as the CA is there: RFC 6960 4.4.4 */
		s->archive_cutoff = f->by->issuer.not_before;
}

static struct ocsp_single *make_singles(const struct env *env, const struct ocsp_request *r,
					const struct findings *f)
{
	struct ocsp_single *v = arena_array(env->arena, r->n, sizeof(*v));

	for (size_t i = 0; i < r->n; i++) {
		v[i].id = &r->ids[i];
		if (f->issued[i])
			say_status(env, f, &f->rows[i], &v[i]);
		else
			say_unissued(env, f, &v[i]);
	}
	return v;
}

static void put(struct der_out *w, struct blob b)
{
	der_put(w, DER_OCTET_STRING, b);
}

static struct ocsp_signer make_signer(const struct ocsp_request *r, const struct findings *f)
{
	return (struct ocsp_signer){
		.cert = f->by->responder,
		.key = f->by->key,
		.by_name = f->by->validation.ocsp.responder_id == RESPONDER_BY_NAME,
		.hash = ocsp_choose_hash(r, f->by->responder),
	};
}

/* What the answer says is part of the key too: should a counter ever come to the same number by another
 * way (somebody put back an old copy of the file, say), the answer found is still the right one. */
static void make_key(const struct env *env, const struct ocsp_request *r, const struct findings *f,
		     struct answer_key *key)
{
	const struct authority *by = f->by;
	const struct cert_status_row *row = &f->rows[0];
	const struct ocsp_signer signer = make_signer(r, f);
	const int64_t numbers[] = {
		validity(env, f), env->conf->ocsp.backdate, signer.hash,
		signer.by_name,	  by->compromised_at,	    row->status,
		row->reason,	  row->revoked_at,	    row->status_at,
		row->not_after,	  by->compromise_known_at,
	};
	struct der_out w;

	der_init(&w, env->arena, 256);
	put(&w, r->ids[0].der);
	put(&w, blob_of(by->responder->sha256, sizeof(by->responder->sha256)));
	put(&w, blob_of(numbers, sizeof(numbers)));
	digest_sha256(der_done(&w), key->sha256);
}

static int sign(const struct env *env, const struct ocsp_request *r, const struct findings *f,
		struct status_answer *out, struct err *e)
{
	const struct ocsp_signer signer = make_signer(r, f);
	struct ocsp_single *v = make_singles(env, r, f);

	if (ocsp_response_make(env->arena, v, r->n, r, &signer, env->now, &out->der, e) < 0)
		return -1;
	out->this_update = v[0].this_update;
	out->next_update = v[0].next_update;
	return 0;
}

static void use(const struct kept_answer *k, struct status_answer *out)
{
	out->der = k->der;
	out->this_update = k->this_update;
	out->next_update = k->next_update;
	memcpy(out->sha256, k->sha256, sizeof(out->sha256));
}

/* The answer for one issued certificate without a nonce: kept, or signed and then kept. */
static int answer_keepable(const struct env *env, const struct ocsp_request *r,
			   const struct findings *f, struct status_answer *out, struct err *e)
{
	const struct answer_stamp stamp = { f->stamp, f->rows[0].change };
	struct answer_key key;
	struct kept_answer k;

	make_key(env, r, f, &key);
	out->cacheable = true;
	if (answers_find(env, &key, &stamp, &k) ||
	    (flight_begin(env, &key) && answers_find_shared(env, &key, &stamp, &k))) {
		use(&k, out);
		return 0;
	}
	if (flight_sign(env, e) < 0 || sign(env, r, f, out, e) < 0)
		return -1;
	k = (struct kept_answer){ .der = out->der,
				  .made_at = env->now,
				  .this_update = out->this_update,
				  .next_update = out->next_update };
	digest_sha256(k.der, k.sha256);
	use(&k, out);
	answers_keep(env, &key, &stamp, &k);
	return 0;
}

static int make_answer(const struct env *env, const struct ocsp_request *r,
		       const struct findings *f, struct status_answer *out, struct err *e)
{
	int rc;

	if (r->n == 1 && f->issued[0] && !r->has_nonce)
		rc = answer_keepable(env, r, f, out, e);
	else
		rc = flight_sign(env, e) < 0 ? -1 : sign(env, r, f, out, e);
	flight_end();
	return rc;
}

int status_answer(const struct env *env, struct blob request, struct status_answer *out,
		  struct err *e)
{
	struct ocsp_request r;
	struct findings f = { 0 };
	enum ocsp_response_status status = OCSP_MALFORMED_REQUEST;

	*out = (struct status_answer){ 0 };
	if (ocsp_request_read(env->arena, request, &r, e) == 0)
		status = read_findings(env, &r, &f, e);
	if (status == OCSP_SUCCESSFUL && make_answer(env, &r, &f, out, e) < 0)
		status = OCSP_TRY_LATER;
	if (status == OCSP_SUCCESSFUL)
		return 0;
	out->cacheable = false;
	out->der = ocsp_error_make(env->arena, status);
	return -1;
}

void status_close(void)
{
	authority_drop();
	answers_close();
	flight_close();
}
