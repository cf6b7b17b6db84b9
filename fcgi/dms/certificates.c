/* Certificates: the register, and changes of status. */
#include "fcgi/dms/api.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "ca/revoke.h"
#include "fleet/event.h"
#include "fleet/issuer.h"
#include "store/store_keygen.h"

enum { F_SERIAL, F_NAME, F_STATUS, F_REASON, F_DMS, F_DEVICE, F_KIND, F_ISSUER, F_FROM, F_TO };
/* clang-format off */
static const struct filter_field filters[] = {
	[F_SERIAL] = { "serial_number", NULL, FILTER_TEXT },
	[F_NAME] = { "subject.common_name", NULL, FILTER_TEXT },
	[F_STATUS] = { "status", "status", FILTER_TEXT },
	[F_REASON] = { "revocation_reason", NULL, FILTER_TEXT },
	[F_DMS] = { "dms", "dms", FILTER_TEXT },
	[F_DEVICE] = { "device", "device", FILTER_TEXT },
	[F_KIND] = { "kind", "kind", FILTER_TEXT },
	[F_ISSUER] = { "issuer_metadata.ski", "issuer", FILTER_TEXT },
	[F_FROM] = { "valid_from", NULL, FILTER_TIME },
	[F_TO] = { "valid_to", NULL, FILTER_TIME },
	{ NULL, NULL, FILTER_TEXT },
};
/* clang-format on */

static const char *status_name(int status, int64_t not_after)
{
	if (status == CERT_REVOKED)
		return "REVOKED";
	return not_after <= clock_now() ? "EXPIRED" : "ACTIVE";
}

/* Lamassu's grades of keys (lamassu.md 4.2) */
static const char *strength(const struct key_spec *k)
{
	int64_t low = k->type == KEY_RSA ? 2048 : 129, high = k->type == KEY_RSA ? 3072 : 256;

	if (k->type == KEY_ED25519)
		return "HIGH";
	if (k->bits < low)
		return "LOW";
	return k->bits < high ? "MEDIUM" : "HIGH";
}

static struct doc *key_doc(struct arena *a, const struct key_spec *k)
{
	struct doc *o = doc_object(a);
	const char *type = token_name(key_types, k->type);

	doc_set_text(o, "type", type ? type : "unknown");
	doc_set_int(o, "bits", k->bits);
	doc_set_text(o, "strength", strength(k));
	return o;
}

static struct doc *token_list(struct arena *a, const struct token *tokens, unsigned flags)
{
	struct doc *list = doc_array(a);

	for (const struct token *t = tokens; t->name; t++) {
		if (flags & (unsigned)t->value)
			doc_add(list, doc_text(a, t->name));
	}
	return list;
}

static struct doc *issuer_doc(struct ctx *c, const struct cert_row *row)
{
	struct doc *o = doc_object(c->arena);
	struct err ignored = { 0 };
	struct issuer *chain;
	size_t n = 0;

	/* what is not known here is left empty: a list does not fail for it */
	if (issuer_load_chain(c->db, c->arena, row->issuer, &chain, &n, &ignored) < 0)
		n = 0;
	doc_set_text(o, "serial_number", n ? hex_write(c->arena, chain[0].row.serial) : "");
	doc_set_text(o, "id", n ? chain[0].row.ca : "");
	doc_set_int(o, "level", n ? (int64_t)n - 1 : 0);
	doc_set_text(o, "ski", hex_write(c->arena, row->issuer));
	return o;
}

static void set_revocation(struct doc *o, const struct cert_row *row)
{
	bool revoked = row->status == CERT_REVOKED;

	doc_set_time(o, "revocation_timestamp", revoked ? row->revoked_at : 0);
	doc_set_text(o, "revocation_reason", revoked ? token_name(crl_reasons, row->reason) : "");
}

static void set_contents(struct ctx *c, struct doc *o, const struct cert *cert)
{
	struct arena *a = c->arena;
	struct doc *ext = doc_object(a);

	doc_set_text(o, "subject_key_id", hex_write(a, cert->ski));
	doc_set_text(o, "authority_key_id", cert->aki.len ? hex_write(a, cert->aki) : "");
	doc_set(o, "key_metadata", key_doc(a, &cert->key));
	doc_set(o, "subject", fields_write(a, subject_fields, &cert->subject, 0));
	doc_set(o, "issuer", fields_write(a, subject_fields, &cert->issuer, 0));
	doc_set(ext, "key_usage", token_list(a, key_usages, cert->key_usage));
	doc_set(ext, "extended_key_usage", token_list(a, ext_key_usages, cert->ext_key_usage));
	doc_set(o, "extensions", ext);
	doc_set_bool(o, "is_ca", cert->is_ca);
}

