#include "ca/status.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "ca/recent.h"
#include "ca/revoke.h"
#include "fleet/issuer.h"
#include "store/store_ca.h"
#include "store/store_cert.h"

enum { MAX_HELD = 256 };

/* The responders of this process, by the digest of their certificate: a renewed one is another. */
struct held_responder {
	struct held_responder *next;
	struct arena *arena;
	struct cert *cert;
	const struct key *key;
};
static struct held_responder *held;
static size_t nheld;

static void drop_held(void)
{
	while (held) {
		struct held_responder *h = held;

		held = h->next;
		arena_free(h->arena);
	}
	nheld = 0;
}

static const struct held_responder *load_responder(const struct responder_row *row, struct err *e)
{
	AUTO(arena) *a = arena_new();
	struct held_responder *h = arena_alloc(a, sizeof(*h));
	struct err why = { 0 };

	h->cert = cert_read(a, row->der, &why);
	h->key = h->cert ? key_load(a, row->key_uri, NULL, &why) : NULL;
	if (!h->key || key_check_pair(h->key, h->cert->spki, &why) < 0) {
		err_fault(e, ERR_BUSY, "responder", "OCSP responder's key %s: %s", row->key_uri,
			  err_log_text(&why));
		return NULL;
	}
	if (nheld >= MAX_HELD)
		drop_held();
	h->next = held;
	held = h;
	nheld++;
	h->arena = steal(&a);
	return h;
}

static const struct held_responder *find_responder(const struct responder_row *row, struct err *e)
{
	unsigned char sha256[SHA256_LEN];

	digest_sha256(row->der, sha256);
	for (const struct held_responder *h = held; h; h = h->next) {
		if (memcmp(h->cert->sha256, sha256, sizeof(sha256)) == 0)
			return h;
	}
	return load_responder(row, e);
}

/* What the database says, read in one transaction. */
struct findings {
	struct issuer_row issuer;
	struct responder_row responder;
	const struct held_responder *signer;
	int64_t compromised_at;		/* of the issuer or a CA above it; 0: not */
	struct cert_status_row *rows;	/* of each CertID */
	bool *issued;
};

static bool same_issuer(const struct ocsp_certid *a, const struct ocsp_certid *b)
{
	return a->hash == b->hash && blob_equal(a->name_hash, b->name_hash) &&
	       blob_equal(a->key_hash, b->key_hash);
}

static int find_issuer(const struct env *env, const struct ocsp_certid *id, struct issuer_row *row,
		       struct err *e)
{
	if (id->hash != OCSP_SHA1 && id->hash != OCSP_SHA256)
		return 0;
	return store_issuer_load_by_hash(env->db, env->arena, id->name_hash, id->key_hash, row, e);
}

/* One signature covers the answer, and a responder speaks for one issuer (RFC 6960 4.2.2.2): a
 * request for several cannot be answered. Nor for CAs that are known here but have their key, and
 * so their status, elsewhere. */
static enum ocsp_response_status find_only_issuer(const struct env *env,
						  const struct ocsp_request *r,
						  struct issuer_row *issuer, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		struct issuer_row row;
		int found;

		if (i > 0 && same_issuer(&r->ids[i], &r->ids[0]))
			continue;
		found = find_issuer(env, &r->ids[i], i ? &row : issuer, e);
		if (found < 0)
			return OCSP_TRY_LATER;
		if (!found || !(i ? &row : issuer)->key_uri) {
			err_set(e, ERR_NOT_FOUND, "ocsp_issuer",
				"expected a certificate of a CA of this system, got issuer key hash %s",
				hex_write(env->arena, r->ids[i].key_hash));
			return OCSP_UNAUTHORIZED;
		}
		if (i > 0 && !blob_equal(row.ski, issuer->ski)) {
			err_set(e, ERR_REJECTED, "ocsp_issuers",
				"expected certificates of one issuer, got several issuers");
			return OCSP_UNAUTHORIZED;
		}
	}
	return OCSP_SUCCESSFUL;
}

/* RFC 6960 2.7: when a CA's key is compromised, none of its certificates can be told from a forged
 * one; nor those of the CAs below it. */
static int see_compromise(void *p, const struct issuer_row *row, struct err *e)
{
	int64_t *at = p;

	(void)e;
	if (row->revoked_at &&
	    (row->reason == REASON_KEY_COMPROMISE || row->reason == REASON_CA_COMPROMISE) &&
	    (!*at || row->revoked_at < *at))
		*at = row->revoked_at;
	return 0;
}

static int find_compromise(const struct env *env, const struct issuer_row *issuer, int64_t *at,
			   struct err *e)
{
	*at = 0;
	return issuer_walk(env->db, env->arena, issuer->ski, see_compromise, at, e);
}

/* Clients do not ask (nocheck): whoever revoked it relies on us to use it no more. */
static int check_responder(const struct env *env, const struct findings *f, struct err *e)
{
	struct cert_status_row row;
	int found =
		store_cert_load_status(env->db, f->issuer.ski, f->signer->cert->serial, &row, e);

	if (found < 0)
		return -1;
	if (!found || row.status != CERT_ACTIVE)
		return err_fault(e, ERR_BUSY, "responder",
				 "OCSP responder of CA %s is revoked: is the tick running?",
				 f->issuer.ca);
	return 0;
}

