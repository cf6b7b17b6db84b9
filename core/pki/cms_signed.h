/*
 * SignedData with a content and one signer (RFC 5652 5): the envelope of a CMC message.
 *
 * What comes from outside may be BER, which is made DER first; the content itself is octets and is
 * never touched.
 */
#ifndef PKI_CMS_SIGNED_H
#define PKI_CMS_SIGNED_H

#include "pki/cert.h"

enum { CMS_MAX_CERTS = 16 };

struct cms_signed {
	struct blob type;		/* of the content: the OID's octets */
	struct blob content;
	struct blob certs[CMS_MAX_CERTS];	/* DER, as they came: hints, nothing more */
	size_t ncerts;
	/* for core/pki only: the SignerInfo */
	struct blob signer_id;		/* issuerAndSerialNumber, or subjectKeyIdentifier [0] */
	struct blob digest_algorithm;	/* the OID's octets */
	struct blob attributes;		/* signedAttrs [0], whole; empty: none */
	struct blob signature_algorithm;	/* the OID's octets */
	struct blob signature;
};

/* The bytes of a body: raw DER or BER, PEM ("CMS", "PKCS7"), or base64 with any white space. */
int cms_read_body(struct arena *a, struct blob body, struct blob *der, struct err *e);

/* ERR_MALFORMED "cms_malformed", also for no content, and for other than one signer. */
int cms_signed_read(struct arena *a, struct blob der, struct cms_signed *s, struct err *e);

/* The signer's certificate among those of the message; NULL: it is not there. It proves nothing
 * before cms_signed_check(). */
const struct cert *cms_signed_find_signer(struct arena *a, const struct cms_signed *s);

/* The signature is by the certificate's key over signed attributes that fit the content.
 * ERR_REJECTED "weak_signature": expected SHA-256, 384 or 512 with RSA (PKCS#1 v1.5) or ECDSA, or
 * Ed25519. ERR_MALFORMED "cms_signature". */
int cms_signed_check(const struct cms_signed *s, const struct cert *signer, struct err *e);

struct cms_sign_spec {
	struct blob type;		/* DER of the content type's OID */
	struct blob content;
	const struct blob *certs;	/* DER; put in as they are */
	size_t ncerts;
	const struct cert *signer;	/* named as the signer; to be among certs */
	const struct key *key;
	int64_t now;			/* signingTime */
};
int cms_signed_make(struct arena *a, const struct cms_sign_spec *spec, struct blob *der,
		    struct err *e);

#endif
