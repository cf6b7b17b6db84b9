/* Operators: who may use this API. An operator is a certificate, pinned by its SHA-256. */
#include "fcgi/dms/api.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "ca/ca.h"
#include "ca/issue.h"
#include "ca/revoke.h"
#include "fleet/event.h"
#include "store/store_dms.h"
#include "store/store_operator.h"

struct operator_body {
	const char *name, *csr;
	int role;
	struct texts dms;
};

#define F(member) offsetof(struct operator_body, member)
/* clang-format off */
static const struct field fields[] = {
	{ .name = "name", .type = FIELD_TEXT, .offset = F(name), .flags = FIELD_REQUIRED, .max = 64,
	  .help = "As it stands in events and logs." },
	{ .name = "role", .type = FIELD_ENUM, .offset = F(role), .flags = FIELD_REQUIRED,
	  .tokens = role_names, .help = "auditor reads, operator also acts on devices, admin may all." },
	{ .name = "dms", .type = FIELD_TEXTS, .offset = F(dms), .max = 128,
	  .help = "Its reach: these DMSs only; absent: all." },
	{ .name = "csr", .type = FIELD_TEXT, .offset = F(csr), .flags = FIELD_REQUIRED,
	  .max = 32 << 10, .help = "Base64 of a PEM certificate request." },
	FIELD_END
};
/* clang-format on */
#undef F

static struct doc *operator_doc(struct ctx *c, const struct operator_row *row)
{
	struct doc *o = doc_object(c->arena);
	struct doc *dms =
		api_stored_doc(c, "DMS list of an operator", row->dms ? row->dms : "null");

	if (!dms)
		return NULL;
	doc_set_text(o, "sha256", hex_write(c->arena, row->sha256));
	doc_set_text(o, "name", row->name);
	doc_set_text(o, "role", row->role);
	doc_set(o, "dms", dms);
	doc_set_time(o, "creation_ts", row->created_at);
	return o;
}

/* Few by nature: one page. */
struct answer *operators_list(struct ctx *c)
{
	struct doc *list = doc_array(c->arena), *answer = doc_object(c->arena), *o;
	struct operator_row *rows;
	size_t n;

	if (!who_all_dms(c->who))
		return api_refuse(c, ERR_FORBIDDEN, "outside_reach",
				  "%s may act within certain DMSs, and operators belong to none",
				  c->who->name);
	if (store_operator_list(c->db, c->arena, &rows, &n, c->err) < 0)
		return resp_problem(c);
	for (size_t i = 0; i < n; i++) {
		if (rows[i].removed_at)
			continue;
		o = operator_doc(c, &rows[i]);
		if (!o)
			return resp_problem(c);
		doc_add(list, o);
	}
	doc_set_text(answer, "next", "");
	doc_set(answer, "list", list);
	return resp_doc(c, 200, answer);
}

static int check_reach(struct ctx *c, const struct operator_body *b, struct problems *p)
{
	struct dms_row dms;

	if (b->dms.v && b->role == ROLE_ADMIN)
		problems_add(p, "/dms", "expected none: an admin's reach has no limits");
	else if (b->dms.v && !b->dms.n)
		problems_add(p, "/dms",
			     "expected at least one DMS; got an empty list, which is not the "
			     "same as none at all: without a list the reach is all DMSs");
	for (size_t i = 0; i < b->dms.n; i++) {
		int found = store_dms_load(c->db, c->arena, b->dms.v[i], &dms, c->err);

		if (found < 0)
			return -1;
		if (!found)
			problems_add(p, arena_printf(c->arena, "/dms/%zu", i),
				     "expected the id of a DMS, got \"%s\", which does not exist",
				     b->dms.v[i]);
	}
	return 0;
}

static int check_name_free(struct ctx *c, const char *name)
{
	struct operator_row *rows;
	size_t n;

	if (store_operator_list(c->db, c->arena, &rows, &n, c->err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!rows[i].removed_at && strcmp(rows[i].name, name) == 0)
			return err_set(c->err, ERR_CONFLICT, "operator_exists",
				       "operator already exists");
	}
	return 0;
}

/* Made when the first operator is; two at once: one of them finds the other's. */
static int find_ca(const struct env *env, struct issuer *ca, struct err *e)
{
	const struct ca_order order = {
		.id = OPERATORS_CA,
		.subject = { .common_name = "Operators" },
		.key = { .type = KEY_ECDSA, .bits = 256 },
		.validity = { .type = VALIDITY_DURATION, .duration = 7280 * CLOCK_DAY },
	};
	int found = issuer_load(env->db, env->arena, OPERATORS_CA, ca, e);

	if (found)
		return found < 0 ? -1 : 0;
	if (ca_create(env, &order, ca, e) == 0)
		return 0;
	if (e->kind != ERR_CONFLICT)
		return -1;
	err_clear(e);
	found = issuer_load(env->db, env->arena, OPERATORS_CA, ca, e);
	if (found == 0)
		return err_set(e, ERR_CONFLICT, "operators_ca",
			       "the CA \"" OPERATORS_CA
			       "\" cannot be made: a DMS has its id or name");
	return found < 0 ? -1 : 0;
}

