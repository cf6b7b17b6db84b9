#include "pki/crmf.h"

#include "pki/csr_part.h"
#include "pki/der.h"
#include "pki/ossl.h"

static int malformed(struct err *e, const char *what)
{
	return err_set(e, ERR_MALFORMED, "crmf_malformed",
		       "the certificate request message is malformed: %s (RFC 4211 3)", what);
}

static int refuse_template(struct err *e, const char *what)
{
	return err_set(e, ERR_REJECTED, "crmf_template", "the certTemplate %s (RFC 4211 5)", what);
}

/* The fields by their tags, which come in this order, each at most once. */
enum {
	T_VERSION,
	T_SERIAL,
	T_SIGNING_ALG,
	T_ISSUER,
	T_VALIDITY,
	T_SUBJECT,
	T_PUBLIC_KEY,
	T_ISSUER_UID,
	T_SUBJECT_UID,
	T_EXTENSIONS,
	T_COUNT,
};

static int split_template(struct blob in, struct der fields[T_COUNT], struct err *e)
{
	unsigned next = 0, number;
	struct der v;

	while (in.len) {
		if (!der_next(&in, &v) || v.tag >> 6 != 2)
			return malformed(e, "certTemplate");
		number = v.tag & 0x1f;
		if (number < next || number >= T_COUNT)
			return malformed(e, "a field of certTemplate twice, or in another order");
		fields[number] = v;
		next = number + 1;
	}
	return 0;
}

/* The same value with the tag that it has outside of a template. */
static struct blob retag(struct arena *a, const struct der *v, unsigned tag)
{
	struct der_out w;

	der_init(&w, a, v->whole.len);
	der_put(&w, tag, v->content);
	return der_done(&w);
}

static int read_template(struct arena *a, struct blob in, struct csr *r, struct err *e)
{
	struct der fields[T_COUNT] = { { 0 } }, name;

	if (split_template(in, fields, e) < 0)
		return -1;
	if (fields[T_VERSION].tag &&
	    !blob_equal(fields[T_VERSION].content, blob_of("\x02", 1)))	/* v3 */
		return refuse_template(e, "asks for another version than 3");
	if (fields[T_SERIAL].tag || fields[T_SIGNING_ALG].tag || fields[T_ISSUER_UID].tag ||
	    fields[T_SUBJECT_UID].tag)
		return refuse_template(e, "asks for a serial number, an algorithm or a unique id, "
					  "which are the CA's to choose");
	if (!fields[T_SUBJECT].tag || !fields[T_PUBLIC_KEY].tag)
		return refuse_template(e, "has no subject or no public key");
	if (fields[T_SUBJECT].tag != (DER_CONSTRUCTED | T_SUBJECT) ||
	    !der_only(fields[T_SUBJECT].content, DER_SEQUENCE, &name))
		return malformed(e, "subject");
	r->subject_der = name.whole;
	r->spki = retag(a, &fields[T_PUBLIC_KEY], DER_SEQUENCE);
	if (csr_part_subject(a, r, e) < 0 || ossl_spki_check(r->spki, &r->key, e) < 0)
		return -1;
	if (!fields[T_EXTENSIONS].tag)
		return 0;
	return csr_part_extensions(retag(a, &fields[T_EXTENSIONS], DER_SEQUENCE), r, e);
}

static int read_request(struct arena *a, struct blob in, struct csr *r, struct err *e)
{
	struct der v;

	if (!der_take(&in, DER_INTEGER, &v) || !der_take(&in, DER_SEQUENCE, &v))
		return malformed(e, "certReq");
	if (in.len)
		return err_set(e, ERR_REJECTED, "crmf_control",
			       "the request has controls, of which none is supported (RFC 4211 6)");
	return read_template(a, v.content, r, e);
}

static int refuse_pop(struct err *e, const char *code, const char *got)
{
	return err_set(e, ERR_REJECTED, code,
		       "expected proof of possession by a signature over the request, got %s "
		       "(RFC 4211 4.1)",
		       got);
}

/* popo: what follows certReq; *in is what follows it. */
static int read_pop(struct blob *in, struct csr *r, struct err *e)
{
	struct der popo, algorithm, bits;

	if (in->len == 0 || in->data[0] == DER_SEQUENCE)
		return refuse_pop(e, "pop_required", "none");
	if (!der_next(in, &popo))
		return malformed(e, "popo");
	if (popo.tag == (DER_CONTEXT | 0))
		return refuse_pop(e, "pop_required", "raVerified");
	if (popo.tag != (DER_CONSTRUCTED | 1))
		return refuse_pop(e, "pop_unsupported", "another method");
	if (popo.content.len && popo.content.data[0] == (DER_CONSTRUCTED | 0))
		return refuse_pop(e, "pop_unsupported", "a signature over poposkInput");
	if (!der_take(&popo.content, DER_SEQUENCE, &algorithm) ||
	    !der_only(popo.content, DER_BIT_STRING, &bits) || bits.content.len < 1 ||
	    bits.content.data[0] != 0)
		return malformed(e, "the signature of popo");
	r->signature = blob_of(bits.content.data + 1, bits.content.len - 1);
	if (csr_part_algorithm(algorithm.content, r, e) < 0)
		return -1;
	return r->algorithm ? 0 : refuse_pop(e, "pop_unsupported", "RSASSA-PSS");
}

struct csr *crmf_read(struct arena *a, struct blob der, struct err *e)
{
	OSSL_SCOPE;
	struct csr *r = arena_alloc(a, sizeof(*r));
	struct der whole, request;

	if (!der_check(der)) {
		malformed(e, "expected one DER value and nothing after it");
		return NULL;
	}
	r->der = der = arena_blob(a, der.data, der.len);
	r->crmf = true;
	if (!der_only(der, DER_SEQUENCE, &whole) ||
	    !der_take(&whole.content, DER_SEQUENCE, &request)) {
		malformed(e, "expected a request and its proof of possession");
		return NULL;
	}
	r->info = request.whole;
	if (read_request(a, request.content, r, e) < 0 || read_pop(&whole.content, r, e) < 0)
		return NULL;
	if (whole.content.len) {
		err_set(e, ERR_REJECTED, "crmf_control",
			"the request has regInfo, which is not supported (RFC 4211 7)");
		return NULL;
	}
	if (csr_part_key(a, r, e) < 0)
		return NULL;
	digest_sha256(der, r->sha256);
	return r;
}
