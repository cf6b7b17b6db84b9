#include "pki/ocsp.h"

#include "pki/der.h"
#include "pki/ext.h"

#define OID_AND_LEN(oid) oid, sizeof(oid) - 1
#define SHA2(n) "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" n

enum { NONCE_MAX = 128 };	/* RFC 9654 2.1 */

static const struct {
	const char *oid;
	size_t len;
	enum ocsp_hash hash;
} hashes[] = {
	{ OID_AND_LEN("\x06\x05\x2b\x0e\x03\x02\x1a"), OCSP_SHA1 },
	{ OID_AND_LEN(SHA2("\x01")), OCSP_SHA256 },
	{ OID_AND_LEN(SHA2("\x02")), OCSP_SHA384 },
	{ OID_AND_LEN(SHA2("\x03")), OCSP_SHA512 },
};

static int malformed(struct err *e, const char *what)
{
	return err_set(e, ERR_MALFORMED, "ocsp_malformed",
		       "the OCSP request is malformed: %s (RFC 6960 4.1.1)", what);
}

static enum ocsp_hash hash_of(const struct der *oid)
{
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		if (der_equal(oid->content, hashes[i].oid, hashes[i].len))
			return hashes[i].hash;
	}
	return OCSP_HASH_OTHER;
}

/* Of a hash that is known here: none, or NULL (RFC 5754 2). What else a client puts there would be
 * echoed and kept, as another answer each time. */
static bool are_parameters(struct blob in)
{
	return in.len == 0 || blob_equal(in, blob_of("\x05\x00", 2));
}

static bool read_certid(const struct der *v, struct ocsp_certid *id)
{
	struct blob in = v->content;
	struct der alg, oid, name, key, serial;

	if (!der_take(&in, DER_SEQUENCE, &alg) || !der_take(&alg.content, DER_OID, &oid) ||
	    !der_take(&in, DER_OCTET_STRING, &name) || !der_take(&in, DER_OCTET_STRING, &key) ||
	    !der_only(in, DER_INTEGER, &serial))
		return false;
	id->der = v->whole;
	id->hash = hash_of(&oid);
	if (id->hash != OCSP_HASH_OTHER && !are_parameters(alg.content))
		return false;
	id->name_hash = name.content;
	id->key_hash = key.content;
	return der_read_integer(&serial, &id->serial, &id->serial_negative);
}

/* The limits are of the nonce's own octets. Old clients put them into extnValue as they are,
 * without an OCTET STRING around them. */
static int read_nonce(struct blob value, struct ocsp_request *r, struct err *e)
{
	struct der wrapped;
	size_t len = der_only(value, DER_OCTET_STRING, &wrapped) ? wrapped.content.len : value.len;

	if (r->has_nonce)
		return malformed(e, "the nonce twice");
	if (len == 0 || len > NONCE_MAX)
		return err_set(e, ERR_MALFORMED, "ocsp_malformed",
			       "expected a nonce of 1 to %d "
			       "octets, got %zu (RFC 9654 2.1)",
			       NONCE_MAX, len);
	r->has_nonce = true;
	r->nonce = value;
	return 0;
}

/* RFC 6960 4.4.3: what the client can read. This responder writes nothing but basic ones. */
static int read_acceptable(struct blob value, struct err *e)
{
	struct der list, oid;
	bool basic = false;

	if (!der_only(value, DER_SEQUENCE, &list))
		return malformed(e, "the acceptable responses");
	while (list.content.len) {
		if (!der_take(&list.content, DER_OID, &oid))
			return malformed(e, "the acceptable responses");
		basic |= blob_equal(oid.whole, blob_of(OID_AND_LEN(OID_OCSP_BASIC)));
	}
	return basic ? 0 : malformed(e, "basic responses are not acceptable");
}

static int read_preferred(struct blob value, struct ocsp_request *r, struct err *e)
{
	struct der list, one, algorithm, oid;
	struct blob rest;

	if (r->preferred.len || !der_only(value, DER_SEQUENCE, &list))
		return malformed(e, "the preferred signature algorithms");
	rest = list.content;
	while (rest.len) {
		if (!der_take(&rest, DER_SEQUENCE, &one) ||
		    !der_take(&one.content, DER_SEQUENCE, &algorithm) ||
		    !der_take(&algorithm.content, DER_OID, &oid) ||
		    (one.content.len && !der_only(one.content, DER_SEQUENCE, &algorithm)))
			return malformed(e, "the preferred signature algorithms");
	}
	r->preferred = list.content;
	return 0;
}

