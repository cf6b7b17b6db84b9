#include "cli/doctor/ask_ocsp.h"

#include "net/http.h"
#include "pki/der.h"

#define SHA1_ALGORITHM "\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00"

static struct blob make_request(struct arena *a, const struct issuer_row *issuer,
				struct blob serial)
{
	struct der_out w;

	der_init(&w, a, 128);
	size_t request = der_open(&w, DER_SEQUENCE), tbs = der_open(&w, DER_SEQUENCE);
	size_t list = der_open(&w, DER_SEQUENCE), single = der_open(&w, DER_SEQUENCE);
	size_t certid = der_open(&w, DER_SEQUENCE);
	der_put_lit(&w, SHA1_ALGORITHM);
	der_put(&w, DER_OCTET_STRING, issuer->name_sha1);
	der_put(&w, DER_OCTET_STRING, issuer->key_sha1);
	der_put_integer(&w, serial);
	der_close(&w, certid);
	der_close(&w, single);
	der_close(&w, list);
	der_close(&w, tbs);
	der_close(&w, request);
	return der_done(&w);
}

static bool enter(struct blob *in, unsigned tag)
{
	struct der v;

	if (!der_take(in, tag, &v))
		return false;
	*in = v.content;
	return true;
}

static bool skip(struct blob *in)
{
	struct der v;

	return der_next(in, &v);
}

/* RFC 6960 4.2.1: down to the certStatus of the first SingleResponse. */
static int read_status(struct blob in, enum ocsp_status *status)
{
	struct der v;
	int64_t response;

	if (!enter(&in, DER_SEQUENCE) || !der_take(&in, DER_ENUMERATED, &v))
		return -1;
	v.tag = DER_INTEGER;
	if (!der_read_small(&v, 6, &response) || response != OCSP_SUCCESSFUL)
		return -1;
	if (!enter(&in, DER_CONSTRUCTED) || !enter(&in, DER_SEQUENCE) || !skip(&in) ||
	    !enter(&in, DER_OCTET_STRING) || !enter(&in, DER_SEQUENCE) || !enter(&in, DER_SEQUENCE))
		return -1;
	der_take(&in, DER_CONSTRUCTED, &v);	/* version */
	if (!skip(&in) || !skip(&in))		/* responderID, producedAt */
		return -1;
	if (!enter(&in, DER_SEQUENCE) || !enter(&in, DER_SEQUENCE) || !skip(&in) ||
	    !der_next(&in, &v))
		return -1;
	switch (v.tag) {
	case DER_CONTEXT | 0:
		*status = OCSP_GOOD;
		return 0;
	case DER_CONSTRUCTED | 1:
		*status = OCSP_REVOKED;
		return 0;
	case DER_CONTEXT | 2:
		*status = OCSP_UNKNOWN;
		return 0;
	}
	return -1;
}

int ask_ocsp(struct doctor *d, const struct issuer_row *issuer, struct blob serial,
	     enum ocsp_status *status, struct err *e)
{
	static const char *const headers[] = { "Content-Type: application/ocsp-request", NULL };
	const struct http_request q = {
		.url = arena_printf(d->env.arena, "%s/ocsp", d->cli->conf->public.http_url),
		.headers = headers,
		.body = make_request(d->env.arena, issuer, serial),
	};
	struct http_response r;

	if (http_send(d->env.arena, &q, &r, e))
		return -1;
	if (r.status != 200 || read_status(r.body, status))
		return err_fault(e, ERR_INTERNAL, "ocsp", "%s answers %d without a status", q.url,
				 r.status);
	return 0;
}
