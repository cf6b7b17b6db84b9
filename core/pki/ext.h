/* Extensions (RFC 5280 4.2) of certificates and of certification requests. */
#ifndef PKI_EXT_H
#define PKI_EXT_H

#include "pki/cert.h"
#include "pki/der.h"

enum { EXT_MAX = 64 };	/* extensions of one object */

struct ext {			/* one Extension */
	struct der oid;
	bool critical;
	struct blob value;	/* the octets in extnValue */
};

struct ext_set {		/* what this program understands of them */
	struct blob ski, aki, san;
	unsigned key_usage, ext_key_usage;
	bool has_key_usage, has_ext_key_usage;
	bool has_basic_constraints, is_ca;
	int path_len;		/* -1: no limit */
};

/* Takes one Extension off a SEQUENCE's content. false: malformed. */
bool ext_next(struct blob *in, struct ext *x);

/* exts: the SEQUENCE OF Extension. ERR_MALFORMED with the extension's name; a second one of a kind
 * has the code given (RFC 5280 4.2: "MUST NOT"). */
int ext_read(struct blob exts, const char *duplicate_code, struct ext_set *s, struct err *e);

/* What is put between open and close is the content of extnValue. oid: with tag and length. */
struct ext_mark {
	size_t seq, octets;
};
struct ext_mark ext_open(struct der_out *w, const char *oid, size_t oid_len, bool critical);
void ext_close(struct der_out *w, struct ext_mark m);
void ext_put(struct der_out *w, const char *oid, size_t oid_len, bool critical, struct blob value);

void ext_put_basic_constraints(struct der_out *w, bool is_ca, int path_len);
void ext_put_key_usage(struct der_out *w, unsigned usage);
void ext_put_ext_key_usage(struct der_out *w, unsigned usage);
void ext_put_san(struct der_out *w, struct blob san, bool critical);
void ext_put_ski(struct der_out *w, struct blob ski);
void ext_put_aki(struct der_out *w, struct blob key_id);
void ext_put_ocsp_url(struct der_out *w, const char *url);	/* authorityInfoAccess */
void ext_put_crl_url(struct der_out *w, const char *url);	/* cRLDistributionPoints */
void ext_put_freshest_url(struct der_out *w, const char *url);	/* freshestCRL */
void ext_put_ocsp_nocheck(struct der_out *w);

/* DER of GeneralNames: each one in form, at least one. */
bool san_check(struct blob san);
/* The names that a request may ask for (csr.h), which are copied: ERR_REJECTED "csr_san". */
int san_check_requested(struct blob san, struct err *e);
bool san_is_host_name(const char *s);	/* RFC 1123 2.1; one label is enough */

#endif
