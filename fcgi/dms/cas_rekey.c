/* CAs: a new key, and what the keys of a CA have become. */
#include "base/clock.h"
#include "base/hex.h"
#include "ca/rekey.h"
#include "fcgi/dms/api.h"
#include "fleet/issuer.h"

struct rekey_body {
	struct key_spec *key;
	struct validity *expiration;
	const char *key_uri;
};

#define F(member) offsetof(struct rekey_body, member)
/* clang-format off */
static const struct field rekey_fields[] = {
	{ .name = "key_metadata", .type = FIELD_OPTIONAL, .offset = F(key),
	  .sub = key_spec_fields, .sub_size = sizeof(struct key_spec),
	  .help = "The new key; default: as the present one." },
	{ .name = "ca_expiration", .type = FIELD_OPTIONAL, .offset = F(expiration),
	  .sub = validity_fields, .sub_size = sizeof(struct validity),
	  .help = "Default: as long as the present certificate." },
	{ .name = "key_uri", .type = FIELD_TEXT, .offset = F(key_uri), .max = 1024,
	  .help = "Where the new key is; default: it is made." },
	FIELD_END
};
/* clang-format on */
#undef F

struct answer *cas_rekey(struct ctx *c)
{
	struct problems *p = api_problems(c);
	struct env env = api_env(c);
	struct rekey_order o = { .ca = req_param(c->req, "ca") };
	struct rekey_body b = { 0 };
	struct issuer made;

	if (c->req->body.len && api_read_fields(c, rekey_fields, &b, p) < 0)
		return resp_problem(c);
	if (b.expiration)
		ca_check_expiration(b.expiration, env.now, p);
	if (problems_check(p, c->err) < 0)
		return resp_problem(c);
	o.key = b.key;
	o.validity = b.expiration;
	o.key_uri = b.key_uri && *b.key_uri ? b.key_uri : NULL;
	if (rekey_ca(&env, &o, &made, c->err) < 0)
		return resp_problem(c);
	return ca_answer(c, 200, made.row.ca);
}

static const char *status_of(const struct issuer_row *i, int64_t now)
{
	if (i->revoked_at)
		return "REVOKED";
	return now < i->not_after ? "ACTIVE" : "EXPIRED";
}

static struct doc *issuer_doc(struct ctx *c, const struct issuer_row *i, bool current)
{
	struct doc *o = doc_object(c->arena);

	doc_set_text(o, "subject_key_id", hex_write(c->arena, i->ski));
	doc_set_text(o, "serial_number", hex_write(c->arena, i->serial));
	doc_set_bool(o, "current", current);
	doc_set_text(o, "status", status_of(i, clock_now()));
	doc_set_time(o, "valid_from", i->not_before);
	doc_set_time(o, "valid_to", i->not_after);
	doc_set_text(o, "certificate", api_write_pem(c->arena, i->der));
	return o;
}

static struct doc *cross_doc(struct ctx *c, const struct cross_row *x)
{
	struct doc *o = doc_object(c->arena);

	doc_set_text(o, "subject_key_id", hex_write(c->arena, x->subject));
	doc_set_text(o, "authority_key_id", hex_write(c->arena, x->issuer));
	doc_set_text(o, "serial_number", hex_write(c->arena, x->serial));
	doc_set_time(o, "valid_from", x->not_before);
	doc_set_time(o, "valid_to", x->not_after);
	doc_set_text(o, "certificate", api_write_pem(c->arena, x->der));
	return o;
}

int ca_set_eras(struct ctx *c, const struct ca_row *ca, struct doc *o)
{
	struct doc *issuers = doc_array(c->arena), *crosses = doc_array(c->arena);
	struct cross_row *x;
	struct issuer *v;
	size_t n, nx;

	if (issuer_load_eras(c->db, c->arena, ca->id, &v, &n, c->err) < 0 ||
	    store_cross_list_by_ca(c->db, c->arena, ca->id, &x, &nx, c->err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		doc_add(issuers, issuer_doc(c, &v[i].row, blob_equal(v[i].row.ski, ca->issuer)));
	for (size_t i = 0; i < nx; i++)
		doc_add(crosses, cross_doc(c, &x[i]));
	doc_set(o, "issuers", issuers);
	doc_set(o, "cross_certificates", crosses);
	return 0;
}