struct doc *certificate_doc(struct ctx *c, const struct cert_row *row)
{
	struct err why = { 0 };
	const struct cert *cert = cert_read(c->arena, row->der, &why);
	struct doc *o = doc_object(c->arena);

	if (!cert) {
		err_fault(c->err, ERR_INTERNAL, "certificate", "stored certificate %s: %s",
			  hex_write(c->arena, row->serial), err_log_text(&why));
		return NULL;
	}
	doc_set_text(o, "serial_number", hex_write(c->arena, row->serial));
	doc_set_text(o, "status", status_name(row->status, row->not_after));
	doc_set_text(o, "certificate", api_write_pem(c->arena, row->der));
	set_contents(c, o, cert);
	doc_set_time(o, "valid_from", row->not_before);
	doc_set_time(o, "valid_to", row->not_after);
	doc_set(o, "issuer_metadata", issuer_doc(c, row));
	set_revocation(o, row);
	doc_set(o, "metadata", doc_object(c->arena));
	doc_set_text(o, "type", "MANAGED");
	doc_set_text(o, "engine_id", "");
	doc_set_text(o, "kind", row->kind);
	doc_set_text(o, "dms", row->dms);
	doc_set_text(o, "device", row->device);
	doc_set_text(o, "sha256", hex_write(c->arena, row->sha256));
	return o;
}

/* A CA's certificate, whether this system issued it or it was imported. */
struct doc *ca_certificate_doc(struct ctx *c, const struct issuer_row *row)
{
	const struct cert_row view = {
		.issuer = issuer_above(row),
		.serial = row->serial,
		.not_before = row->not_before,
		.not_after = row->not_after,
		.status = row->revoked_at ? CERT_REVOKED : CERT_ACTIVE,
		.reason = row->reason,
		.revoked_at = row->revoked_at,
		.der = row->der,
		.sha256 = row->sha256,
		.kind = "ca",
	};
	struct doc *o = certificate_doc(c, &view);

	if (o)
		doc_set_text(o, "type", row->key_uri ? "MANAGED" : "IMPORTED_WITHOUT_KEY");
	return o;
}

/* What an index of the register serves; the rest of the filters looks at each row. */
static int make_filter(struct ctx *c, const struct page *p, struct cert_filter *f)
{
	const char *issuer = filter_value(p, F_ISSUER), *status = filter_value(p, F_STATUS);

	*f = (struct cert_filter){
		.dms = filter_value(p, F_DMS),
		.device = filter_value(p, F_DEVICE),
		.kind = filter_value(p, F_KIND),
		.status = -1,
	};
	if (status && strcmp(status, "REVOKED") == 0)
		f->status = CERT_REVOKED;
	if (f->dms && api_check_reach(c, f->dms) < 0)
		return -1;
	f->dms = api_list_dms(c, f->dms);
	return issuer ? hex_read(c->arena, issuer, &f->issuer, c->err) : 0;
}

static bool wanted(struct ctx *c, const struct page *p, const struct cert_row *r)
{
	const char *reason = r->status == CERT_REVOKED ? token_name(crl_reasons, r->reason) : "";

	return who_may_dms(c->who, r->dms) &&
	       filter_match(p, F_SERIAL, hex_write(c->arena, r->serial)) &&
	       filter_match(p, F_NAME, r->common_name) &&
	       filter_match(p, F_STATUS, status_name(r->status, r->not_after)) &&
	       filter_match(p, F_REASON, reason) && filter_match(p, F_DMS, r->dms) &&
	       filter_match(p, F_DEVICE, r->device) && filter_match(p, F_KIND, r->kind) &&
	       filter_match(p, F_ISSUER, hex_write(c->arena, r->issuer)) &&
	       filter_match_time(p, F_FROM, r->not_before) &&
	       filter_match_time(p, F_TO, r->not_after);
}