/* One of the whole request. */
static int read_extension(const struct ext *x, struct ocsp_request *r, struct err *e)
{
	if (der_is(&x->oid, OID_OCSP_NONCE))
		return read_nonce(x->value, r, e);
	if (der_is(&x->oid, OID_OCSP_RESPONSE))
		return read_acceptable(x->value, e);
	if (der_is(&x->oid, OID_OCSP_PREFERRED))
		return read_preferred(x->value, r, e);
	return x->critical ? malformed(e, "an unknown critical extension") : 0;
}

/* exts: the SEQUENCE. single: those of one Request, of which none is known here. */
static int read_extensions(struct blob exts, bool single, struct ocsp_request *r, struct err *e)
{
	struct der seq;
	struct ext x;

	if (!der_only(exts, DER_SEQUENCE, &seq) || seq.content.len == 0)
		return malformed(e, "extensions");
	while (seq.content.len) {
		if (!ext_next(&seq.content, &x))
			return malformed(e, "an extension");
		if (single && x.critical)
			return malformed(e, "an unknown critical extension of one certificate");
		if (!single && read_extension(&x, r, e) < 0)
			return -1;
	}
	return 0;
}

static int read_requests(struct arena *a, struct blob list, struct ocsp_request *r, struct err *e)
{
	struct der request, certid, exts;

	r->ids = arena_array(a, OCSP_MAX_IDS, sizeof(*r->ids));
	if (list.len == 0)
		return malformed(e, "no CertID");
	while (list.len) {
		if (r->n == OCSP_MAX_IDS)
			return malformed(e, "more than 64 CertIDs");
		if (!der_take(&list, DER_SEQUENCE, &request) ||
		    !der_take(&request.content, DER_SEQUENCE, &certid) ||
		    !read_certid(&certid, &r->ids[r->n]))
			return malformed(e, "a CertID");
		r->n++;
		if (request.content.len == 0)
			continue;
		if (!der_only(request.content, DER_CONSTRUCTED | 0, &exts))
			return malformed(e, "a request");
		if (read_extensions(exts.content, true, r, e) < 0)
			return -1;
	}
	return 0;
}

static int read_tbs(struct arena *a, struct blob tbs, struct ocsp_request *r, struct err *e)
{
	struct der v, number, list;
	int64_t version = 0;

	if (der_take(&tbs, DER_CONSTRUCTED | 0, &v) &&
	    (!der_only(v.content, DER_INTEGER, &number) || !der_read_small(&number, 0, &version)))
		return malformed(e, "expected version 0 (v1)");
	if (der_take(&tbs, DER_CONSTRUCTED | 1, &v) &&
	    (!der_next(&v.content, &number) || v.content.len))
		return malformed(e, "requestorName");
	if (!der_take(&tbs, DER_SEQUENCE, &list))
		return malformed(e, "requestList");
	if (read_requests(a, list.content, r, e) < 0)
		return -1;
	if (tbs.len == 0)
		return 0;
	if (!der_only(tbs, DER_CONSTRUCTED | 2, &v))
		return malformed(e, "what follows the requestList");
	return read_extensions(v.content, false, r, e);
}

/* Signature (RFC 6960 4.1.1), inside its [0]. */
static bool is_signature(struct blob in)
{
	struct der v, algorithm, oid, bits, certs;

	if (!der_only(in, DER_SEQUENCE, &v) || !der_take(&v.content, DER_SEQUENCE, &algorithm) ||
	    !der_take(&algorithm.content, DER_OID, &oid) ||
	    !der_take(&v.content, DER_BIT_STRING, &bits) || bits.content.len < 2 ||
	    bits.content.data[0] != 0)
		return false;
	if (v.content.len == 0)
		return true;
	if (!der_only(v.content, DER_CONSTRUCTED | 0, &v) ||
	    !der_only(v.content, DER_SEQUENCE, &certs))
		return false;
	while (certs.content.len) {
		if (!der_take(&certs.content, DER_SEQUENCE, &v))
			return false;
	}
	return true;
}

size_t ocsp_request_size(struct blob start)
{
	return start.len && start.data[0] == DER_SEQUENCE ? der_size(start) : 0;
}

int ocsp_request_read(struct arena *a, struct blob der, struct ocsp_request *r, struct err *e)
{
	struct der whole, tbs, signature;

	*r = (struct ocsp_request){ .n = 0 };
	if (!der_check(der))
		return malformed(e, "expected one DER value and nothing after it");
	der = arena_blob(a, der.data, der.len);
	if (!der_only(der, DER_SEQUENCE, &whole) || !der_take(&whole.content, DER_SEQUENCE, &tbs))
		return malformed(e, "tbsRequest");
	if (whole.content.len && (!der_only(whole.content, DER_CONSTRUCTED | 0, &signature) ||
				  !is_signature(signature.content)))
		return malformed(e, "the signature");
	return read_tbs(a, tbs.content, r, e);
}
