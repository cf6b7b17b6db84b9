/* How a CA's certificates are answered for, and the same as Lamassu's role of a validation authority. */
#include "data/validation.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "ca/crl_scope.h"
#include "fcgi/dms/api.h"
#include "fleet/event.h"
#include "store/store_crl.h"

static int load(struct ctx *c, const char *ca, struct validation *v)
{
	const char *json;
	int found = store_ca_load_validation(c->db, c->arena, ca, &json, c->err);

	if (found == 0)
		return err_set(c->err, ERR_NOT_FOUND, "ca_not_found", "CA not found");
	return found < 0 ? -1 : validation_read(c->arena, json, v, c->err);
}

/* Writes v over the old one, which the transaction has just read. */
static int replace(struct ctx *c, const char *ca, const struct validation *old,
		   const struct validation *v, struct problems *p)
{
	struct arena *a = c->arena;
	struct env env = api_env(c);
	struct doc *data = doc_object(a), *changes;
	const struct event event = {
		.type = EVENT_CA_VALIDATION,
		.subject = arena_printf(a, "ca/%s", ca),
		.data = data,
	};

	validation_check(v, "", p);
	if (problems_check(p, c->err) < 0)
		return -1;
	changes = fields_diff(a, validation_fields, old, v);
	if (!doc_len(changes))
		return 0;
	doc_set(data, "changes", changes);
	if (store_ca_set_validation(
		    c->db, ca, doc_write(a, fields_write(a, validation_fields, v, 0)), c->err) < 0)
		return -1;
	return event_add(c->db, a, env.actor, env.now, &event, c->err);
}

static struct answer *answer(struct ctx *c, const struct validation *v)
{
	return resp_doc(c, 200, fields_write(c->arena, validation_fields, v, 0));
}

int ca_set_validation(struct ctx *c, const char *ca, struct doc *o)
{
	struct validation v;

	if (load(c, ca, &v) < 0)
		return -1;
	doc_set(o, "validation", fields_write(c->arena, validation_fields, &v, 0));
	return 0;
}

struct answer *cas_validation_get(struct ctx *c)
{
	struct validation v;

	return load(c, req_param(c->req, "ca"), &v) < 0 ? resp_problem(c) : answer(c, &v);
}

struct answer *cas_validation_put(struct ctx *c)
{
	const char *ca = req_param(c->req, "ca");
	struct problems *p = api_problems(c);
	struct validation v, old;

	if (api_read_fields(c, validation_fields, &v, p) < 0)
		return resp_problem(c);

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || load(c, ca, &old) < 0 || replace(c, ca, &old, &v, p) < 0 ||
	    store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return answer(c, &v);
}

struct answer *cas_validation_patch(struct ctx *c)
{
	const char *ca = req_param(c->req, "ca");
	struct problems *p = api_problems(c);
	struct validation v, old;
	struct doc *whole;

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || load(c, ca, &old) < 0)
		return resp_problem(c);
	whole = api_patch(c, fields_write(c->arena, validation_fields, &old, 0));
	if (!whole)
		return resp_problem(c);
	if (doc_kind(whole) != DOC_OBJECT)
		return api_refuse(c, ERR_REJECTED, "patch",
				  "expected a patch that leaves an object");
	fields_read(c->arena, validation_fields, whole, &v, "", p);
	if (replace(c, ca, &old, &v, p) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return answer(c, &v);
}

/* Lamassu's role: one per key of a CA. Here they are the CA's, whichever of its keys names it. */
struct va_role {
	int64_t validity, refresh_interval;
	const char *signer;
	bool regenerate_on_revoke;
};

