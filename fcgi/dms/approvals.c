/* Approvals: enrollments that wait for an operator, and his decision. */
#include "fcgi/dms/api.h"

#include <string.h>

#include "base/b64.h"
#include "base/clock.h"
#include "base/hex.h"
#include "ca/approval.h"
#include "ca/order.h"
#include "pki/crmf.h"
#include "pki/csr.h"
#include "pki/name.h"

enum { F_DMS, F_STATE, F_DEVICE, F_CREATED };
/* clang-format off */
static const struct filter_field filters[] = {
	[F_DMS] = { "dms", "dms", FILTER_TEXT },
	[F_STATE] = { "state", "state", FILTER_TEXT },
	[F_DEVICE] = { "device", "device", FILTER_TEXT },
	[F_CREATED] = { "creation_ts", NULL, FILTER_TIME },
	{ NULL, NULL, FILTER_TEXT },
};

static const struct field fields[] = {
	{ .name = "reason", .type = FIELD_TEXT, .offset = 0, .max = 256,
	  .help = "For the device, the register and the events." },
	FIELD_END
};
/* clang-format on */

/* The row itself never says that its time is over. */
static const char *state_name(const struct approval_row *r)
{
	if (r->state != APPROVAL_ISSUED && r->expires_at <= clock_now())
		return "expired";
	return token_name(approval_states, r->state);
}

static struct doc *approval_doc(struct ctx *c, const struct approval_row *r)
{
	struct arena *a = c->arena;
	struct doc *o = doc_object(a);

	doc_set_text(o, "id", r->id);
	doc_set_text(o, "state", state_name(r));
	doc_set_text(o, "dms", r->dms);
	doc_set_text(o, "device", r->device);
	doc_set_text(o, "operation", r->operation);
	doc_set_text(o, "requester", r->requester);
	doc_set_text(o, "csr_sha256", hex_write(a, r->csr_sha256));
	doc_set_time(o, "creation_ts", r->created_at);
	doc_set_time(o, "expiration_ts", r->expires_at);
	doc_set_time(o, "decision_ts", r->decided_at);
	doc_set_text(o, "decided_by", r->decided_by);
	doc_set_text(o, "reason", r->reason);
	return o;
}

/* As it came: a PKCS#10, of serverkeygen one whose key counts for nothing, or CRMF in a CMC message. */
static const struct csr *read_request(struct arena *a, const struct approval_row *r, struct err *e)
{
	struct err first = { 0 };
	const struct csr *csr;

	if (strcmp(r->operation, operation_name(OP_SERVERKEYGEN)) == 0)
		return csr_read_keyless(a, r->csr, e);
	csr = csr_read(a, r->csr, &first);
	return csr ? csr : crmf_read(a, r->csr, e);
}

/* What an operator compares before he decides: the key's fingerprint above all. */
static int add_csr(struct ctx *c, struct doc *o, const struct approval_row *r)
{
	struct arena *a = c->arena;
	struct doc *key = doc_object(a), *names = doc_array(a);
	struct err why = { 0 };
	const struct csr *csr = read_request(a, r, &why);
	const char *pem = csr && !csr->crmf ? csr_write_pem(a, r->csr) : NULL;
	struct texts san;

	if (!csr)
		return err_fault(c->err, ERR_INTERNAL, "approval", "stored CSR of request %s: %s",
				 r->id, err_log_text(&why));
	san = cert_read_san(a, csr->san);
	for (size_t i = 0; i < san.n; i++)
		doc_add(names, doc_text(a, san.v[i]));
	doc_set_text(o, "subject", name_text(a, csr->subject_der));
	doc_set(o, "san", names);
	if (csr->spki.len) {
		doc_set_text(key, "type", token_name(key_types, csr->key.type));
		doc_set_int(key, "bits", csr->key.bits);
		doc_set(o, "key_metadata", key);
		doc_set_text(o, "key_sha256", hex_write(a, key_make_ski(a, csr->spki)));
	}
	if (pem)
		doc_set_text(o, "csr", b64_write(a, blob_of(pem, strlen(pem)), 0));
	else
		doc_set_text(o, "crmf", b64_write(a, r->csr, 0));
	return 0;
}