/* The subject is the operator's name, whatever the request says. */
static int sign(const struct env *env, const struct issuer *ca, const struct operator_body *b,
		const struct csr *csr, struct cert **cert, struct err *e)
{
	struct profile f = *issue_kind_profile("operator");

	f.honor_subject = false;
	f.honor_extensions = false;
	f.subject = (struct subject){ .common_name = b->name };
	if (issue_check(&f, csr, e) < 0)
		return -1;
	return issue_sign(env, ca, &f, csr, cert, e);
}

static const char *write_reach(struct arena *a, const struct texts *dms)
{
	struct doc *list = doc_array(a);

	for (size_t i = 0; i < dms->n; i++)
		doc_add(list, doc_text(a, dms->v[i]));
	return dms->n ? doc_write(a, list) : NULL;
}

static int add_event(const struct env *env, const char *type, const struct operator_row *row,
		     struct err *e)
{
	struct doc *data = doc_object(env->arena);
	struct event v = {
		.type = type,
		.subject =
			arena_printf(env->arena, "operator/%s", hex_write(env->arena, row->sha256)),
		.data = data,
	};

	doc_set_text(data, "name", row->name);
	doc_set_text(data, "role", row->role);
	return event_add(env->db, env->arena, env->actor, env->now, &v, e);
}

static int record(struct ctx *c, const struct env *env, const struct issuer *ca,
		  const struct cert *cert, const struct operator_row *row)
{
	const struct issue_record r = {
		.cert = cert,
		.issuer = ca->row.ski,
		.kind = "operator",
		.version = -1,
	};

	if (check_name_free(c, row->name) < 0 || issue_record(env, &r, c->err) < 0 ||
	    store_operator_add(c->db, row, c->err) < 0)
		return -1;
	return add_event(env, EVENT_OPERATOR_ADD, row, c->err);
}

struct answer *operators_create(struct ctx *c)
{
	struct problems *p = api_problems(c);
	struct env env = api_env(c);
	struct operator_body b;
	struct issuer ca;
	struct cert *cert;
	const struct csr *csr;

	if (api_read_fields(c, fields, &b, p) < 0 || check_reach(c, &b, p) < 0)
		return resp_problem(c);
	csr = api_read_csr(c, b.csr, "/csr", p);
	if (problems_check(p, c->err) < 0 || check_name_free(c, b.name) < 0 ||
	    find_ca(&env, &ca, c->err) < 0 || sign(&env, &ca, &b, csr, &cert, c->err) < 0)
		return resp_problem(c);

	const struct operator_row row = {
		.sha256 = blob_of(cert->sha256, sizeof(cert->sha256)),
		.name = b.name,
		.role = token_name(role_names, b.role),
		.dms = write_reach(c->arena, &b.dms),
		.created_at = env.now,
	};
	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || record(c, &env, &ca, cert, &row) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);

	struct doc *o = operator_doc(c, &row);

	if (!o)
		return resp_problem(c);
	doc_set_text(o, "certificate", api_write_pem(c->arena, cert->der));
	return resp_doc(c, 201, o);
}

/* The certificate is revoked as well, for good, were it on hold: it may be known elsewhere. */
static int remove_operator(struct ctx *c, struct blob sha256)
{
	struct env env = api_env(c);
	struct operator_row row;
	struct cert_row cert;
	int found = store_operator_load(c->db, c->arena, sha256, &row, c->err);

	if (found < 0)
		return -1;
	if (!found || row.removed_at)
		return err_set(c->err, ERR_NOT_FOUND, "operator_not_found", "operator not found");
	if (store_operator_remove(c->db, sha256, env.now, c->err) < 0 ||
	    add_event(&env, EVENT_OPERATOR_REMOVE, &row, c->err) < 0)
		return -1;
	found = store_cert_load_by_sha256(c->db, c->arena, sha256, &cert, c->err);
	if (found <= 0 || !revoke_may_say(&cert, REASON_PRIVILEGE_WITHDRAWN))
		return found < 0 ? -1 : 0;
	return revoke_certificate(&env, &cert, REASON_PRIVILEGE_WITHDRAWN, c->err);
}

struct answer *operators_delete(struct ctx *c)
{
	struct blob sha256;

	if (hex_read(c->arena, req_param(c->req, "sha256"), &sha256, c->err) < 0)
		return resp_problem(c);

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || remove_operator(c, sha256) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return resp_empty(c, 204);
}
