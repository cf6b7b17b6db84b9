#include "pki/cert.h"

#include <limits.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/b64.h"
#include "pki/der.h"
#include "pki/ext.h"
#include "pki/name.h"
#include "pki/ossl.h"

static int malformed(struct err *e, const char *what)
{
	return err_set(e, ERR_MALFORMED, "certificate_malformed",
		       "the certificate is malformed: %s (RFC 5280 4.1)", what);
}

static int read_validity(struct blob content, struct cert *c, struct err *e)
{
	struct der from, to;

	if (!der_next(&content, &from) || !der_next(&content, &to) || content.len ||
	    !der_read_time(&from, &c->not_before) || !der_read_time(&to, &c->not_after))
		return malformed(e, "validity");
	return 0;
}

static int read_extensions(struct blob exts, struct cert *c, struct err *e)
{
	struct ext_set s;

	if (ext_read(exts, "certificate_malformed", &s, e) < 0)
		return -1;
	c->ski = s.ski;
	c->aki = s.aki;
	c->san = s.san;
	c->key_usage = s.key_usage;
	c->ext_key_usage = s.ext_key_usage;
	c->has_ext_key_usage = s.has_ext_key_usage;
	c->is_ca = s.is_ca;
	c->path_len = s.path_len;
	return 0;
}

static int read_names(struct cert *c, struct err *e)
{
	const struct blob der[2] = { c->subject_der, c->issuer_der };
	struct subject *const names[2] = { &c->subject, &c->issuer };

	if (name_read_pair(c->arena, der, names, &c->self_issued, e) < 0)
		return malformed(e, "a name");
	return 0;
}

/* What follows the SPKI: issuerUniqueID [1], subjectUniqueID [2], extensions [3]. */
static int read_tail(struct blob tbs, int64_t version, struct cert *c, struct err *e)
{
	struct der v;

	der_take(&tbs, DER_CONTEXT | 1, &v);
	der_take(&tbs, DER_CONTEXT | 2, &v);
	if (tbs.len == 0)
		return 0;
	if (!der_only(tbs, DER_CONSTRUCTED | 3, &v) || version != 2)
		return malformed(e, "what follows the public key");
	return read_extensions(v.content, c, e);
}

static int read_tbs(struct blob tbs, struct cert *c, struct err *e)
{
	struct der v, number;
	int64_t version = 0;
	bool negative;

	if (der_take(&tbs, DER_CONSTRUCTED | 0, &v) &&
	    (!der_only(v.content, DER_INTEGER, &number) || !der_read_small(&number, 2, &version)))
		return malformed(e, "version");
	if (!der_take(&tbs, DER_INTEGER, &v) || !der_read_integer(&v, &c->serial, &negative))
		return malformed(e, "serialNumber");
	if (!der_take(&tbs, DER_SEQUENCE, &v))
		return malformed(e, "signature");
	if (!der_take(&tbs, DER_SEQUENCE, &v))
		return malformed(e, "issuer");
	c->issuer_der = v.whole;
	if (!der_take(&tbs, DER_SEQUENCE, &v))
		return malformed(e, "validity");
	if (read_validity(v.content, c, e) < 0)
		return -1;
	if (!der_take(&tbs, DER_SEQUENCE, &v))
		return malformed(e, "subject");
	c->subject_der = v.whole;
	if (!der_take(&tbs, DER_SEQUENCE, &v))
		return malformed(e, "subjectPublicKeyInfo");
	c->spki = v.whole;
	key_read_spec(c->spki, &c->key);
	return read_tail(tbs, version, c, e);
}

struct cert *cert_read(struct arena *a, struct blob der, struct err *e)
{
	struct cert *c = arena_alloc(a, sizeof(*c));
	struct der whole, tbs, algorithm, signature;

	if (!der_check(der)) {
		malformed(e, "expected one DER value and nothing after it");
		return NULL;
	}
	c->arena = a;
	c->path_len = -1;
	c->der = der = arena_blob(a, der.data, der.len);
	if (!der_only(der, DER_SEQUENCE, &whole) || !der_take(&whole.content, DER_SEQUENCE, &tbs) ||
	    !der_take(&whole.content, DER_SEQUENCE, &algorithm) ||
	    !der_only(whole.content, DER_BIT_STRING, &signature)) {
		malformed(e, "expected a certificate, its algorithm and its signature");
		return NULL;
	}
	if (read_tbs(tbs.content, c, e) < 0 || read_names(c, e) < 0)
		return NULL;
	digest_sha256(der, c->sha256);
	return c;
}

static void release(void *x509)
{
	X509_free(x509);
}

