/* cert: issue, list, show, revoke, release. */
#include <string.h>

#include "base/b64.h"
#include "base/clock.h"
#include "ca/issue.h"
#include "cli/csr.h"
#include "cli/file.h"
#include "cli/print.h"
#include "fleet/issuer.h"

/* The profile of the kind, with what the operator wants otherwise; NULL: just the kind's. */
static int make_profile(struct cli *c, const char *kind, struct doc **out, struct err *e)
{
	const char *validity = args_find(&c->args, "validity");
	bool rename = args_have(&c->args, "csr") && args_have(&c->args, "cn");
	const struct profile *usual = issue_kind_profile(kind);

	*out = NULL;
	if (!validity && !rename)
		return 0;
	if (!usual)
		return err_set(e, ERR_REJECTED, "usage",
			       "expected --kind bootstrap, server, ra or operator, got '%s'", kind);
	struct profile f = *usual;
	if (validity) {
		f.validity.type = VALIDITY_DURATION;
		if (clock_read_duration(validity, &f.validity.duration, e))
			return -1;
	}
	if (rename) {
		f.honor_subject = false;
		f.subject = (struct subject){ .common_name = args_find(&c->args, "cn") };
	}
	*out = fields_write(c->arena, profile_fields, &f, 0);
	return 0;
}

/* A TLS server sends the CAs between itself and the root (RFC 8446 4.4.2). */
static int add_chain(struct cli *c, const struct cert *leaf, struct text *pem, struct err *e)
{
	struct issuer *v;
	size_t n;

	if (issuer_load_chain(c->db, c->arena, leaf->aki, &v, &n, e))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!v[i].cert->self_issued)
			text_add(pem, cert_write_pem(c->arena, v[i].cert->der));
	return 0;
}

static int write_cert(struct cli *c, struct file_out *f, const char *kind, const struct doc *answer,
		      struct err *e)
{
	const char *b64 = doc_find_text(answer, "certificate");
	struct blob pem;
	struct text out;

	text_init(&out, c->arena);
	if (b64_read(c->arena, b64 ? b64 : "", b64 ? strlen(b64) : 0, 0, &pem, e))
		return -1;
	const struct cert *leaf = cert_read_pem(c->arena, (const char *)pem.data, pem.len, e);
	if (!leaf)
		return -1;
	text_add(&out, cert_write_pem(c->arena, leaf->der));
	if (!strcmp(kind, "server") && add_chain(c, leaf, &out, e))
		return -1;
	return file_out_write(f, out.s, e);
}

static int check_sources(const struct args *args, struct err *e)
{
	bool csr = args_have(args, "csr"), key = args_have(args, "out-key");

	if (csr == key)
		return err_set(e, ERR_REJECTED, "usage", "expected --csr or --out-key, got %s",
			       csr ? "both" : "neither");
	if (csr && (args_have(args, "san") || args_have(args, "key")))
		return err_set(e, ERR_REJECTED, "usage",
			       "--san and --key go with --out-key: a request has its own");
	if (key && !args_have(args, "cn"))
		return err_set(e, ERR_REJECTED, "usage", "expected --cn NAME, and it is missing");
	return 0;
}

static int sign(struct cli *c, const char *kind, const char *csr, struct doc **answer,
		struct err *e)
{
	struct doc *body = doc_object(c->arena), *profile;
	const char *target =
		call_target(c->arena, "/v2/cas/%s/certificates/sign", args_find(&c->args, "ca"));

	if (make_profile(c, kind, &profile, e))
		return -1;
	doc_set_text(body, "csr", csr);
	doc_set_text(body, "kind", kind);
	if (profile)
		doc_set(body, "profile", profile);
	return call(c, "POST", target, body, answer, e);
}

