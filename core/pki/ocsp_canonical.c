/* Requests in their one canonical form, and what a response says: what publication needs. */
#include "pki/der.h"
#include "pki/digest.h"
#include "pki/ocsp.h"

enum { MAX_REASON = 10 };	/* RFC 5280 5.3.1 */

#define ALG_SHA1 "\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00"
#define ALG_SHA256 "\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00"

struct blob ocsp_request_make(struct arena *a, enum ocsp_hash hash, struct blob name_hash,
			      struct blob key_hash, struct blob serial)
{
	struct der_out w;
	size_t marks[5];

	der_init(&w, a, 192);
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)	/* OCSPRequest, tbs, list, Request, CertID */
		marks[i] = der_open(&w, DER_SEQUENCE);
	if (hash == OCSP_SHA1)
		der_put_lit(&w, ALG_SHA1);
	else
		der_put_lit(&w, ALG_SHA256);
	der_put(&w, DER_OCTET_STRING, name_hash);
	der_put(&w, DER_OCTET_STRING, key_hash);
	der_put_integer(&w, serial);
	for (size_t i = ARRAY_LEN(marks); i-- > 0;)
		der_close(&w, marks[i]);
	return der_done(&w);
}

/* Of the algorithm that is named, as far as the length tells. */
static bool has_hashes(const struct ocsp_certid *id)
{
	size_t len = id->hash == OCSP_SHA1 ? SHA1_LEN : SHA256_LEN;

	return (id->hash == OCSP_SHA1 || id->hash == OCSP_SHA256) && id->name_hash.len == len &&
	       id->key_hash.len == len;
}

bool ocsp_request_is_canonical(struct arena *a, struct blob der, struct ocsp_certid *id)
{
	struct ocsp_request r;
	struct err ignored = { 0 };

	if (ocsp_request_read(a, der, &r, &ignored) < 0 || r.n != 1 || r.ids[0].serial_negative ||
	    !has_hashes(&r.ids[0]))
		return false;
	*id = r.ids[0];
	return blob_equal(der,
			  ocsp_request_make(a, id->hash, id->name_hash, id->key_hash, id->serial));
}

/* The SingleResponses of a successful response. */
static bool find_singles(struct blob response, struct der *singles)
{
	struct der whole, v, bytes, basic, data;
	struct blob in;

	if (!der_only(response, DER_SEQUENCE, &whole) ||
	    !der_take(&whole.content, DER_ENUMERATED, &v) ||
	    !der_only(whole.content, DER_CONSTRUCTED | 0, &v) ||
	    !der_only(v.content, DER_SEQUENCE, &bytes) || !der_take(&bytes.content, DER_OID, &v) ||
	    !der_only(bytes.content, DER_OCTET_STRING, &v) ||
	    !der_only(v.content, DER_SEQUENCE, &basic) ||
	    !der_take(&basic.content, DER_SEQUENCE, &data))
		return false;
	in = data.content;
	return der_next(&in, &v) &&	/* the ResponderID */
	       der_take(&in, DER_GENERALIZED_TIME, &v) && der_take(&in, DER_SEQUENCE, singles);
}

/* The certStatus of the only one, and in rest what comes behind it. */
static bool find_status(struct blob response, struct der *status, struct blob *rest)
{
	struct der singles, single, v;

	if (!find_singles(response, &singles) || !der_only(singles.content, DER_SEQUENCE, &single))
		return false;
	*rest = single.content;
	return der_take(rest, DER_SEQUENCE, &v) && der_next(rest, status);
}

/* RevokedInfo: without a reason, it is 0. */
static bool read_revoked(struct blob in, struct ocsp_single *s)
{
	struct der v, code;
	int64_t reason = 0;

	if (!der_take(&in, DER_GENERALIZED_TIME, &v) || !der_read_time(&v, &s->revoked_at))
		return false;
	if (in.len && (!der_only(in, DER_CONSTRUCTED | 0, &v) ||
		       !der_only(v.content, DER_ENUMERATED, &code) ||
		       !der_read_small(&code, MAX_REASON, &reason)))
		return false;
	s->status = OCSP_REVOKED;
	s->reason = (int)reason;
	return true;
}

bool ocsp_response_read_status(struct blob response, struct ocsp_single *s)
{
	struct blob rest;
	struct der status;

	*s = (struct ocsp_single){ .status = OCSP_GOOD };
	if (!find_status(response, &status, &rest))
		return false;
	if (status.tag == (DER_CONSTRUCTED | 1))
		return read_revoked(status.content, s);
	if (status.tag == (DER_CONTEXT | 2))
		s->status = OCSP_UNKNOWN;
	return status.tag == (DER_CONTEXT | 0) || status.tag == (DER_CONTEXT | 2);
}

bool ocsp_response_read_times(struct blob response, int64_t *this_update, int64_t *next_update)
{
	struct der v, time;
	struct blob in;

	return find_status(response, &v, &in) && der_take(&in, DER_GENERALIZED_TIME, &v) &&
	       der_read_time(&v, this_update) && der_take(&in, DER_CONSTRUCTED | 0, &v) &&
	       der_only(v.content, DER_GENERALIZED_TIME, &time) &&
	       der_read_time(&time, next_update);
}
