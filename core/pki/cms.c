#include "pki/cms.h"

#include "pki/der.h"

#define OID_DATA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
#define OID_SIGNED_DATA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"

/* RFC 5652 5.1 without content, digests and signers. The certificates keep their order: clients
 * take the first for the one that they asked for. */
static void put_signed_data(struct der_out *w, const struct blob *certs, size_t n)
{
	size_t seq = der_open(w, DER_SEQUENCE), content, set;

	der_put_number(w, DER_INTEGER, 1);
	der_put(w, DER_SET, blob_of(NULL, 0));	/* digestAlgorithms */
	content = der_open(w, DER_SEQUENCE);
	der_put_lit(w, OID_DATA);
	der_close(w, content);
	if (n > 0) {	/* the field is optional, and no empty set */
		set = der_open(w, DER_CONSTRUCTED | 0);
		for (size_t i = 0; i < n; i++)
			der_put_raw(w, certs[i]);
		der_close(w, set);
	}
	der_put(w, DER_SET, blob_of(NULL, 0));	/* signerInfos */
	der_close(w, seq);
}

int cms_make_certs_only(struct arena *a, const struct blob *certs, size_t n, struct blob *der,
			struct err *e)
{
	struct der_out w;
	size_t info, content, room = 128;
	struct der cert;

	for (size_t i = 0; i < n; i++) {
		if (!der_only(certs[i], DER_SEQUENCE, &cert))
			return err_fault(e, ERR_INTERNAL, "cms", "certificate %zu is not DER", i);
		room += certs[i].len;
	}
	der_init(&w, a, room);
	info = der_open(&w, DER_SEQUENCE);
	der_put_lit(&w, OID_SIGNED_DATA);
	content = der_open(&w, DER_CONSTRUCTED | 0);
	put_signed_data(&w, certs, n);
	der_close(&w, content);
	der_close(&w, info);
	*der = der_done(&w);
	return 0;
}