static bool wanted(struct ctx *c, const struct page *p, const struct approval_row *r)
{
	return who_may_dms(c->who, r->dms) && filter_match(p, F_DMS, r->dms) &&
	       filter_match(p, F_STATE, state_name(r)) && filter_match(p, F_DEVICE, r->device) &&
	       filter_match_time(p, F_CREATED, r->created_at);
}

struct cursor {
	int64_t at;
	const char *id;
};

static struct doc *make_key(struct arena *a, const struct cursor *at)
{
	struct doc *key = doc_array(a);

	doc_add(key, doc_int(a, at->at));
	doc_add(key, doc_text(a, at->id));
	return key;
}

static struct answer *list_page(struct ctx *c, const struct page *p, const char *dms, int state)
{
	struct doc *list = doc_array(c->arena);
	struct cursor at = { page_key_int(p, 0), page_key_text(p, 1) };
	struct approval_row *rows;
	size_t n, seen = 0;

	do {
		if (store_approval_list(c->db, c->arena, dms, state, at.at, at.id, p->size + 1,
					&rows, &n, c->err) < 0)
			return resp_problem(c);
		for (size_t i = 0; i < n; i++) {
			if (doc_len(list) == p->size || seen++ == PAGE_SCAN)
				return page_answer(c, p, list, make_key(c->arena, &at));
			at = (struct cursor){ rows[i].created_at, rows[i].id };
			if (wanted(c, p, &rows[i]))
				doc_add(list, approval_doc(c, &rows[i]));
		}
	} while (n == p->size + 1);
	return page_answer(c, p, list, NULL);
}

struct answer *approvals_list(struct ctx *c)
{
	const char *dms, *name;
	struct page p;
	int state = -1;

	if (page_read(c, filters, &p) < 0)
		return resp_problem(c);
	dms = filter_value(&p, F_DMS);
	if (dms && api_check_reach(c, dms) < 0)
		return resp_problem(c);
	name = filter_value(&p, F_STATE);
	if (name && strcmp(name, "expired") != 0 && token_value(approval_states, name, &state) < 0)
		return api_refuse(c, ERR_MALFORMED, "filter",
				  "expected a state pending, approved, denied, issued or expired; "
				  "got \"%.40s\"",
				  name);
	return list_page(c, &p, api_list_dms(c, dms), state);
}

/* The request that the path names, within the operator's reach. */
static int load(struct ctx *c, struct approval_row *r)
{
	int found = store_approval_load(c->db, c->arena, req_param(c->req, "approval"), r, c->err);

	if (found == 0)
		return err_set(c->err, ERR_NOT_FOUND, "approval_not_found",
			       "no such request for approval");
	return found < 0 ? -1 : api_check_reach(c, r->dms);
}

static struct answer *answer(struct ctx *c, const struct approval_row *r)
{
	struct doc *o = approval_doc(c, r);

	return add_csr(c, o, r) < 0 ? resp_problem(c) : resp_doc(c, 200, o);
}

struct answer *approvals_get(struct ctx *c)
{
	struct approval_row r;

	return load(c, &r) < 0 ? resp_problem(c) : answer(c, &r);
}

static int read_reason(struct ctx *c, const char **reason)
{
	struct problems *p = api_problems(c);

	*reason = NULL;
	if (c->req->body.len == 0)
		return 0;
	if (api_read_fields(c, fields, reason, p) < 0)
		return -1;
	return problems_check(p, c->err);
}

static int decide(struct ctx *c, struct approval_row *r, enum approval_state decision,
		  const char *reason)
{
	struct env env = api_env(c);
	struct dms dms;
	int found;

	if (load(c, r) < 0)
		return -1;
	found = dms_load(c->db, c->arena, r->dms, &dms, c->err);
	if (found <= 0)
		return found < 0 ? -1
				 : err_set(c->err, ERR_NOT_FOUND, "dms_not_found",
					   "DMS not found: %s", r->dms);
	return approval_decide(&env, r, decision, reason,
			       dms.settings.enrollment_settings.approval_validity, c->err);
}

static struct answer *decided(struct ctx *c, enum approval_state decision)
{
	struct approval_row r;
	const char *reason;

	if (read_reason(c, &reason) < 0)
		return resp_problem(c);

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || decide(c, &r, decision, reason) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return answer(c, &r);
}

struct answer *approvals_approve(struct ctx *c)
{
	return decided(c, APPROVAL_APPROVED);
}

struct answer *approvals_deny(struct ctx *c)
{
	return decided(c, APPROVAL_DENIED);
}
