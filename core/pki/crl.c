#include "pki/crl.h"

#include "pki/der.h"
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

static void put_extensions(struct der_out *w, const struct cert *issuer, int64_t number)
{
	size_t tag = der_open(w, DER_CONSTRUCTED | 0), seq = der_open(w, DER_SEQUENCE);
	struct ext_mark m;

	ext_put_aki(w, issuer->ski.len ? issuer->ski : key_make_ski(w->arena, issuer->spki));
	m = ext_open(w, OID_AND_LEN(OID_CRL_NUMBER), false);
	der_put_number(w, DER_INTEGER, (uint64_t)number);
	ext_close(w, m);
	der_close(w, seq);
	der_close(w, tag);
}

int crl_make(struct arena *a, const struct cert *issuer, const struct key *key, int64_t number,
	     int64_t this_update, int64_t next_update, const struct crl_entry *v, size_t n,
	     struct blob *der, struct err *e)
{
	struct der_out w;
	size_t tbs;

	if (number < 0)
		return err_fault(e, ERR_INTERNAL, "crl", "negative CRL number");
	if (key_check_pair(key, issuer->spki, e) < 0)
		return err_fault(e, ERR_INTERNAL, "crl", "the signing key is not the issuer's");
	der_init(&w, a, 512 + n * ENTRY_ROOM);
	tbs = der_open(&w, DER_SEQUENCE);
	der_put_number(&w, DER_INTEGER, 1);	/* v2 */
	der_put_raw(&w, key->algorithm);
	der_put_raw(&w, issuer->subject_der);
	der_put_time(&w, this_update);
	der_put_time(&w, next_update);
	put_entries(&w, v, n);
	put_extensions(&w, issuer, number);
	der_close(&w, tbs);
	return ossl_seal(a, key, der_done(&w), blob_of(NULL, 0), der, e);
}
