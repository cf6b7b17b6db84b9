/* Public keys as they come from outside, read from their DER (RFC 3279, RFC 5480, RFC 8410). */
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <string.h>

#include "pki/der.h"
#include "pki/key.h"
#include "pki/ossl.h"

#define OID_RSA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define OID_EC "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
#define OID_DSA "\x06\x07\x2a\x86\x48\xce\x38\x04\x01"
#define OID_ED25519 "\x06\x03\x2b\x65\x70"

#define OID_AND_LEN(oid) oid, sizeof(oid) - 1

enum { RSA_MIN_BITS = 2048, RSA_MAX_BITS = 8192, RSA_MAX_EXPONENT = 8 /* octets */ };

struct spki {
	struct blob algorithm;	/* the OID's content */
	struct blob parameters;	/* whole, empty when absent */
	struct blob bits;
};

static const struct {
	const char *oid;
	size_t len;
	enum key_type type;
} algorithms[] = {
	{ OID_AND_LEN(OID_EC), KEY_ECDSA },
	{ OID_AND_LEN(OID_RSA), KEY_RSA },
	{ OID_AND_LEN(OID_ED25519), KEY_ED25519 },
	{ OID_AND_LEN(OID_DSA), KEY_DSA },
};

static const struct {
	const char *oid;
	size_t len;
	int bits;
	bool allowed;
	const char *group;
} curves[] = {
	{ OID_AND_LEN("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"), 256, true, "P-256" },
	{ OID_AND_LEN("\x06\x05\x2b\x81\x04\x00\x22"), 384, true, "P-384" },
	{ OID_AND_LEN("\x06\x05\x2b\x81\x04\x00\x23"), 521, true, "P-521" },
	{ OID_AND_LEN("\x06\x05\x2b\x81\x04\x00\x21"), 224, false, NULL },
};

struct blob key_type_oid(int type)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		if ((int)algorithms[i].type == type)
			return blob_of(algorithms[i].oid, algorithms[i].len);
	}
	return blob_of(NULL, 0);
}

struct blob key_curve_oid(int64_t bits)
{
	for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
		if (curves[i].bits == bits)
			return blob_of(curves[i].oid, curves[i].len);
	}
	return blob_of(NULL, 0);
}

int key_type_read(struct blob oid)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		if (der_equal(oid, algorithms[i].oid, algorithms[i].len))
			return (int)algorithms[i].type;
	}
	return KEY_UNKNOWN;
}

int64_t key_curve_read(struct blob oid)
{
	for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
		if (der_equal(oid, curves[i].oid, curves[i].len))
			return curves[i].bits;
	}
	return 0;
}

static bool spki_read(struct blob der, struct spki *s)
{
	struct der whole, alg, oid, bits;

	if (!der_check(der) || !der_only(der, DER_SEQUENCE, &whole))
		return false;
	if (!der_take(&whole.content, DER_SEQUENCE, &alg) ||
	    !der_only(whole.content, DER_BIT_STRING, &bits) ||
	    !der_take(&alg.content, DER_OID, &oid))
		return false;
	if (bits.content.len < 2 || bits.content.data[0] != 0)
		return false;
	s->algorithm = oid.content;
	s->parameters = alg.content;
	s->bits = blob_of(bits.content.data + 1, bits.content.len - 1);
	return true;
}

static enum key_type type_of(const struct spki *s)
{
	return (enum key_type)key_type_read(s->algorithm);
}

/* An index into curves, or -1: another curve, or not by name (RFC 5480 2.1.1). */
static int curve_of(const struct spki *s)
{
	struct der oid;

	if (!der_only(s->parameters, DER_OID, &oid))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
		if (der_equal(oid.content, curves[i].oid, curves[i].len))
			return (int)i;
	}
	return -1;
}

struct rsa_numbers {
	struct blob n, e;
	int64_t bits;
};

