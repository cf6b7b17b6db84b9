/* Making SignedData (RFC 5652 5). */
#include "pki/cms_signed.h"
#include "pki/der.h"
#include "pki/ossl.h"

#define OID_SIGNED_DATA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
#define OID_CONTENT_TYPE "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03"
#define OID_MESSAGE_DIGEST "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04"
#define OID_SIGNING_TIME "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05"
#define ALG_SHA2(n) "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" n	/* RFC 5754 2 */

/* RFC 8419 3: a signature by Ed25519 goes with SHA-512. */
static const EVP_MD *digest_of(const struct key *k)
{
	return k->md ? k->md : ossl_md_get(OSSL_SHA512);
}

static void put_digest_algorithm(struct der_out *w, const struct key *k)
{
	switch (EVP_MD_get_size(digest_of(k))) {
	case 32:
		der_put_lit(w, ALG_SHA2("\x01"));
		break;
	case 48:
		der_put_lit(w, ALG_SHA2("\x02"));
		break;
	default:
		der_put_lit(w, ALG_SHA2("\x03"));
	}
}

static void put_attribute(struct der_out *w, struct blob oid, struct blob value)
{
	size_t seq = der_open(w, DER_SEQUENCE);

	der_put_raw(w, oid);
	der_put(w, DER_SET, value);
	der_close(w, seq);
}

#define OID_BLOB(oid) blob_of(oid, sizeof(oid) - 1)

/* The SET OF, in the order of DER: by their lengths here. */
static int make_attributes(struct arena *a, const struct cms_sign_spec *spec, struct blob *set,
			   struct err *e)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct der_out w, time, octets;
	unsigned len;
	size_t mark;

	if (EVP_Digest(spec->content.data, spec->content.len, digest, &len, digest_of(spec->key),
		       NULL) != 1)
		return ossl_fault(e, "digesting a message");
	der_init(&time, a, 32);
	der_put_time(&time, spec->now);
	der_init(&octets, a, 80);
	der_put(&octets, DER_OCTET_STRING, blob_of(digest, len));
	der_init(&w, a, 256);
	mark = der_open(&w, DER_SET);
	put_attribute(&w, OID_BLOB(OID_CONTENT_TYPE), spec->type);
	put_attribute(&w, OID_BLOB(OID_SIGNING_TIME), der_done(&time));
	put_attribute(&w, OID_BLOB(OID_MESSAGE_DIGEST), der_done(&octets));
	der_close(&w, mark);
	*set = der_done(&w);
	return 0;
}

static void put_signer(struct der_out *w, const struct cms_sign_spec *spec, struct blob attributes,
		       struct blob signature)
{
	size_t info = der_open(w, DER_SEQUENCE), id, at;

	der_put_number(w, DER_INTEGER, 1);	/* for issuerAndSerialNumber */
	id = der_open(w, DER_SEQUENCE);
	der_put_raw(w, spec->signer->issuer_der);
	der_put_integer(w, spec->signer->serial);
	der_close(w, id);
	put_digest_algorithm(w, spec->key);
	at = w->len;
	der_put_raw(w, attributes);
	w->data[at] = DER_CONSTRUCTED | 0;
	der_put_raw(w, spec->key->algorithm);
	der_put(w, DER_OCTET_STRING, signature);
	der_close(w, info);
}

static void put_content(struct der_out *w, const struct cms_sign_spec *spec)
{
	size_t seq = der_open(w, DER_SEQUENCE), wrap;

	der_put_raw(w, spec->type);
	wrap = der_open(w, DER_CONSTRUCTED | 0);
	der_put(w, DER_OCTET_STRING, spec->content);
	der_close(w, wrap);
	der_close(w, seq);
}

int cms_signed_make(struct arena *a, const struct cms_sign_spec *spec, struct blob *der,
		    struct err *e)
{
	OSSL_SCOPE;
	size_t info, wrap, data, set, room = 2048 + spec->content.len;
	struct blob attributes, signature;
	struct der_out w;

	if (make_attributes(a, spec, &attributes, e) < 0 ||
	    key_sign(a, spec->key, attributes, &signature, e) < 0)
		return -1;
	for (size_t i = 0; i < spec->ncerts; i++)
		room += spec->certs[i].len;
	der_init(&w, a, room);
	info = der_open(&w, DER_SEQUENCE);
	der_put_lit(&w, OID_SIGNED_DATA);
	wrap = der_open(&w, DER_CONSTRUCTED | 0);
	data = der_open(&w, DER_SEQUENCE);
	der_put_number(&w, DER_INTEGER, 3);	/* RFC 5652 5.1: the content is not id-data */
	set = der_open(&w, DER_SET);
	put_digest_algorithm(&w, spec->key);
	der_close(&w, set);
	put_content(&w, spec);
	if (spec->ncerts > 0) {
		set = der_open(&w, DER_CONSTRUCTED | 0);
		for (size_t i = 0; i < spec->ncerts; i++)
			der_put_raw(&w, spec->certs[i]);
		der_close(&w, set);
	}
	set = der_open(&w, DER_SET);
	put_signer(&w, spec, attributes, signature);
	der_close(&w, set);
	der_close(&w, data);
	der_close(&w, wrap);
	der_close(&w, info);
	*der = der_done(&w);
	return 0;
}
