/*
 * Certificates: reading, and making. A struct cert is complete and plain, lives in the arena it was
 * read into. The library's object, which takes as long to make as a signature, is made when a
 * signature or a path is checked, for the pki modules alone.
 */
#ifndef PKI_CERT_H
#define PKI_CERT_H

#include "pki/digest.h"
#include "pki/key.h"

struct cert {
	struct arena *arena;		/* it lives in; this and the next for core/pki only */
	struct x509_st *x509;		/* NULL until it is needed */
	struct blob der;
	unsigned char sha256[SHA256_LEN];	/* of the DER */
	struct blob serial;		/* big-endian magnitude without leading zeros, never empty */
	struct blob issuer_der, subject_der;	/* Names */
	struct subject subject, issuer;	/* unreadable parts are NULL */
	/* Microseconds, whole seconds. It holds while not_before <= now < not_after: OpenSSL, and with it
	 * the web servers, do not count the last second (RFC 5280 4.1.2.5 would), and nor do we. */
	int64_t not_before, not_after;
	struct blob spki;		/* DER */
	struct key_spec key;
	struct blob ski, aki;		/* key identifiers, empty when absent */
	struct blob san;		/* DER of GeneralNames, empty when absent */
	unsigned key_usage;		/* enum key_usage; 0 when absent */
	unsigned ext_key_usage;		/* enum ext_key_usage, unknown OIDs left out */
	bool has_ext_key_usage;
	bool is_ca;
	int path_len;			/* -1: no limit */
	bool self_issued;		/* subject equals issuer */
};

struct cert *cert_read(struct arena *a, struct blob der, struct err *e);	/* no trailing bytes */
struct cert *cert_read_pem(struct arena *a, const char *pem, size_t len, struct err *e);	/* the first one */
/* All certificates of a PEM text, in order. */
int cert_read_pem_list(struct arena *a, const char *pem, size_t len, struct cert ***v, size_t *n,
		       struct err *e);
char *cert_write_pem(struct arena *a, struct blob der);

/* RFC 5280 4.1.1.3 */
int cert_check_signed_by(const struct cert *c, const struct cert *issuer, struct err *e);

/* Is a CA limited by what a cert_spec cannot say: name or policy constraints (RFC 5280 4.2.1.10,
 * 4.2.1.11, 4.2.1.14), or extended key usages that are all unknown here? True also when unreadable. */
bool cert_is_constrained(const struct cert *c);

struct cert_spec {
	struct blob serial;		/* 1-20 octets */
	struct blob subject_der;	/* Name */
	struct blob spki;		/* DER */
	struct blob ski;		/* empty: ours */
	int64_t not_before, not_after;	/* cut to whole seconds */
	bool is_ca;
	int path_len;			/* with is_ca; -1: none */
	unsigned key_usage;
	unsigned ext_key_usage;
	struct blob san;		/* DER of GeneralNames; empty: none */
	const char *ocsp_url, *crl_url;	/* NULL: no AIA, no CDP */
	struct blob further;		/* more Extensions, DER, one after the other */
	int hash;			/* enum signature_hash: to sign with */
	bool ocsp_nocheck;		/* id-pkix-ocsp-nocheck, RFC 6960 4.2.2.2.1 */
};

/* issuer NULL: self-signed. The key identifiers are ours (SHA-256 of the SPKI); an issuer that has
 * its own keeps it. End-entity certificates carry basicConstraints CA:FALSE. */
struct cert *cert_make(struct arena *a, const struct cert_spec *spec, const struct cert *issuer,
		       const struct key *key, struct err *e);

/* A random positive serial: 18 octets, unsigned, big-endian; 143 bits of chance. */
struct blob cert_make_serial(struct arena *a);

/* DER of GeneralNames of DNS names and addresses ("localhost", "127.0.0.1"). */
int cert_make_san(struct arena *a, const struct texts *names, struct blob *san, struct err *e);
/* The names of a SAN as text: "DNS:a", "IP:127.0.0.1", "URI:...", "email:...", "other". */
struct texts cert_read_san(struct arena *a, struct blob san);
bool cert_equal_san(struct blob a, struct blob b);	/* as sets (RFC 7030 4.2.2) */

#endif