static bool read_rsa(const struct spki *s, struct rsa_numbers *r)
{
	struct der seq, n, exp;
	bool n_negative, e_negative;

	if (!der_check(s->bits) || !der_only(s->bits, DER_SEQUENCE, &seq) ||
	    !der_take(&seq.content, DER_INTEGER, &n) || !der_only(seq.content, DER_INTEGER, &exp))
		return false;
	if (!der_read_integer(&n, &r->n, &n_negative) ||
	    !der_read_integer(&exp, &r->e, &e_negative))
		return false;
	r->bits = (int64_t)r->n.len * 8;
	for (unsigned top = r->n.data[0]; top < 0x80 && r->bits > 0; top = top << 1 | 1)
		r->bits--;
	return !n_negative && !e_negative;
}

static void spec_of(const struct spki *s, struct key_spec *spec)
{
	struct rsa_numbers r;
	int curve;

	spec->type = type_of(s);
	spec->bits = 0;
	if (spec->type == KEY_RSA && read_rsa(s, &r))
		spec->bits = r.bits;
	curve = spec->type == KEY_ECDSA ? curve_of(s) : -1;
	if (curve >= 0)
		spec->bits = curves[curve].bits;
}

void key_read_spec(struct blob spki, struct key_spec *spec)
{
	struct spki s;

	*spec = (struct key_spec){ .type = KEY_UNKNOWN };
	if (spki_read(spki, &s))
		spec_of(&s, spec);
}

struct blob key_read_bits(struct blob spki)
{
	struct spki s;

	return spki_read(spki, &s) ? s.bits : blob_of(NULL, 0);
}

static int malformed(struct err *e, const char *what)
{
	return err_set(e, ERR_MALFORMED, "key_malformed", "the public key is malformed: %s", what);
}

#define weak(e, ...) err_set(e, ERR_REJECTED, "weak_key", "the public key is refused: " __VA_ARGS__)

static int check_rsa(const struct spki *s, struct err *e)
{
	struct rsa_numbers r;
	struct der null;

	if (s->parameters.len && (!der_only(s->parameters, DER_NULL, &null) || null.content.len))
		return malformed(e, "RSA parameters are not NULL (RFC 3279 2.3.1)");
	if (!read_rsa(s, &r))
		return malformed(e, "expected a modulus and an exponent (RFC 3279 2.3.1)");
	if (r.bits < RSA_MIN_BITS || r.bits > RSA_MAX_BITS)
		return weak(e, "expected RSA of %d to %d bits, got %lld", RSA_MIN_BITS,
			    RSA_MAX_BITS, (long long)r.bits);
	if (!(r.n.data[r.n.len - 1] & 1))
		return weak(e, "the RSA modulus is even");
	if (!(r.e.data[r.e.len - 1] & 1))
		return weak(e, "the RSA exponent is even");
	if (r.e.len > RSA_MAX_EXPONENT)
		return weak(e, "the RSA exponent is longer than 64 bits");
	if (r.e.len == 1 && r.e.data[0] < 3)
		return weak(e, "the RSA exponent is smaller than 3");
	return 0;
}

static int check_ec(const struct spki *s, struct err *e)
{
	int curve = curve_of(s);
	size_t coordinate;

	if (s->parameters.len && s->parameters.data[0] == DER_SEQUENCE)
		return weak(e, "explicit EC parameters, expected a named curve (RFC 5480 2.1.1)");
	if (curve < 0 || !curves[curve].allowed)
		return weak(e, "expected curve P-256, P-384 or P-521, got %s",
			    curve < 0 ? "another" : "P-224");
	coordinate = (size_t)(curves[curve].bits + 7) / 8;
	if (s->bits.data[0] == 4 ? s->bits.len != 1 + 2 * coordinate
				 : (s->bits.data[0] != 2 && s->bits.data[0] != 3) ||
					   s->bits.len != 1 + coordinate)
		return malformed(e, "not a point of its curve (RFC 5480 2.2)");
	return 0;
}

