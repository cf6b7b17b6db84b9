/* Responses (RFC 6960 4.2.1), written from constant parts: only the signature costs time. */
#include "pki/der.h"
#include "pki/digest.h"
#include "pki/ext.h"
#include "pki/ocsp.h"
#include "pki/ossl.h"

#define OID_AND_LEN(oid) oid, sizeof(oid) - 1

static void put_tagged_time(struct der_out *w, unsigned tag, int64_t us)
{
	size_t mark = der_open(w, tag);

	der_put_generalized_time(w, us);
	der_close(w, mark);
}

static void put_revoked(struct der_out *w, const struct ocsp_single *s)
{
	size_t info = der_open(w, DER_CONSTRUCTED | 1), reason;

	der_put_generalized_time(w, s->revoked_at);
	if (s->reason > 0) {
		reason = der_open(w, DER_CONSTRUCTED | 0);
		der_put_number(w, DER_ENUMERATED, (uint64_t)s->reason);
		der_close(w, reason);
	}
	der_close(w, info);
}

static void put_status(struct der_out *w, const struct ocsp_single *s)
{
	switch (s->status) {
	case OCSP_GOOD:
		der_put_lit(w, "\x80\x00");
		return;
	case OCSP_REVOKED:
		put_revoked(w, s);
		return;
	case OCSP_UNKNOWN:
		break;
	}
	der_put_lit(w, "\x82\x00");
}

static void put_archive_cutoff(struct der_out *w, int64_t us)
{
	size_t tag = der_open(w, DER_CONSTRUCTED | 1), exts = der_open(w, DER_SEQUENCE);
	struct ext_mark m = ext_open(w, OID_AND_LEN(OID_OCSP_ARCHIVE_CUTOFF), false);

	der_put_generalized_time(w, us);
	ext_close(w, m);
	der_close(w, exts);
	der_close(w, tag);
}

static void put_single(struct der_out *w, const struct ocsp_single *s)
{
	size_t single = der_open(w, DER_SEQUENCE);

	der_put_raw(w, s->id->der);
	put_status(w, s);
	der_put_generalized_time(w, s->this_update);
	put_tagged_time(w, DER_CONSTRUCTED | 0, s->next_update);
	if (s->archive_cutoff)
		put_archive_cutoff(w, s->archive_cutoff);
	der_close(w, single);
}

/* byKey: SHA-1 of the public key's bits, not of the SPKI (RFC 6960 4.2.1). */
static void put_responder_id(struct der_out *w, const struct ocsp_signer *by)
{
	unsigned char hash[SHA1_LEN];
	size_t tag;

	if (by->by_name) {
		der_put(w, DER_CONSTRUCTED | 1, by->cert->subject_der);
		return;
	}
	tag = der_open(w, DER_CONSTRUCTED | 2);
	digest_sha1(key_read_bits(by->cert->spki), hash);
	der_put(w, DER_OCTET_STRING, blob_of(hash, sizeof(hash)));
	der_close(w, tag);
}

/* extended: the response says "revoked" of what was not issued, and so must say that it does (RFC
 * 6960 2.2, 4.4.8). Critical, it stopped a client. */
static void put_extensions(struct der_out *w, const struct ocsp_request *request, bool extended)
{
	size_t tag = der_open(w, DER_CONSTRUCTED | 1), exts = der_open(w, DER_SEQUENCE);

	if (request->has_nonce)
		ext_put(w, OID_AND_LEN(OID_OCSP_NONCE), false, request->nonce);
	if (extended)
		ext_put(w, OID_AND_LEN(OID_OCSP_EXTENDED_REVOKE), false, blob_of("\x05\x00", 2));
	der_close(w, exts);
	der_close(w, tag);
}

static void put_response_data(struct der_out *w, const struct ocsp_single *v, size_t n,
			      const struct ocsp_request *request, const struct ocsp_signer *by,
			      int64_t produced_at)
{
	size_t data = der_open(w, DER_SEQUENCE), list;
	bool extended = false;

	put_responder_id(w, by);
	der_put_generalized_time(w, produced_at);
	list = der_open(w, DER_SEQUENCE);
	for (size_t i = 0; i < n; i++) {
		put_single(w, &v[i]);
		extended |= v[i].unissued;
	}
	der_close(w, list);
	if (request->has_nonce || extended)
		put_extensions(w, request, extended);
	der_close(w, data);
}

/* certs [0]: the signer's alone; its issuer is the CA that the client asks about. */
static struct blob make_certs(struct arena *a, const struct cert *signer)
{
	struct der_out w;
	size_t tag, list;

	der_init(&w, a, signer->der.len + 16);
	tag = der_open(&w, DER_CONSTRUCTED | 0);
	list = der_open(&w, DER_SEQUENCE);
	der_put_raw(&w, signer->der);
	der_close(&w, list);
	der_close(&w, tag);
	return der_done(&w);
}

static struct blob wrap(struct arena *a, struct blob basic)
{
	struct der_out w;
	size_t response, tag, bytes;

	der_init(&w, a, basic.len + 64);
	response = der_open(&w, DER_SEQUENCE);
	der_put_number(&w, DER_ENUMERATED, OCSP_SUCCESSFUL);
	tag = der_open(&w, DER_CONSTRUCTED | 0);
	bytes = der_open(&w, DER_SEQUENCE);
	der_put_lit(&w, OID_OCSP_BASIC);
	der_put(&w, DER_OCTET_STRING, basic);
	der_close(&w, bytes);
	der_close(&w, tag);
	der_close(&w, response);
	return der_done(&w);
}

void ocsp_say_unissued(struct ocsp_single *s)
{
	s->status = OCSP_REVOKED;
	s->revoked_at = 0;
	s->reason = 6;		/* certificateHold, RFC 5280 5.3.1 */
	s->unissued = true;
}

int ocsp_response_make(struct arena *a, const struct ocsp_single *v, size_t n,
		       const struct ocsp_request *request, const struct ocsp_signer *by,
		       int64_t produced_at, struct blob *der, struct err *e)
{
	const struct key *key;
	struct der_out w;
	struct blob basic;

	if (n == 0)
		return err_fault(e, ERR_INTERNAL, "ocsp", "a response without a single answer");
	if (key_check_pair(by->key, by->cert->spki, e) < 0)
		return err_fault(e, ERR_INTERNAL, "ocsp",
				 "the signing key is not that of the responder's certificate");
	key = ossl_key_with_hash(a, by->key, by->hash, e);
	if (!key)
		return -1;
	der_init(&w, a, 256 + n * 256);
	put_response_data(&w, v, n, request, by, produced_at);
	if (ossl_seal(a, key, der_done(&w), make_certs(a, by->cert), &basic, e) < 0)
		return -1;
	*der = wrap(a, basic);
	return 0;
}

struct blob ocsp_error_make(struct arena *a, enum ocsp_response_status status)
{
	struct der_out w;
	size_t response;

	der_init(&w, a, 8);
	response = der_open(&w, DER_SEQUENCE);
	der_put_number(&w, DER_ENUMERATED, (uint64_t)status);
	der_close(&w, response);
	return der_done(&w);
}