static int find_responder_row(const struct env *env, struct findings *f, struct err *e)
{
	int found = store_responder_load(env->db, env->arena, f->issuer.ski, &f->responder, e);

	if (found < 0)
		return -1;
	if (!found)
		return err_fault(e, ERR_BUSY, "responder", "CA %s has no OCSP responder yet",
				 f->issuer.ca);
	if (env->now < f->responder.not_before || env->now >= f->responder.not_after)
		return err_fault(
			e, ERR_BUSY, "responder",
			"OCSP responder of CA %s is valid from %s to %s: is the tick running?",
			f->issuer.ca, clock_write(env->arena, f->responder.not_before),
			clock_write(env->arena, f->responder.not_after));
	f->signer = find_responder(&f->responder, e);
	return f->signer ? check_responder(env, f, e) : -1;
}

static enum ocsp_response_status read_findings(const struct env *env, const struct ocsp_request *r,
					       struct findings *f, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_READ, e);
	enum ocsp_response_status status =
		t ? find_only_issuer(env, r, &f->issuer, e) : OCSP_TRY_LATER;

	if (status != OCSP_SUCCESSFUL)
		return status;
	if (find_responder_row(env, f, e) < 0 ||
	    find_compromise(env, &f->issuer, &f->compromised_at, e) < 0)
		return OCSP_TRY_LATER;
	f->rows = arena_array(env->arena, r->n, sizeof(*f->rows));
	f->issued = arena_array(env->arena, r->n, sizeof(*f->issued));
	for (size_t i = 0; i < r->n; i++) {
		int found = 0;

		if (!r->ids[i].serial_negative)
			found = store_cert_load_status(env->db, f->issuer.ski, r->ids[i].serial,
						       &f->rows[i], e);
		if (found < 0)
			return OCSP_TRY_LATER;
		f->issued[i] = found > 0;
	}
	return OCSP_SUCCESSFUL;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* A serial that was not issued may be in a moment: it holds for a minute, and no cache keeps it. */
static void say_unknown(const struct env *env, const struct findings *f, struct ocsp_single *s)
{
	s->status = OCSP_UNKNOWN;
	s->this_update = env->now;
	s->next_update = earlier(env->now + CLOCK_MINUTE, f->responder.not_after);
}

/* thisUpdate is set back for clocks that are behind, but never to before the status came to be: an
 * older answer that says otherwise stays recognisably older. */
static void say_status(const struct env *env, const struct findings *f,
		       const struct cert_status_row *row, struct ocsp_single *s)
{
	int64_t changed = row->status_at;

	s->status = OCSP_GOOD;
	if (row->status == CERT_REVOKED) {
		s->status = OCSP_REVOKED;
		s->revoked_at = row->revoked_at;
		s->reason = row->reason;
	}
	if (f->compromised_at && (s->status == OCSP_GOOD || f->compromised_at < s->revoked_at)) {
		s->status = OCSP_REVOKED;
		s->revoked_at = f->compromised_at;
		s->reason = REASON_CA_COMPROMISE;
		changed = f->compromised_at;
	}
	s->this_update = earlier(env->now, later(env->now - env->conf->ocsp.backdate, changed));
	s->next_update = earlier(env->now + env->conf->ocsp.validity, f->responder.not_after);
	if (row->not_after > env->now)
		s->next_update = earlier(s->next_update, row->not_after);
	else	/* all is kept, as long as the CA is there: RFC 6960 4.4.4 */
		s->archive_cutoff = f->issuer.not_before;
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
			say_unknown(env, f, &v[i]);
	}
	return v;
}

static void make_facts(const struct cert *signer, struct blob request, const struct findings *f,
		       const struct ocsp_single *s, struct recent_facts *out)
{
	*out = (struct recent_facts){
		.status = s->status,
		.reason = s->reason,
		.revoked_at = s->revoked_at,
		.status_at = f->rows[0].status_at,
		.not_after = f->rows[0].not_after,
		.archive_cutoff = s->archive_cutoff,
	};
	digest_sha256(request, out->request);
	memcpy(out->signer, signer->sha256, sizeof(out->signer));
}

static int make_answer(const struct env *env, struct blob bytes, const struct ocsp_request *r,
		       const struct findings *f, struct status_answer *out, struct err *e)
{
	const struct held_responder *h = f->signer;
	struct ocsp_single *v = make_singles(env, r, f);
	struct recent_facts facts;
	bool keep = r->n == 1 && !r->has_nonce && f->issued[0];

	if (keep) {
		make_facts(h->cert, bytes, f, &v[0], &facts);
		if (recent_find(env->arena, &facts, env->now, env->conf->ocsp.max_age, out))
			return 0;
	}
	if (ocsp_response_make(env->arena, v, r->n, r, h->cert, h->key, env->now, &out->der, e) < 0)
		return -1;
	out->cacheable = keep;
	out->this_update = v[0].this_update;
	out->next_update = v[0].next_update;
	if (keep)
		recent_keep(&facts, env->now, out);
	return 0;
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
	if (status == OCSP_SUCCESSFUL && make_answer(env, request, &r, &f, out, e) < 0)
		status = OCSP_TRY_LATER;
	if (status == OCSP_SUCCESSFUL)
		return 0;
	out->der = ocsp_error_make(env->arena, status);
	return -1;
}