int cmd_cert_issue(struct cli *c, struct err *e)
{
	const char *kind = args_find(&c->args, "kind"), *csr;
	const struct csr_order order = {
		.csr_path = args_find(&c->args, "csr"),
		.key_path = args_find(&c->args, "out-key"),
		.key = args_find(&c->args, "key"),
		.common_name = args_find(&c->args, "cn"),
		.san = args_list(&c->args, "san"),
	};
	struct file_out out;
	struct doc *answer;
	bool key_made = false;

	if (check_sources(&c->args, e) || file_out_open(&out, args_find(&c->args, "out"), e))
		return -1;
	int rc = csr_make_here(c, &order, &csr, &key_made, e);
	if (!rc)
		rc = sign(c, kind, csr, &answer, e);
	if (rc)
		csr_discard_key(&order, key_made);
	else
		rc = write_cert(c, &out, kind, answer, e);
	file_out_close(&out);
	if (!rc && strcmp(out.path, "-"))
		print_done(c, answer, "issued %s, until %s: %s",
			   doc_find_text(answer, "serial_number"),
			   doc_find_text(answer, "valid_to"), out.path);
	return rc;
}

int cmd_cert_list(struct cli *c, struct err *e)
{
	static const struct column columns[] = {
		{ "SERIAL", "serial_number" },
		{ "STATUS", "status" },
		{ "SUBJECT", "subject.common_name" },
		{ "ISSUER", "issuer_metadata.id" },
		{ "VALID TO", "valid_to" },
		{ "REASON", "revocation_reason" },
		COLUMN_END,
	};
	const char *target = "/v2/certificates";

	target = call_query(c->arena, target, "dms", args_find(&c->args, "dms"));
	target = call_query(c->arena, target, "device", args_find(&c->args, "device"));
	return print_list(c, target, columns, e);
}

static char *cert_target(struct cli *c, const char *suffix)
{
	char *target = call_target(c->arena, "/v2/certificates/%s", args_operand(&c->args, 0));

	target = arena_printf(c->arena, "%s%s", target, suffix);
	return call_query(c->arena, target, "issuer", args_find(&c->args, "issuer"));
}

int cmd_cert_show(struct cli *c, struct err *e)
{
	struct doc *cert;

	if (call(c, "GET", cert_target(c, ""), NULL, &cert, e))
		return -1;
	print_doc(c, cert);
	return 0;
}

static int set_status(struct cli *c, const char *status, const char *reason, struct err *e)
{
	struct doc *body = doc_object(c->arena), *cert;

	doc_set_text(body, "status", status);
	if (reason)
		doc_set_text(body, "revocation_reason", reason);
	if (call(c, "PUT", cert_target(c, "/status"), body, &cert, e))
		return -1;
	print_done(c, cert, "%s of %s is %s", args_operand(&c->args, 0),
		   doc_find_text(doc_find(cert, "subject"), "common_name"), status);
	return 0;
}

int cmd_cert_revoke(struct cli *c, struct err *e)
{
	const char *reason = args_find(&c->args, "reason");

	return set_status(c, "REVOKED", reason ? reason : "Unspecified", e);
}

int cmd_cert_release(struct cli *c, struct err *e)
{
	return set_status(c, "ACTIVE", NULL, e);
}

/* PEM (RFC 7468 9), for openssl cms -decrypt. */
int cmd_cert_escrow(struct cli *c, struct err *e)
{
	struct file_out out;
	struct answered got;
	int rc;

	if (file_out_open(&out, args_find(&c->args, "out"), e))
		return -1;
	rc = call_raw(c, c->arena, "GET", cert_target(c, "/escrow"), NULL, blob_of(NULL, 0), &got,
		      e);
	if (!rc && got.status != 200) {
		*e = got.err;
		rc = -1;
	}
	if (!rc)
		rc = file_out_write(&out,
				    arena_printf(c->arena,
						 "-----BEGIN CMS-----\n%s-----END CMS-----\n",
						 b64_write(c->arena, got.body, 64)),
				    e);
	file_out_close(&out);
	return rc;
}
