/*
 * The certificates decoded last stay decoded for the life of the process. OpenSSL 3.0 decodes a
 * certificate's key with it, and looks for a decoder among all that it has: a third of a
 * millisecond each, and a path needs several of the same few CAs for every request. Found again by
 * all octets; a certificate is never changed once it is decoded.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pki/ossl.h"

enum { KEPT = 256, MAX_SIZE = 8192 };

static struct kept {
	unsigned char *der;
	size_t len;
	X509 *x509;
	uint64_t used;		/* by the clock below; 0: empty */
} kept[KEPT];
static uint64_t uses;

static struct kept *find(struct blob der)
{
	for (size_t i = 0; i < KEPT; i++) {
		if (kept[i].used && blob_equal(blob_of(kept[i].der, kept[i].len), der))
			return &kept[i];
	}
	return NULL;
}

static struct kept *oldest(void)
{
	struct kept *k = &kept[0];

	for (size_t i = 1; i < KEPT; i++) {
		if (kept[i].used < k->used)
			k = &kept[i];
	}
	return k;
}

static void keep(struct blob der, X509 *x)
{
	struct kept *k = oldest();
	unsigned char *copy = der.len <= MAX_SIZE ? malloc(der.len) : NULL;

	if (!copy || !X509_up_ref(x)) {
		free(copy);
		return;
	}
	free(k->der);
	X509_free(k->x509);
	memcpy(copy, der.data, der.len);
	*k = (struct kept){ .der = copy, .len = der.len, .x509 = x, .used = ++uses };
}

X509 *ossl_x509_read(struct blob der)
{
	struct kept *k = find(der);
	const unsigned char *p = der.data;
	X509 *x;

	if (k) {
		k->used = ++uses;
		return X509_up_ref(k->x509) ? k->x509 : NULL;
	}
	x = d2i_X509(NULL, &p, (long)der.len);
	if (x)
		keep(der, x);
	return x;
}