static int add_row(struct ctx *c, struct doc *list, const struct cert_row *r)
{
	struct cert_row full;
	struct doc *o;
	int found = store_cert_load(c->db, c->arena, r->issuer, r->serial, &full, c->err);

	if (found <= 0)
		return found;
	o = certificate_doc(c, &full);
	if (!o)
		return -1;
	doc_add(list, o);
	return 0;
}

static struct doc *make_key(struct arena *a, const struct cert_key *k)
{
	struct doc *key = doc_array(a);

	doc_add(key, doc_int(a, k->created_at));
	doc_add(key, doc_text(a, hex_write(a, k->sha256)));
	return key;
}

static struct answer *list_page(struct ctx *c, const struct page *p, const struct cert_filter *f,
				struct cert_key *after)
{
	struct doc *list = doc_array(c->arena);
	struct cert_row *rows;
	size_t n, seen = 0;

	do {
		if (store_cert_list(c->db, c->arena, f, after->sha256.len ? after : NULL,
				    p->size + 1, &rows, &n, c->err) < 0)
			return resp_problem(c);
		for (size_t i = 0; i < n; i++) {
			if (doc_len(list) == p->size || seen++ == PAGE_SCAN)
				return page_answer(c, p, list, make_key(c->arena, after));
			*after = (struct cert_key){ rows[i].created_at, rows[i].sha256 };
			if (wanted(c, p, &rows[i]) && add_row(c, list, &rows[i]) < 0)
				return resp_problem(c);
		}
	} while (n == p->size + 1);
	return page_answer(c, p, list, NULL);
}

struct answer *certificates_list(struct ctx *c)
{
	struct cert_key after = { 0 };
	struct cert_filter f;
	struct page p;
	const char *sha256;

	if (page_read(c, filters, &p) < 0 || make_filter(c, &p, &f) < 0)
		return resp_problem(c);
	sha256 = page_key_text(&p, 1);
	after.created_at = page_key_int(&p, 0);
	if (sha256 && hex_read(c->arena, sha256, &after.sha256, c->err) < 0)
		return resp_problem(c);

	AUTO(db_txn) *t = db_begin(c->db, DB_READ, c->err);

	if (!t)
		return resp_problem(c);
	return list_page(c, &p, &f, &after);
}

static int not_found(struct ctx *c)
{
	return err_set(c->err, ERR_NOT_FOUND, "certificate_not_found", "certificate not found");
}

/* Colons, dashes, case and leading zeros do not matter. */
static int read_serial(struct ctx *c, struct blob *serial)
{
	if (hex_read(c->arena, req_param(c->req, "serial"), serial, c->err) < 0)
		return err_in(c->err, "serial number");
	while (serial->len > 1 && !*serial->data) {
		serial->data++;
		serial->len--;
	}
	return 0;
}

static int ambiguous(struct ctx *c, const struct cert_row *v)
{
	return err_set(
		c->err, ERR_CONFLICT, "ambiguous_serial",
		"expected a serial of one certificate, got one that two issuers gave; say which "
		"with ?issuer=%s or ?issuer=%s",
		hex_write(c->arena, v[0].issuer), hex_write(c->arena, v[1].issuer));
}

static int load_by_serial(struct ctx *c, struct blob serial, struct cert_row *row)
{
	struct cert_row *v;
	size_t n, near = 0;

	if (store_cert_list_by_serial(c->db, c->arena, serial, 16, &v, &n, c->err) < 0)
		return -1;
	if (!n)
		return not_found(c);
	*row = v[0];
	for (size_t i = 0; i < n; i++) {
		if (who_may_dms(c->who, v[i].dms))
			v[near++] = v[i];
	}
	if (near > 1)
		return ambiguous(c, v);
	if (near)
		*row = v[0];
	return 0;
}

/* The certificate that path and ?issuer name, within the operator's reach. */
static int load(struct ctx *c, struct cert_row *row)
{
	const char *ski = req_query(c->req, c->arena, "issuer", 0);
	struct blob serial, issuer;
	int found;

	if (read_serial(c, &serial) < 0)
		return -1;
	if (!ski) {
		if (load_by_serial(c, serial, row) < 0)
			return -1;
		return api_check_reach(c, row->dms);
	}
	if (hex_read(c->arena, ski, &issuer, c->err) < 0)
		return err_in(c->err, "issuer");
	found = store_cert_load(c->db, c->arena, issuer, serial, row, c->err);
	if (found == 0)
		return not_found(c);
	return found < 0 ? -1 : api_check_reach(c, row->dms);
}

