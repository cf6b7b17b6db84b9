/* Making certification requests: for the CLI, the demo's device and the canary. */
#include "base/b64.h"
#include "pki/csr.h"
#include "pki/der.h"
#include "pki/ext.h"
#include "pki/ossl.h"

#define OID_EXTENSION_REQUEST "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e"	/* RFC 2985 5.4.2 */

static void put_extension_request(struct der_out *w, struct blob san)
{
	size_t attribute = der_open(w, DER_SEQUENCE), set, exts;

	der_put_lit(w, OID_EXTENSION_REQUEST);
	set = der_open(w, DER_SET);
	exts = der_open(w, DER_SEQUENCE);
	ext_put_san(w, san, false);
	der_close(w, exts);
	der_close(w, set);
	der_close(w, attribute);
}

int csr_make(struct arena *a, struct blob subject_der, struct blob san, const struct key *key,
	     struct blob *der, struct err *e)
{
	struct der_out w;
	size_t info, attributes;

	der_init(&w, a, 512);
	info = der_open(&w, DER_SEQUENCE);
	der_put_number(&w, DER_INTEGER, 0);	/* v1 */
	der_put_raw(&w, subject_der);
	der_put_raw(&w, key->spki);
	attributes = der_open(&w, DER_CONSTRUCTED | 0);
	if (san.len)
		put_extension_request(&w, san);
	der_close(&w, attributes);
	der_close(&w, info);
	return ossl_seal(a, key, der_done(&w), blob_of(NULL, 0), der, e);
}

char *csr_write_pem(struct arena *a, struct blob der)
{
	return arena_printf(a,
			    "-----BEGIN CERTIFICATE REQUEST-----\n%s"
			    "-----END CERTIFICATE REQUEST-----\n",
			    b64_write(a, der, 64));
}