X509 *ossl_x509_get(const struct cert *c)
{
	struct cert *own = (struct cert *)c;

	if (!c->x509) {
		own->x509 = ossl_x509_read(c->der);
		if (own->x509)
			arena_defer(c->arena, release, own->x509);
	}
	return c->x509;
}

int cert_check_signed_by(const struct cert *c, const struct cert *issuer, struct err *e)
{
	OSSL_SCOPE;
	X509 *x = ossl_x509_get(c), *by = ossl_x509_get(issuer);
	EVP_PKEY *key = by ? X509_get0_pubkey(by) : NULL;

	if (!name_equal(c->issuer_der, issuer->subject_der))
		return err_set(e, ERR_REJECTED, "certificate_issuer",
			       "the certificate's issuer is "
			       "\"%s\", expected \"%s\" (RFC 5280 4.1.2.4)",
			       name_text(c->arena, c->issuer_der),
			       name_text(c->arena, issuer->subject_der));
	if (!x || !key || X509_verify(x, key) != 1)
		return err_set(e, ERR_REJECTED, "certificate_signature",
			       "the certificate's "
			       "signature is not its issuer's (RFC 5280 4.1.1.3)");
	return 0;
}

/* One PEM block, of any kind. */
struct pem_block {
	char *name, *header;
	unsigned char *data;
	long len;
};

static void pem_block_fini(struct pem_block *b)
{
	OPENSSL_free(b->name);
	OPENSSL_free(b->header);
	OPENSSL_clear_free(b->data, b->len > 0 ? (size_t)b->len : 0);
}

/* 1: a certificate, or another block (*c is NULL then); 0: no more; -1. */
static int next_block(struct arena *a, BIO *in, struct cert **c, struct err *e)
{
	__attribute__((cleanup(pem_block_fini))) struct pem_block b = { .name = NULL };

	*c = NULL;
	if (PEM_read_bio(in, &b.name, &b.header, &b.data, &b.len) != 1) {
		if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) {
			ERR_clear_error();
			return 0;
		}
		return err_set(e, ERR_MALFORMED, "certificate_malformed",
			       "the PEM text is malformed (RFC 7468)");
	}
	if (strcmp(b.name, PEM_STRING_X509) != 0 && strcmp(b.name, PEM_STRING_X509_OLD) != 0)
		return 1;
	*c = cert_read(a, blob_of(b.data, (size_t)b.len), e);
	return *c ? 1 : -1;
}

static BIO *pem_open(const char *pem, size_t len)
{
	return len > INT_MAX ? NULL : BIO_new_mem_buf(pem, (int)len);
}

static int no_certificate(struct err *e)
{
	return err_set(e, ERR_MALFORMED, "certificate_malformed",
		       "expected a certificate in PEM (RFC 7468 5), got none");
}

struct cert *cert_read_pem(struct arena *a, const char *pem, size_t len, struct err *e)
{
	OSSL_SCOPE;
	AUTO(BIO) *in = pem_open(pem, len);
	struct cert *c = NULL;
	int rc = 1;

	while (in && !c && (rc = next_block(a, in, &c, e)) > 0)
		;
	if (!c && rc >= 0)
		no_certificate(e);
	return c;
}

int cert_read_pem_list(struct arena *a, const char *pem, size_t len, struct cert ***v, size_t *n,
		       struct err *e)
{
	OSSL_SCOPE;
	AUTO(BIO) *in = pem_open(pem, len);
	size_t cap = 0;
	struct cert *c, **grown;
	int rc = 0;

	*v = NULL;
	*n = 0;
	while (in && (rc = next_block(a, in, &c, e)) > 0) {
		if (!c)
			continue;
		if (*n == cap) {
			cap = cap ? 2 * cap : 8;
			grown = arena_array(a, cap, sizeof(*grown));
			if (*n)
				memcpy(grown, *v, *n * sizeof(*grown));
			*v = grown;
		}
		(*v)[(*n)++] = c;
	}
	if (rc == 0 && *n == 0)
		return no_certificate(e);
	return rc;
}

char *cert_write_pem(struct arena *a, struct blob der)
{
	return arena_printf(a, "-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n",
			    b64_write(a, der, 64));
}

bool cert_is_constrained(const struct cert *c)
{
	OSSL_SCOPE;
	const int nids[] = { NID_name_constraints, NID_policy_constraints, NID_inhibit_any_policy };
	X509 *x = ossl_x509_get(c);

	if (!x || (c->has_ext_key_usage && c->ext_key_usage == 0))
		return true;
	for (size_t i = 0; i < sizeof(nids) / sizeof(nids[0]); i++) {
		if (X509_get_ext_by_NID(x, nids[i], -1) >= 0)
			return true;
	}
	return false;
}
