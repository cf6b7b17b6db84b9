/* CAs: making, importing, showing, and signing with them. */
#include "fcgi/dms/api.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "ca/ca.h"
#include "ca/issue.h"
#include "data/patch.h"
#include "store/store_dms.h"

/* How long a CA may be valid, and how long it is when nothing is said. */
enum { DEFAULT_DAYS = 3640, MOST_DAYS = 40000 };

/* What making and importing have in common. */
struct ca_body {
	const char *id, *parent_id, *profile_id, *key_uri, *engine_id;
	struct subject subject;
	struct key_spec key;
	struct validity *expiration;
	struct doc *metadata;
	struct profile *issuance_profile;
	const char *certificate, *private_key;
};

#define F(member) offsetof(struct ca_body, member)
/* clang-format off */
#define COMMON_FIELDS                                                                              \
	{ .name = "id", .type = FIELD_TEXT, .offset = F(id), .max = 128 },                         \
	{ .name = "profile_id", .type = FIELD_TEXT, .offset = F(profile_id), .max = 128 },         \
	{ .name = "issuance_profile", .type = FIELD_OPTIONAL, .offset = F(issuance_profile),       \
	  .sub = profile_fields, .sub_size = sizeof(struct profile) },                             \
	{ .name = "key_uri", .type = FIELD_TEXT, .offset = F(key_uri), .max = 1024 },              \
	{ .name = "engine_id", .type = FIELD_TEXT, .offset = F(engine_id),                         \
	  .flags = FIELD_READ_ONLY },                                                              \
	{ .name = "metadata", .type = FIELD_DOC, .offset = F(metadata) }

static const struct field create_fields[] = {
	COMMON_FIELDS,
	{ .name = "parent_id", .type = FIELD_TEXT, .offset = F(parent_id), .max = 128 },
	{ .name = "subject", .type = FIELD_OBJECT, .offset = F(subject), .sub = subject_fields },
	{ .name = "key_metadata", .type = FIELD_OBJECT, .offset = F(key), .sub = key_spec_fields },
	{ .name = "ca_expiration", .type = FIELD_OPTIONAL, .offset = F(expiration),
	  .sub = validity_fields, .sub_size = sizeof(struct validity) },
	FIELD_END
};

static const struct field import_fields[] = {
	COMMON_FIELDS,
	{ .name = "ca", .type = FIELD_TEXT, .offset = F(certificate), .flags = FIELD_REQUIRED,
	  .max = 128 << 10 },
	{ .name = "private_key", .type = FIELD_TEXT, .offset = F(private_key), .max = 32 << 10 },
	FIELD_END
};
/* clang-format on */
#undef F

enum { F_ID, F_NAME };
/* clang-format off */
static const struct filter_field filters[] = {
	[F_ID] = { "id", NULL, FILTER_TEXT },
	[F_NAME] = { "subject.common_name", NULL, FILTER_TEXT },
	{ NULL, NULL, FILTER_TEXT },
};
/* clang-format on */

static int ca_doc(struct ctx *c, const struct ca_row *ca, struct doc **out)
{
	struct doc *o = doc_object(c->arena), *chain = doc_array(c->arena), *cert;
	struct doc *metadata = api_stored_doc(c, "metadata of a CA", ca->metadata);
	struct doc *profile =
		api_stored_doc(c, "profile of a CA", ca->profile ? ca->profile : "null");
	struct issuer *v;
	size_t n;

	if (!metadata || !profile)
		return -1;
	if (issuer_load_chain(c->db, c->arena, ca->issuer, &v, &n, c->err) < 0)
		return -1;
	if (!n)
		return err_fault(c->err, ERR_INTERNAL, "issuer", "CA %s has no certificate",
				 ca->id);
	cert = ca_certificate_doc(c, &v[0].row);
	if (!cert)
		return -1;
	for (size_t i = 0; i < n; i++)
		doc_add(chain, doc_text(c->arena, api_write_pem(c->arena, v[i].row.der)));
	doc_set_text(o, "id", ca->id);
	doc_set(o, "certificate", cert);
	doc_set(o, "chain", chain);
	doc_set_text(o, "serial_number", hex_write(c->arena, v[0].row.serial));
	doc_set_int(o, "level", (int64_t)n - 1);
	if (doc_find(profile, "id"))
		doc_set(o, "profile_id", (struct doc *)doc_find(profile, "id"));
	doc_set(o, "issuance_profile", profile);
	doc_set(o, "metadata", metadata);
	doc_set_time(o, "creation_ts", ca->created_at);
	*out = o;
	return 0;
}

