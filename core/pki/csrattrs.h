/*
 * CSR attributes (RFC 7030 4.5.2, RFC 8951 4.1, RFC 9908): what a server asks of a certification
 * request. Made from a profile or read from DER, written as DER, and held against a request: the
 * answer of csrattrs and its enforcement say the same, because they are the same.
 */
#ifndef PKI_CSRATTRS_H
#define PKI_CSRATTRS_H

#include "pki/csr.h"

enum { CSRATTRS_MAX = 32 };	/* of each kind */

/* OIDs are with tag and length. */
struct csrattrs_extension {
	struct blob oid;
	bool critical, has_value;
	struct blob value;		/* the octets in extnValue */
};

struct csrattrs_attribute {
	struct blob oid;
	struct blob values;		/* content of the SET */
};

struct csrattrs_part {			/* of the subject */
	struct blob oid;
	struct blob value;		/* whole; empty: the client fills it in */
};

struct csrattrs {
	bool challenge_password;
	struct key_spec keys[CSRATTRS_MAX];	/* one of these; bits 0: any; none: any key */
	size_t nkeys;
	struct blob signatures[CSRATTRS_MAX];	/* OIDs of algorithms: one of these, or Ed25519 */
	size_t nsignatures;
	/* Without a value, an attribute of this type in the request is as good. */
	struct csrattrs_extension extensions[CSRATTRS_MAX];
	size_t nextensions;
	struct csrattrs_attribute attributes[CSRATTRS_MAX];
	size_t nattributes;
	struct csrattrs_part subject[CSRATTRS_MAX];	/* only a template can say it */
	size_t nsubject;
	bool template;	/* written as certificationRequestInfoTemplate too (RFC 9908 3.4) */
};

/* What a profile asks for: keys from crypto_enforcement, the signature's hash, required_extensions,
 * and its subject. Nothing at all gives an empty one. */
void csrattrs_make(struct arena *a, const struct profile *f, struct csrattrs *out);
bool csrattrs_is_empty(const struct csrattrs *in);

/* DER of CsrAttrs. Extensions with a value are one extensionRequest of one Extensions (RFC 9908
 * 3.2), those without are bare OIDs, and the template, which says all of it, comes last. */
struct blob csrattrs_write(struct arena *a, const struct csrattrs *in);

/* DER of CsrAttrs, in each of the forms of the three RFCs. ERR_REJECTED "csr_attributes" with what
 * is wrong, also when it asks for one thing in two ways that differ. out points into der. */
int csrattrs_read(struct blob der, struct csrattrs *out, struct err *e);

/* ERR_REJECTED "csr_attributes" with all that the request lacks. its_key: the key of the request is
 * the one that will be certified (not so in serverkeygen, RFC 7030 4.4.1). */
int csrattrs_check(const struct csrattrs *in, const struct csr *csr, bool its_key, struct err *e);

/* For core/pki: adding, each once. false: there is no more room, or what is there differs. */
bool csrattrs_add_key(struct csrattrs *c, int type, int64_t bits);
bool csrattrs_add_signature(struct csrattrs *c, struct blob oid);
bool csrattrs_add_extension(struct csrattrs *c, const struct csrattrs_extension *x);
bool csrattrs_add_attribute(struct csrattrs *c, struct blob oid, struct blob values);
bool csrattrs_add_part(struct csrattrs *c, struct blob oid, struct blob value);

#define CSRATTRS_PKCS9(n) "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09" n
#define OID_CHALLENGE_PASSWORD CSRATTRS_PKCS9("\x07")
#define OID_EXTENSION_REQUEST CSRATTRS_PKCS9("\x0e")
#define OID_REQUEST_TEMPLATE "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x3d"
#define OID_EXTENSION_TEMPLATE "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x3e"

#endif
