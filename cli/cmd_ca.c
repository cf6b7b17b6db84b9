/* ca: create, import, rekey, crl, list, show. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "cli/csr.h"
#include "cli/file.h"
#include "cli/print.h"
#include "fleet/issuer.h"

static void set_subject(struct cli *c, struct doc *body)
{
	struct doc *subject = doc_object(c->arena);
	static const char *const parts[][2] = {
		{ "cn", "common_name" },
		{ "organization", "organization" },
		{ "unit", "organization_unit" },
		{ "country", "country" },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (args_have(&c->args, parts[i][0]))
			doc_set_text(subject, parts[i][1], args_find(&c->args, parts[i][0]));
	doc_set(body, "subject", subject);
}

static struct doc *validity_doc(struct arena *a, const char *duration)
{
	struct doc *v = doc_object(a);

	doc_set_text(v, "type", "Duration");
	doc_set_text(v, "duration", duration);
	return v;
}

static const char *ca_sentence(struct cli *c, const struct doc *ca)
{
	const struct doc *cert = doc_find(ca, "certificate");

	return arena_printf(c->arena, "%s: %s, until %s", doc_find_text(ca, "id"),
			    doc_find_text(doc_find(cert, "subject"), "common_name"),
			    doc_find_text(cert, "valid_to"));
}

static int set_key(struct cli *c, struct doc *body, const char *key, struct err *e)
{
	struct doc *metadata = doc_object(c->arena);
	struct key_spec spec;

	if (csr_read_key_spec(key, &spec, e))
		return -1;
	doc_set_text(metadata, "type", token_name(key_types, spec.type));
	doc_set_int(metadata, "bits", spec.bits);
	doc_set(body, "key_metadata", metadata);
	return 0;
}

int cmd_ca_create(struct cli *c, struct err *e)
{
	const char *key = args_find(&c->args, "key"), *validity = args_find(&c->args, "validity");
	struct doc *body = doc_object(c->arena), *ca;

	if (set_key(c, body, key ? key : "ECDSA:256", e))
		return -1;
	doc_set_text(body, "id", args_operand(&c->args, 0));
	if (args_have(&c->args, "parent"))
		doc_set_text(body, "parent_id", args_find(&c->args, "parent"));
	set_subject(c, body);
	doc_set(body, "ca_expiration", validity_doc(c->arena, validity ? validity : "10y"));
	if (call(c, "POST", "/v2/cas", body, &ca, e))
		return -1;
	print_done(c, ca, "made CA %s", ca_sentence(c, ca));
	return 0;
}

int cmd_ca_rekey(struct cli *c, struct err *e)
{
	const char *key = args_find(&c->args, "key"), *uri = args_find(&c->args, "key-uri");
	const char *validity = args_find(&c->args, "validity"), *target;
	struct doc *body = doc_object(c->arena), *ca;

	if (key && uri)
		return err_set(e, ERR_REJECTED, "usage", "expected --key or --key-uri, got both");
	if (key && set_key(c, body, key, e))
		return -1;
	if (uri)
		doc_set_text(body, "key_uri", uri);
	if (validity)
		doc_set(body, "ca_expiration", validity_doc(c->arena, validity));
	target = call_target(c->arena, "/v2/cas/%s/rekey", args_operand(&c->args, 0));
	if (call(c, "POST", target, body, &ca, e))
		return -1;
	print_done(c, ca, "re-keyed CA %s", ca_sentence(c, ca));
	return 0;
}

static int read_number(const char *text, int64_t *n, struct err *e)
{
	char *end;

	errno = 0;
	*n = strtoll(text, &end, 10);
	if (*text && !*end && !errno)
		return 0;
	return err_set(e, ERR_REJECTED, "usage", "expected a number after --number, got '%s'",
		       text);
}

int cmd_ca_crl(struct cli *c, struct err *e)
{
	const char *id = args_operand(&c->args, 0), *text = args_find(&c->args, "number");
	struct doc *body = doc_object(c->arena), *ca;
	int64_t number;

	if (read_number(text, &number, e))
		return -1;
	doc_set_int(body, "number", number);
	if (call(c, "POST", call_target(c->arena, "/v2/cas/%s/crl", id), body, &ca, e))
		return -1;
	print_done(c, ca, "the next CRL of CA %s has the number %lld", id, (long long)number);
	return 0;
}

static int set_file(struct cli *c, struct doc *body, const char *member, const char *option,
		    struct err *e)
{
	struct blob file;

	if (!args_have(&c->args, option))
		return 0;
	if (file_read(c->arena, args_find(&c->args, option), &file, e))
		return -1;
	doc_set_text(body, member, b64_write(c->arena, file, 0));
	return 0;
}

/* It is taken, so that its certificates are answered for, but that it will not issue shall not be a
 * surprise. */
static int warn_revoked(struct cli *c, const char *id, struct err *e)
{
	struct issuer ca;
	int found = issuer_load(c->db, c->arena, id, &ca, e);

	if (found > 0)
		found = issuer_find_revoked(c->db, c->arena, ca.row.ski, e);
	if (found > 0)
		fprintf(stderr,
			"shedu: warning: CA %s, or one above it, is revoked or on hold: it does not issue\n",
			id);
	return found < 0 ? -1 : 0;
}

int cmd_ca_import(struct cli *c, struct err *e)
{
	struct doc *body = doc_object(c->arena), *ca;

	if (args_have(&c->args, "key") && args_have(&c->args, "key-uri"))
		return err_set(e, ERR_REJECTED, "usage", "expected --key or --key-uri, got both");
	doc_set_text(body, "id", args_operand(&c->args, 0));
	if (set_file(c, body, "ca", "cert", e) || set_file(c, body, "private_key", "key", e))
		return -1;
	if (args_have(&c->args, "key-uri"))
		doc_set_text(body, "key_uri", args_find(&c->args, "key-uri"));
	if (call(c, "POST", "/v2/cas/import", body, &ca, e))
		return -1;
	print_done(c, ca, "imported CA %s", ca_sentence(c, ca));
	return warn_revoked(c, doc_find_text(ca, "id"), e);
}

int cmd_ca_list(struct cli *c, struct err *e)
{
	static const struct column columns[] = {
		{ "ID", "id" },
		{ "NAME", "certificate.subject.common_name" },
		{ "TYPE", "certificate.type" },
		{ "STATUS", "certificate.status" },
		{ "LEVEL", "level" },
		{ "VALID TO", "certificate.valid_to" },
		COLUMN_END,
	};

	return print_list(c, "/v2/cas", columns, e);
}

int cmd_ca_show(struct cli *c, struct err *e)
{
	struct doc *ca;

	if (call(c, "GET", call_target(c->arena, "/v2/cas/%s", args_operand(&c->args, 0)), NULL,
		 &ca, e))
		return -1;
	print_doc(c, ca);
	return 0;
}