static int load(struct ctx *c, const char *id, struct ca_row *ca)
{
	int found = store_ca_load(c->db, c->arena, id, ca, c->err);

	if (found == 0)
		return err_set(c->err, ERR_NOT_FOUND, "ca_not_found", "CA not found");
	return found < 0 ? -1 : 0;
}

struct answer *ca_answer(struct ctx *c, int status, const char *id)
{
	struct ca_row ca;
	struct doc *o;

	if (load(c, id, &ca) < 0 || ca_doc(c, &ca, &o) < 0 || ca_set_eras(c, &ca, o) < 0 ||
	    ca_set_validation(c, ca.id, o) < 0)
		return resp_problem(c);
	return resp_doc(c, status, o);
}

struct answer *cas_get(struct ctx *c)
{
	return ca_answer(c, 200, req_param(c->req, "ca"));
}

static struct answer *list_page(struct ctx *c, const struct page *p)
{
	struct doc *list = doc_array(c->arena), *key, *o;
	const char *after = page_key_text(p, 0);
	struct ca_row *rows;
	size_t n;

	do {
		if (store_ca_list(c->db, c->arena, after, p->size + 1, &rows, &n, c->err) < 0)
			return resp_problem(c);
		for (size_t i = 0; i < n; i++) {
			if (doc_len(list) == p->size) {
				key = doc_array(c->arena);
				doc_add(key, doc_text(c->arena, after));
				return page_answer(c, p, list, key);
			}
			after = rows[i].id;
			if (!filter_match(p, F_ID, rows[i].id) ||
			    !filter_match(p, F_NAME, rows[i].name))
				continue;
			if (ca_doc(c, &rows[i], &o) < 0)
				return resp_problem(c);
			doc_add(list, o);
		}
	} while (n == p->size + 1);
	return page_answer(c, p, list, NULL);
}

struct answer *cas_list(struct ctx *c)
{
	struct page p;

	if (page_read(c, filters, &p) < 0)
		return resp_problem(c);
	return list_page(c, &p);
}

static int check_id(const struct ca_body *b, struct problems *p)
{
	struct err why = { 0 };

	if (b->id && *b->id && text_check_id("CA", b->id, &why) < 0)
		problems_add(p, "/id", "%s", why.text);
	return 0;
}

/* The default profile for what the CA signs: by its id, or inline. */
static int read_profile(struct ctx *c, const struct ca_body *b, struct problems *p,
			const char **json)
{
	struct profile_row row;
	int found;

	*json = NULL;
	if (b->issuance_profile) {
		profile_check(b->issuance_profile, "/issuance_profile", p);
		b->issuance_profile->id = NULL;	/* it is nobody else's, and no name for it */
		*json = doc_write(c->arena, fields_write(c->arena, profile_fields,
							 b->issuance_profile, FIELDS_SECRETS));
	}
	if (!b->profile_id || !*b->profile_id)
		return 0;
	found = store_profile_load(c->db, c->arena, b->profile_id, &row, c->err);
	if (found == 0)
		problems_add(
			p, "/profile_id",
			"expected the id of an issuance profile, got \"%s\", which does not exist",
			b->profile_id);
	else if (found > 0)
		*json = row.profile;
	return found < 0 ? -1 : 0;
}

