/* Making certificates (RFC 5280 4.1), octet by octet: the SPKI and the names go in as they came. */
#include <string.h>

#include "base/rand.h"
#include "pki/cert.h"
#include "pki/der.h"
#include "pki/ext.h"
#include "pki/name.h"
#include "pki/ossl.h"

enum { SERIAL_LEN = 18, SERIAL_MAX = 20 };

struct blob cert_make_serial(struct arena *a)
{
	unsigned char *p = arena_alloc(a, SERIAL_LEN);

	/*
	 * All of one length: no leading zero octet, in memory or in DER. So the base64 of an OCSP
	 * request for one, of 85 octets by SHA-1 or 113 by SHA-256, ends in "=", never in a slash,
	 * which would leave it without a file to be published in (publish_path.c).
	 */
	do {
		rand_fill(p, SERIAL_LEN);
		p[0] &= 0x7f;
	} while (p[0] == 0);
	return blob_of(p, SERIAL_LEN);
}

static int check_spec(const struct cert_spec *s, struct err *e)
{
	struct der name;

	if (s->serial.len == 0 || s->serial.len > SERIAL_MAX)
		return err_fault(e, ERR_INTERNAL, "certificate_spec",
				 "serial of %zu octets, expected 1 to %d (RFC 5280 4.1.2.2)",
				 s->serial.len, SERIAL_MAX);
	if (!der_check(s->subject_der) || !der_only(s->subject_der, DER_SEQUENCE, &name))
		return err_fault(e, ERR_INTERNAL, "certificate_spec", "subject: not a Name");
	if (s->san.len && !san_check(s->san))
		return err_fault(e, ERR_INTERNAL, "certificate_spec", "san: not GeneralNames");
	if (!key_read_bits(s->spki).len)
		return err_fault(e, ERR_INTERNAL, "certificate_spec", "spki: not a public key");
	return 0;
}

static bool name_is_empty(struct blob name)
{
	return name.len <= 2;
}

static unsigned key_usage_of(const struct cert_spec *s)
{
	if (s->is_ca && s->key_usage == 0)
		return KU_CERT_SIGN | KU_CRL_SIGN;
	return s->key_usage;
}

static void put_extensions(struct der_out *w, const struct cert_spec *s, struct blob ski,
			   struct blob aki)
{
	size_t tag = der_open(w, DER_CONSTRUCTED | 3), seq = der_open(w, DER_SEQUENCE);

	ext_put_basic_constraints(w, s->is_ca, s->path_len);
	if (key_usage_of(s))
		ext_put_key_usage(w, key_usage_of(s));
	if (s->ext_key_usage)
		ext_put_ext_key_usage(w, s->ext_key_usage);
	ext_put_ski(w, ski);
	ext_put_aki(w, aki);
	if (s->san.len)
		ext_put_san(w, s->san, name_is_empty(s->subject_der));
	if (s->ocsp_url && *s->ocsp_url)
		ext_put_ocsp_url(w, s->ocsp_url);
	if (s->crl_url && *s->crl_url)
		ext_put_crl_url(w, s->crl_url);
	if (s->ocsp_nocheck)
		ext_put_ocsp_nocheck(w);
	der_put_raw(w, s->further);
	der_close(w, seq);
	der_close(w, tag);
}

static void put_tbs(struct der_out *w, const struct cert_spec *s, const struct cert *issuer,
		    const struct key *key)
{
	struct blob ski = s->ski.len ? s->ski : key_make_ski(w->arena, s->spki), aki = ski;
	size_t tbs = der_open(w, DER_SEQUENCE), validity;

	if (issuer)
		aki = issuer->ski.len ? issuer->ski : key_make_ski(w->arena, issuer->spki);
	der_put_lit(w, "\xa0\x03\x02\x01\x02");	/* v3 */
	der_put_integer(w, s->serial);
	der_put_raw(w, key->algorithm);
	der_put_raw(w, issuer ? issuer->subject_der : s->subject_der);
	validity = der_open(w, DER_SEQUENCE);
	der_put_time(w, s->not_before);
	der_put_time(w, s->not_after);
	der_close(w, validity);
	der_put_raw(w, s->subject_der);
	der_put_raw(w, s->spki);
	put_extensions(w, s, ski, aki);
	der_close(w, tbs);
}

/* A certificate that its issuer's key did not sign would look right until somebody verifies it. */
static int check_signer(const struct cert_spec *s, const struct cert *issuer, const struct key *key,
			struct err *e)
{
	struct blob spki = issuer ? issuer->spki : s->spki;

	if (key_check_pair(key, spki, e) == 0)
		return 0;
	return err_fault(e, ERR_INTERNAL, "certificate_spec",
			 "the signing key is not the issuer's");
}

struct cert *cert_make(struct arena *a, const struct cert_spec *s, const struct cert *issuer,
		       const struct key *key, struct err *e)
{
	struct der_out w;
	struct blob der;

	if (check_spec(s, e) < 0 || check_signer(s, issuer, key, e) < 0)
		return NULL;
	key = ossl_key_with_hash(a, key, s->hash, e);
	if (!key)
		return NULL;
	der_init(&w, a, 1024);
	put_tbs(&w, s, issuer, key);
	if (ossl_seal(a, key, der_done(&w), blob_of(NULL, 0), &der, e) < 0)
		return NULL;
	return cert_read(a, der, e);
}
