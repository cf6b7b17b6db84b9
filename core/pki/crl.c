#include "pki/crl.h"

#include <string.h>

#include "pki/der.h"
#include "pki/digest.h"
#include "pki/ext.h"
#include "pki/ossl.h"

#define OID_AND_LEN(oid) oid, sizeof(oid) - 1

enum { ENTRY_ROOM = 64 };	/* octets that an entry seldom exceeds */

static void put_reason(struct der_out *w, int reason)
{
	size_t exts = der_open(w, DER_SEQUENCE);
	struct ext_mark m = ext_open(w, OID_AND_LEN(OID_CRL_REASON), false);

	der_put_number(w, DER_ENUMERATED, (uint64_t)reason);
	ext_close(w, m);
	der_close(w, exts);
}

/* RFC 5280 5.1.2.6: the list is absent when nothing is revoked, never empty. */
static void put_entries(struct der_out *w, const struct crl_entry *v, size_t n)
{
	size_t list;

	if (n == 0)
		return;
	list = der_open(w, DER_SEQUENCE);
	for (size_t i = 0; i < n; i++) {
		size_t entry = der_open(w, DER_SEQUENCE);

		der_put_integer(w, v[i].serial);
		der_put_time(w, v[i].revoked_at);
		if (v[i].reason > 0)
			put_reason(w, v[i].reason);
		der_close(w, entry);
	}
	der_close(w, list);
}

static void put_number(struct der_out *w, const char *oid, size_t oid_len, bool critical, int64_t n)
{
	struct ext_mark m = ext_open(w, oid, oid_len, critical);

	der_put_number(w, DER_INTEGER, (uint64_t)n);
	ext_close(w, m);
}

/* Critical, and nothing but the name of the point: the CRL is of a part of the certificates, those
 * that name it (RFC 5280 5.2.5). */
static void put_point(struct der_out *w, const struct texts *urls)
{
	struct ext_mark m = ext_open(w, OID_AND_LEN(OID_ISSUING_POINT), true);
	size_t point = der_open(w, DER_SEQUENCE);
	size_t name = der_open(w, DER_CONSTRUCTED | 0), full = der_open(w, DER_CONSTRUCTED | 0);

	for (size_t i = 0; i < urls->n; i++)
		der_put(w, DER_CONTEXT | 6, blob_of(urls->v[i], strlen(urls->v[i])));
	der_close(w, full);
	der_close(w, name);
	der_close(w, point);
	ext_close(w, m);
}

static void put_extensions(struct der_out *w, const struct cert *issuer, const struct crl_spec *s)
{
	size_t tag = der_open(w, DER_CONSTRUCTED | 0), seq = der_open(w, DER_SEQUENCE);

	ext_put_aki(w, issuer->ski.len ? issuer->ski : key_make_ski(w->arena, issuer->spki));
	put_number(w, OID_AND_LEN(OID_CRL_NUMBER), false, s->number);
	if (s->base)
		put_number(w, OID_AND_LEN(OID_DELTA_CRL), true, s->base);
	if (s->urls.n)
		put_point(w, &s->urls);
	if (s->delta_url)
		ext_put_freshest_url(w, s->delta_url);
	der_close(w, seq);
	der_close(w, tag);
}

static int check(const struct cert *issuer, const struct key *key, const struct crl_spec *s,
		 struct err *e)
{
	if (s->number <= 0 || s->base < 0 || s->base > s->number)
		return err_fault(e, ERR_INTERNAL, "crl", "CRL number %lld with base %lld",
				 (long long)s->number, (long long)s->base);
	if (s->base && s->delta_url)
		return err_fault(e, ERR_INTERNAL, "crl", "a delta CRL has no freshest CRL");
	if (key_check_pair(key, issuer->spki, e) < 0)
		return err_fault(e, ERR_INTERNAL, "crl", "the signing key is not the issuer's");
	return 0;
}

int crl_make(struct arena *a, const struct cert *issuer, const struct key *key,
	     const struct crl_spec *s, struct blob *der, struct err *e)
{
	struct der_out w;
	size_t tbs;

	if (check(issuer, key, s, e) < 0)
		return -1;
	der_init(&w, a, 512 + s->n * ENTRY_ROOM);
	tbs = der_open(&w, DER_SEQUENCE);
	der_put_number(&w, DER_INTEGER, 1);	/* v2 */
	der_put_raw(&w, key->algorithm);
	der_put_raw(&w, issuer->subject_der);
	der_put_time(&w, s->this_update);
	der_put_time(&w, s->next_update);
	put_entries(&w, s->v, s->n);
	put_extensions(&w, issuer, s);
	der_close(&w, tbs);
	return ossl_seal(a, key, der_done(&w), blob_of(NULL, 0), der, e);
}

struct blob crl_digest_entries(struct arena *a, const struct crl_entry *v, size_t n)
{
	struct der_out w;

	der_init(&w, a, n * ENTRY_ROOM);
	put_entries(&w, v, n);
	return digest_make_sha256(a, der_done(&w));
}

/* The only entry extension that is written here. */
static bool read_reason(struct blob exts, int *reason)
{
	struct blob in = exts;
	struct der value;
	struct ext x;
	int64_t n;

	if (!ext_next(&in, &x) || in.len || !der_is(&x.oid, OID_CRL_REASON) ||
	    !der_only(x.value, DER_ENUMERATED, &value))
		return false;
	value.tag = DER_INTEGER;
	if (!der_read_small(&value, 10, &n))
		return false;
	*reason = (int)n;
	return true;
}

static bool read_entry(struct blob *in, struct crl_entry *x)
{
	struct der entry, serial, at, exts;
	bool negative;

	*x = (struct crl_entry){ 0 };
	if (!der_take(in, DER_SEQUENCE, &entry) ||
	    !der_take(&entry.content, DER_INTEGER, &serial) ||
	    !der_read_integer(&serial, &x->serial, &negative) || negative ||
	    !der_next(&entry.content, &at) || !der_read_time(&at, &x->revoked_at))
		return false;
	if (!entry.content.len)
		return true;
	return der_only(entry.content, DER_SEQUENCE, &exts) &&
	       read_reason(exts.content, &x->reason);
}

/* What follows nextUpdate: the list, or, without one, the extensions. */
static bool find_list(struct blob crl, struct blob *list)
{
	struct der outer, tbs, v;

	*list = (struct blob){ 0 };
	if (!der_only(crl, DER_SEQUENCE, &outer) || !der_take(&outer.content, DER_SEQUENCE, &tbs))
		return false;
	for (int i = 0; i < 5; i++) {	/* version, signature, issuer, two times */
		if (!der_next(&tbs.content, &v))
			return false;
	}
	if (der_take(&tbs.content, DER_SEQUENCE, &v))
		*list = v.content;
	return true;
}

int crl_read_entries(struct arena *a, struct blob der, struct crl_entry **v, size_t *n,
		     struct err *e)
{
	struct blob list, in;
	struct der one;

	if (!find_list(der, &list))
		return err_fault(e, ERR_INTERNAL, "crl", "the stored CRL is malformed");
	*n = 0;
	for (in = list; der_next(&in, &one);)
		++*n;
	*v = arena_array(a, *n ? *n : 1, sizeof(**v));
	in = list;
	for (size_t i = 0; i < *n; i++) {
		if (!read_entry(&in, &(*v)[i]))
			return err_fault(e, ERR_INTERNAL, "crl", "the stored CRL is malformed");
	}
	return in.len ? err_fault(e, ERR_INTERNAL, "crl", "the stored CRL is malformed") : 0;
}