void ca_check_expiration(const struct validity *v, int64_t now, struct problems *p)
{
	if (v->type == VALIDITY_TIME && v->time <= now)
		problems_add(p, "/ca_expiration/time", "expected a time to come");
	if (v->type == VALIDITY_DURATION &&
	    (v->duration < CLOCK_HOUR || v->duration > MOST_DAYS * CLOCK_DAY))
		problems_add(p, "/ca_expiration/duration",
			     "expected a duration of 1h to %dd; got %s", MOST_DAYS,
			     clock_write_duration(p->arena, v->duration));
}

static struct validity read_expiration(const struct ca_body *b, int64_t now, struct problems *p)
{
	if (!b->expiration)
		return (struct validity){
			.type = VALIDITY_DURATION,
			.duration = DEFAULT_DAYS * CLOCK_DAY,
		};
	ca_check_expiration(b->expiration, now, p);
	return *b->expiration;
}

static int check_parent(struct ctx *c, const struct ca_body *b, struct problems *p)
{
	struct ca_row parent;
	int found;

	if (!b->parent_id || !*b->parent_id)
		return 0;
	found = store_ca_load(c->db, c->arena, b->parent_id, &parent, c->err);
	if (found == 0)
		problems_add(p, "/parent_id",
			     "expected the id of a CA, got \"%s\", which does not exist",
			     b->parent_id);
	return found < 0 ? -1 : 0;
}

static const char *or_null(const char *s)
{
	return s && *s ? s : NULL;
}

struct answer *cas_create(struct ctx *c)
{
	struct problems *p = api_problems(c);
	struct env env = api_env(c);
	struct ca_order o = { 0 };
	struct issuer made;
	struct ca_body b;

	if (api_read_fields(c, create_fields, &b, p) < 0 || check_id(&b, p) < 0 ||
	    check_parent(c, &b, p) < 0 || read_profile(c, &b, p, &o.profile) < 0)
		return resp_problem(c);
	if (!or_null(b.subject.common_name))
		problems_add(p, "/subject/common_name", "expected the name of the CA, got none");
	o.validity = read_expiration(&b, env.now, p);
	if (problems_check(p, c->err) < 0)
		return resp_problem(c);
	o.id = or_null(b.id);
	o.parent = or_null(b.parent_id);
	o.subject = b.subject;
	o.key = b.key;
	o.key_uri = or_null(b.key_uri);
	o.metadata = b.metadata ? doc_write(c->arena, b.metadata) : NULL;
	if (ca_create(&env, &o, &made, c->err) < 0)
		return resp_problem(c);
	return ca_answer(c, 201, made.row.ca);
}

struct answer *cas_import(struct ctx *c)
{
	struct problems *p = api_problems(c);
	struct env env = api_env(c);
	struct ca_import_order o = { 0 };
	struct issuer made;
	struct ca_body b;

	if (api_read_fields(c, import_fields, &b, p) < 0 || check_id(&b, p) < 0 ||
	    read_profile(c, &b, p, &o.profile) < 0)
		return resp_problem(c);
	o.certificate = api_read_pem(c, or_null(b.certificate), "/ca", p);
	o.private_key = api_read_pem(c, or_null(b.private_key), "/private_key", p);
	if (problems_check(p, c->err) < 0)
		return resp_problem(c);
	o.id = or_null(b.id);
	o.key_uri = or_null(b.key_uri);
	o.metadata = b.metadata ? doc_write(c->arena, b.metadata) : NULL;
	if (ca_import(&env, &o, &made, c->err) < 0)
		return resp_problem(c);
	return ca_answer(c, 201, made.row.ca);
}

struct sign_body {
	const char *csr, *kind, *profile_id;
	struct doc *profile;
};