#define F(member) offsetof(struct va_role, member)
/* clang-format off */
static const struct field role_fields[] = {
	{ .name = "validity", .type = FIELD_DURATION, .offset = F(validity), .max = CLOCK_DAY * 3640,
	  .help = "Of a CRL; 0: as crl.validity says." },
	{ .name = "refresh_interval", .type = FIELD_DURATION, .offset = F(refresh_interval),
	  .max = CLOCK_DAY * 3640, .help = "How old a CRL gets; 0: half of its validity." },
	{ .name = "subject_key_id_signer", .type = FIELD_TEXT, .offset = F(signer), .max = 128,
	  .help = "The key that signs: the CA's own, no other." },
	{ .name = "regenerate_on_revoke", .type = FIELD_BOOL, .offset = F(regenerate_on_revoke),
	  .def = "true", .help = "Whether a revocation makes a new CRL at once." },
	FIELD_END
};
/* clang-format on */
#undef F

static int load_role(struct ctx *c, struct issuer_row *issuer, struct validation *v)
{
	const char *text = req_param(c->req, "ski");
	struct err ignored = { 0 };
	struct blob ski;
	int found = 0;

	if (hex_read(c->arena, text, &ski, &ignored) == 0)
		found = store_issuer_load(c->db, c->arena, ski, issuer, c->err);
	if (found < 0)
		return -1;
	if (!found)
		return err_set(c->err, ERR_NOT_FOUND, "role_not_found", "VA role not found");
	return load(c, issuer->ca, v);
}

static int answer_role(struct ctx *c, const struct issuer_row *i, const struct validation *v,
		       struct answer **out)
{
	int64_t validity = v->crl.validity ? v->crl.validity : c->conf->crl.validity;
	const struct va_role role = {
		.validity = validity,
		.refresh_interval =
			v->crl.refresh_interval ? v->crl.refresh_interval : validity / 2,
		.signer = hex_write(c->arena, i->ski),
		.regenerate_on_revoke = v->crl.regenerate_on_revoke,
	};
	struct doc *o = doc_object(c->arena), *latest = doc_object(c->arena);
	struct crl_row crl;
	int found = store_crl_load(c->db, c->arena, i->ski, CRL_COMPLETE, &crl, c->err);

	if (found < 0)
		return -1;
	if (found) {
		doc_set_text(latest, "version",
			     arena_printf(c->arena, "%lld", (long long)crl.number));
		doc_set_time(latest, "valid_from", crl.this_update);
		doc_set_time(latest, "valid_until", crl.next_update);
	}
	doc_set_text(o, "ca_ski", role.signer);
	doc_set(o, "crl_options", fields_write(c->arena, role_fields, &role, 0));
	doc_set(o, "latest_crl", latest);
	*out = resp_doc(c, 200, o);
	return 0;
}

struct answer *va_role_get(struct ctx *c)
{
	struct issuer_row issuer;
	struct validation v;
	struct answer *out;

	AUTO(db_txn) *t = db_begin(c->db, DB_READ, c->err);

	if (!t || load_role(c, &issuer, &v) < 0 || answer_role(c, &issuer, &v, &out) < 0)
		return resp_problem(c);
	return out;
}

struct answer *va_role_put(struct ctx *c)
{
	struct problems *p = api_problems(c);
	struct validation v, old;
	struct issuer_row issuer;
	struct answer *out;
	struct va_role role;

	if (api_read_fields(c, role_fields, &role, p) < 0)
		return resp_problem(c);

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || load_role(c, &issuer, &old) < 0)
		return resp_problem(c);
	if (role.signer && *role.signer &&
	    strcmp(role.signer, hex_write(c->arena, issuer.ski)) != 0)
		problems_add(p, "/subject_key_id_signer",
			     "expected \"%s\", the CA's own key, which signs its CRLs; got \"%s\"",
			     hex_write(c->arena, issuer.ski), role.signer);
	v = old;
	v.crl.validity = role.validity;
	v.crl.refresh_interval = role.refresh_interval;
	v.crl.regenerate_on_revoke = role.regenerate_on_revoke;
	if (replace(c, issuer.ca, &old, &v, p) < 0 || store_commit(&t, c->err) < 0 ||
	    answer_role(c, &issuer, &v, &out) < 0)
		return resp_problem(c);
	return out;
}
