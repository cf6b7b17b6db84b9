/* Certification requests (PKCS#10, RFC 2986), read as a flat checklist; nothing is trusted yet. */
#ifndef PKI_CSR_H
#define PKI_CSR_H

#include "pki/cert.h"

struct csr {
	struct evp_pkey_st *pkey;	/* for core/pki only */
	struct blob der;
	bool crmf;			/* a CertReqMsg (RFC 4211), not a PKCS#10 */
	struct blob info;		/* DER of what is signed */
	struct blob signature;		/* without the count of unused bits */
	const struct signature_algorithm *algorithm;	/* for core/pki only; NULL: RSASSA-PSS */
	unsigned char sha256[SHA256_LEN];	/* of the DER */
	struct blob subject_der;
	struct subject subject;
	const char *common_name;	/* the only CN, UTF-8; "" when there is none */
	size_t common_name_len;		/* octets */
	struct blob spki;
	struct key_spec key;
	struct blob san;		/* DER of GeneralNames; empty: none */
	unsigned key_usage, ext_key_usage;
	struct blob extensions;		/* content of the Extensions asked for: each an Extension */
	struct blob attributes;		/* content of the attributes: each an Attribute */
	struct blob signature_oid;	/* of the signature's algorithm, with tag and length */
	bool wants_ca;			/* basicConstraints CA:TRUE, or keyCertSign or cRLSign */
	bool has_challenge_password;
	const char *challenge_password;	/* with it */
};

/* The bytes of an EST body: raw DER, PEM, or base64 with any white space (RFC 8951 3.1). */
int csr_read_body(struct arena *a, struct blob body, struct blob *der, struct err *e);

/* Refuses, each with its code and section: bytes that are no PKCS#10 ("csr_malformed"), trailing
 * bytes, a version other than v1, duplicate attributes or extensions ("csr_duplicate"), more than
 * one extensionRequest, signatures with MD5 or SHA-1 ("weak_signature"), keys of
 * key_check_spki().
 *
 * Profiles copy the subject and the SAN into the certificate, so both are checked whole. Of the
 * subject: name_read(). Of the SAN ("csr_san", "extension_malformed"):
 * - dNSName: a DNS name of at most 253 octets, '_' allowed, maybe with "*." in front
 * - rfc822Name, URI: ASCII without control characters and outer spaces
 * - iPAddress: 4 or 16 octets
 * - directoryName: as the subject
 * - registeredID: an OID; otherName: an OID and one DER value, no control characters in a text
 * - x400Address, ediPartyName and whatever else: refused */
struct csr *csr_read(struct arena *a, struct blob der, struct err *e);

/* The same for serverkeygen, where the key and the signature are of no account (RFC 7030 4.4.1):
 * they are neither checked nor read, key and spki are empty. */
struct csr *csr_read_keyless(struct arena *a, struct blob der, struct err *e);

/* How a key that is made here shall be encrypted to the client beyond TLS (RFC 7030 4.4.1). */
struct csr_protection {
	struct blob symmetric_id;	/* DecryptKeyIdentifier (RFC 4108 2.2.5); data NULL: none */
	struct blob asymmetric_id;	/* AsymmetricDecryptKeyIdentifier; data NULL: none */
	struct blob capabilities;	/* content of SMIMECapabilities; data NULL: none */
};
/* ERR_MALFORMED "csr_keygen": one that is not of its form, or both identifiers. */
int csr_read_protection(const struct csr *r, struct csr_protection *p, struct err *e);

int csr_check_signature(const struct csr *r, struct err *e);	/* ERR_MALFORMED "csr_signature" */

/* DER. For the CLI, the demo's device and the canary. */
int csr_make(struct arena *a, struct blob subject_der, struct blob san, const struct key *key,
	     struct blob *der, struct err *e);
char *csr_write_pem(struct arena *a, struct blob der);

#endif
