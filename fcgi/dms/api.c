#include "fcgi/dms/api.h"

#include <string.h>

#include "base/b64.h"
#include "base/clock.h"
#include "data/patch.h"
#include "pki/csr.h"

struct env api_env(const struct ctx *c)
{
	return (struct env){
		.db = c->db,
		.arena = c->arena,
		.conf = c->conf,
		.actor = c->who->name,
		.now = clock_now(),
	};
}

/* In the arena: the error points to it until the answer is written. */
struct problems *api_problems(struct ctx *c)
{
	struct problems *p = arena_alloc(c->arena, sizeof(*p));

	problems_init(p, c->arena);
	return p;
}

const struct doc *api_read_body(struct ctx *c)
{
	const struct blob *b = &c->req->body;

	return doc_read(c->arena, (const char *)b->data, b->len, c->err);
}

int api_read_fields(struct ctx *c, const struct field *rows, void *out, struct problems *p)
{
	const struct doc *d = api_read_body(c);

	if (!d)
		return -1;
	if (doc_kind(d) != DOC_OBJECT)
		return err_set(c->err, ERR_MALFORMED, "json", "expected a JSON object, got %s",
			       doc_kind_name(doc_kind(d)));
	fields_read(c->arena, rows, d, out, "", p);
	return 0;
}

static const char pem_begin[] = "-----BEGIN ";

const char *api_read_pem(struct ctx *c, const char *value, const char *pointer, struct problems *p)
{
	struct err why = { 0 };
	struct blob b;
	const char *s;

	if (!value)
		return NULL;
	if (strstr(value, pem_begin))
		return value;
	if (b64_read(c->arena, value, strlen(value), B64_SPACE | B64_URL | B64_NO_PAD, &b, &why) <
	    0) {
		problems_add(p, pointer, "expected the base64 of a PEM text: %s", why.text);
		return NULL;
	}
	s = arena_strndup(c->arena, (const char *)b.data, b.len);
	if (strlen(s) == b.len && strstr(s, pem_begin))
		return s;
	problems_add(p, pointer,
		     "expected the base64 of a PEM text, got the base64 of something else");
	return NULL;
}

const struct csr *api_read_csr(struct ctx *c, const char *value, const char *pointer,
			       struct problems *p)
{
	const char *pem = api_read_pem(c, value, pointer, p);
	struct err why = { 0 };
	struct blob der;
	struct csr *csr;

	if (!pem)
		return NULL;
	if (csr_read_body(c->arena, blob_of(pem, strlen(pem)), &der, &why) == 0 &&
	    (csr = csr_read(c->arena, der, &why)) && csr_check_signature(csr, &why) == 0)
		return csr;
	problems_add(p, pointer, "%s", why.text);
	return NULL;
}

const char *api_write_pem(struct arena *a, struct blob der)
{
	const char *pem = cert_write_pem(a, der);

	return b64_write(a, blob_of(pem, strlen(pem)), 0);
}

struct doc *api_stored_doc(struct ctx *c, const char *what, const char *json)
{
	struct err why = { 0 };
	struct doc *d = doc_read(c->arena, json, strlen(json), &why);

	if (!d)
		err_fault(c->err, ERR_INTERNAL, "stored_document", "stored %s: %s", what,
			  err_log_text(&why));
	return d;
}

int api_check_reach(struct ctx *c, const char *dms)
{
	if (who_may_dms(c->who, dms))
		return 0;
	if (!dms)
		return err_set(c->err, ERR_FORBIDDEN, "outside_reach",
			       "%s may act within certain DMSs, and this belongs to none",
			       c->who->name);
	return err_set(c->err, ERR_FORBIDDEN, "outside_reach", "%s may not act within DMS \"%s\"",
		       c->who->name, dms);
}

const char *api_list_dms(const struct ctx *c, const char *given)
{
	if (given || who_all_dms(c->who) || c->who->dms.n != 1)
		return given;
	return c->who->dms.v[0];
}

struct doc *api_patch(struct ctx *c, const struct doc *target)
{
	const char *type = c->req->content_type;
	const struct doc *body = api_read_body(c);
	const struct doc *patches;

	if (!body)
		return NULL;
	if (type && strcmp(type, "application/merge-patch+json") == 0)
		return patch_merge(c->arena, target, body);
	if (type && strcmp(type, "application/json-patch+json") == 0)
		return patch_apply(c->arena, target, body, 0, c->err);
	patches = doc_find(body, "patches");
	if (patches && doc_len(body) == 1)
		return patch_apply(c->arena, target, patches, PATCH_LENIENT, c->err);
	err_set(c->err, ERR_MALFORMED, "patch",
		"expected {\"patches\": [...]}; a merge patch (RFC 7396) comes as "
		"application/merge-patch+json, a JSON patch (RFC 6902) as application/json-patch+json");
	return NULL;
}