static int check_ed25519(const struct spki *s, struct err *e)
{
	if (s->parameters.len || s->bits.len != 32)
		return malformed(e, "expected 32 octets without parameters (RFC 8410 3, 4)");
	return 0;
}

int ossl_spki_check(struct blob spki, struct key_spec *spec, struct err *e)
{
	struct spki s;

	*spec = (struct key_spec){ .type = KEY_UNKNOWN };
	if (!spki_read(spki, &s))
		return malformed(e, "not the DER of a SubjectPublicKeyInfo (RFC 5280 4.1.2.7)");
	spec_of(&s, spec);
	switch ((enum key_type)spec->type) {
	case KEY_RSA:
		return check_rsa(&s, e);
	case KEY_ECDSA:
		return check_ec(&s, e);
	case KEY_ED25519:
		return check_ed25519(&s, e);
	case KEY_DSA:
		return weak(e, "expected RSA, ECDSA or Ed25519, got DSA");
	case KEY_UNKNOWN:
		break;
	}
	return weak(e, "expected RSA, ECDSA or Ed25519, got another algorithm");
}

AUTO_TYPE(OSSL_PARAM, OSSL_PARAM, OSSL_PARAM_free)
AUTO_TYPE(OSSL_PARAM_BLD, OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)
AUTO_TYPE(BIGNUM, BIGNUM, BN_free)

static EVP_PKEY *pkey_from(const char *type, OSSL_PARAM *params)
{
	AUTO(EVP_PKEY_CTX) *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;

	if (!ctx || !params || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		return NULL;
	return pkey;
}

static EVP_PKEY *pkey_of_ec(const struct spki *s)
{
	int curve = curve_of(s);
	OSSL_PARAM params[3] = { OSSL_PARAM_END, OSSL_PARAM_END, OSSL_PARAM_END };
	char group[8] = "";

	if (curve < 0 || !curves[curve].allowed)
		return NULL;
	memcpy(group, curves[curve].group, strlen(curves[curve].group));
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
						      (void *)(uintptr_t)s->bits.data, s->bits.len);
	return pkey_from("EC", params);
}

static EVP_PKEY *pkey_of_rsa(const struct spki *s)
{
	AUTO(OSSL_PARAM_BLD) *build = OSSL_PARAM_BLD_new();
	AUTO(OSSL_PARAM) *params = NULL;
	AUTO(BIGNUM) *n = NULL, *e = NULL;
	struct rsa_numbers r;

	if (!build || !read_rsa(s, &r))
		return NULL;
	n = BN_bin2bn(r.n.data, (int)r.n.len, NULL);
	e = BN_bin2bn(r.e.data, (int)r.e.len, NULL);
	if (!n || !e || !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) ||
	    !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e))
		return NULL;
	params = OSSL_PARAM_BLD_to_param(build);
	return pkey_from("RSA", params);
}

/* From its numbers: OpenSSL 3.0 looks for a decoder of the DER among all that it has, and that costs
 * ten times what the decoding does. */
EVP_PKEY *ossl_pubkey_read(struct blob spki)
{
	struct spki s;

	if (!spki_read(spki, &s))
		return NULL;
	switch (type_of(&s)) {
	case KEY_ECDSA:
		return pkey_of_ec(&s);
	case KEY_RSA:
		return pkey_of_rsa(&s);
	case KEY_ED25519:
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, s.bits.data, s.bits.len);
	case KEY_DSA:
	case KEY_UNKNOWN:
		break;
	}
	return NULL;
}

int key_check_spki(struct blob spki, struct key_spec *spec, struct err *e)
{
	OSSL_SCOPE;
	AUTO(EVP_PKEY) *pkey = NULL;

	if (ossl_spki_check(spki, spec, e) < 0)
		return -1;
	pkey = ossl_pubkey_read(spki);
	if (!pkey)
		return malformed(e, "it does not decode (RFC 5280 4.1.2.7)");
	return 0;
}