static struct answer *answer(struct ctx *c, int status, const struct cert_row *row)
{
	struct doc *o = certificate_doc(c, row);

	return o ? resp_doc(c, status, o) : resp_problem(c);
}

struct answer *certificates_get(struct ctx *c)
{
	struct cert_row row;

	if (load(c, &row) < 0)
		return resp_problem(c);
	return answer(c, 200, &row);
}

struct status_body {
	const char *status, *reason;
};

/* clang-format off */
static const struct field status_fields[] = {
	{ .name = "status", .type = FIELD_TEXT, .offset = offsetof(struct status_body, status),
	  .flags = FIELD_REQUIRED, .help = "REVOKED, or ACTIVE to release a certificate on hold." },
	{ .name = "revocation_reason", .type = FIELD_TEXT, .offset = offsetof(struct status_body, reason),
	  .help = "A reason of RFC 5280 5.3.1; default Unspecified." },
	FIELD_END
};
/* clang-format on */

static int read_reason(const struct status_body *b, struct problems *p)
{
	const char *want = b->reason && *b->reason ? b->reason : "Unspecified";

	for (const struct token *t = crl_reasons; t->name; t++) {
		if (text_equal_nocase(t->name, want))
			return t->value;
	}
	problems_add(p, "/revocation_reason",
		     "expected one of the ten reasons from Unspecified to AACompromise, got \"%s\"",
		     want);
	return -1;
}

static int read_status(struct ctx *c, struct status_body *b, int *reason)
{
	struct problems *p = api_problems(c);

	if (api_read_fields(c, status_fields, b, p) < 0)
		return -1;
	*reason = read_reason(b, p);
	if (b->status && strcmp(b->status, "REVOKED") != 0 && strcmp(b->status, "ACTIVE") != 0)
		problems_add(p, "/status", "expected \"REVOKED\" or \"ACTIVE\", got \"%s\"",
			     b->status);
	return problems_check(p, c->err);
}

/* Certificates that belong to no DMS, of CAs and of operators above all, are the admins'. */
static int check_may_change(struct ctx *c, const struct cert_row *row)
{
	if (row->dms || c->who->role == ROLE_ADMIN)
		return 0;
	return err_set(c->err, ERR_FORBIDDEN, "admin_only",
		       "expected an admin: this is a certificate of kind \"%s\", of no DMS",
		       row->kind);
}

static int change(struct ctx *c, const struct status_body *b, int reason, struct cert_row *row)
{
	struct env env = api_env(c);
	int rc;

	if (load(c, row) < 0 || check_may_change(c, row) < 0)
		return -1;
	if (strcmp(b->status, "REVOKED") == 0)
		rc = revoke_certificate(&env, row, reason, c->err);
	else
		rc = revoke_release(&env, row, c->err);
	return rc < 0 || load(c, row) < 0 ? -1 : 0;
}

struct answer *certificates_status(struct ctx *c)
{
	struct status_body b;
	struct cert_row row;
	int reason;

	if (read_status(c, &b, &reason) < 0)
		return resp_problem(c);

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || change(c, &b, reason, &row) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return answer(c, 200, &row);
}

static int read_escrow(struct ctx *c, struct escrow_row *escrow)
{
	struct env env = api_env(c);
	struct event v = { .type = EVENT_CERT_ESCROW };
	struct cert_row row;
	int found;

	if (load(c, &row) < 0)
		return -1;
	found = store_escrow_load(c->db, c->arena, row.issuer, row.serial, escrow, c->err);
	if (found <= 0)
		return found < 0 ? -1
				 : err_set(c->err, ERR_NOT_FOUND, "escrow_not_found",
					   "no key is kept for this certificate");
	v.subject = arena_printf(c->arena, "certificate/%s", hex_write(c->arena, row.serial));
	v.dms = row.dms;
	v.device = row.device;
	return event_add(c->db, c->arena, env.actor, env.now, &v, c->err);
}

/* Whoever reads it is an event: the answer is sent only when that is recorded. */
struct answer *certificates_escrow(struct ctx *c)
{
	struct escrow_row escrow;

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || read_escrow(c, &escrow) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return resp_blob(c, 200, "application/pkcs7-mime; smime-type=enveloped-data", escrow.der);
}