#define F(member) offsetof(struct sign_body, member)
/* clang-format off */
static const struct field sign_fields[] = {
	{ .name = "csr", .type = FIELD_TEXT, .offset = F(csr), .flags = FIELD_REQUIRED,
	  .max = 32 << 10, .help = "Base64 of a PEM certificate request." },
	{ .name = "kind", .type = FIELD_TEXT, .offset = F(kind), .max = 32,
	  .help = "bootstrap, server, ra or operator: what the certificate is for." },
	{ .name = "profile_id", .type = FIELD_TEXT, .offset = F(profile_id), .max = 128,
	  .help = "An issuance profile." },
	{ .name = "profile", .type = FIELD_DOC, .offset = F(profile),
	  .help = "Members that differ from the profile of the kind, of the id, or of the CA." },
	FIELD_END
};
/* clang-format on */
#undef F

/* The profile to start from. Without a kind it is Lamassu's order: id, else the CA's default. */
static int base_profile(struct ctx *c, const struct sign_body *b, const char *ca,
			struct problems *p, struct profile *out)
{
	const struct profile *of_kind = b->kind ? issue_kind_profile(b->kind) : NULL;
	struct env env = api_env(c);
	struct profile_row row;
	int found;

	if (b->kind && !of_kind)
		problems_add(
			p, "/kind",
			"expected \"bootstrap\", \"server\", \"ra\" or \"operator\", got \"%s\"",
			b->kind);
	if (or_null(b->profile_id)) {
		found = store_profile_load(c->db, c->arena, b->profile_id, &row, c->err);
		if (found < 0)
			return -1;
		if (!found)
			problems_add(p, "/profile_id",
				     "expected the id of an issuance profile, got "
				     "\"%s\", which does not exist",
				     b->profile_id);
	}
	if (problems_check(p, c->err) < 0)
		return -1;
	if (of_kind && !or_null(b->profile_id)) {
		*out = *of_kind;
		return 0;
	}
	return issue_profile(&env, or_null(b->profile_id), NULL, ca, out, c->err);
}

/* Lays the given members over the profile. */
static int overlay(struct ctx *c, const struct doc *over, struct profile *f, struct problems *p)
{
	struct doc *base;

	if (!over)
		return 0;
	base = fields_write(c->arena, profile_fields, f, FIELDS_SECRETS);
	fields_read(c->arena, profile_fields, patch_merge(c->arena, base, over), f, "/profile", p);
	profile_check(f, "/profile", p);
	return problems_check(p, c->err);
}

static struct answer *answer_signed(struct ctx *c, const struct cert *cert)
{
	struct cert_row row;
	struct doc *o;
	int found = store_cert_load_by_sha256(
		c->db, c->arena, blob_of(cert->sha256, sizeof(cert->sha256)), &row, c->err);

	if (found == 0)
		err_fault(c->err, ERR_INTERNAL, "certificate",
			  "the new certificate is not in the register");
	if (found <= 0)
		return resp_problem(c);
	o = certificate_doc(c, &row);
	return o ? resp_doc(c, 201, o) : resp_problem(c);
}

struct answer *cas_sign(struct ctx *c)
{
	struct problems *p = api_problems(c);
	struct env env = api_env(c);
	struct sign_body b;
	struct profile f;
	struct ca_row ca;
	struct cert *cert;
	const struct csr *csr;

	if (load(c, req_param(c->req, "ca"), &ca) < 0 || api_read_fields(c, sign_fields, &b, p) < 0)
		return resp_problem(c);
	csr = api_read_csr(c, or_null(b.csr), "/csr", p);
	b.kind = or_null(b.kind);
	if (base_profile(c, &b, ca.id, p, &f) < 0 || overlay(c, b.profile, &f, p) < 0 ||
	    issue_certificate(&env, ca.id, &f, b.kind ? b.kind : "other", csr, &cert, c->err) < 0)
		return resp_problem(c);
	return answer_signed(c, cert);
}
