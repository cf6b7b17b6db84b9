/*
 * CAs and their issuers. A CA is what operators name; an issuer is one CA key with its certificate.
 * A CA has one current issuer and, after a re-key, older ones. Rows of an issuer are keyed by the
 * key (SKI), never by the name.
 */
#ifndef STORE_CA_H
#define STORE_CA_H

#include "store/db.h"

struct ca_row {
	const char *id, *name;		/* name: the subject's common name */
	struct blob issuer;		/* SKI of the current issuer */
	const char *profile;		/* default issuance profile, JSON; NULL: the built-in one */
	const char *metadata;		/* JSON object */
	int64_t created_at;
};

struct issuer_row {
	struct blob ski;
	const char *ca;
	struct blob der, sha256;	/* the certificate */
	struct blob parent;		/* SKI of its issuer; its own for a root; empty: not known here */
	struct blob serial;
	const char *key_uri;		/* NULL: no key here */
	struct blob name_sha1, name_sha256;	/* of the subject Name's DER, for CertIDs */
	struct blob key_sha1, key_sha256;	/* of the subjectPublicKey's bits */
	int64_t not_before, not_after;
	int64_t revoked_at;		/* 0: not */
	int reason;
	bool crl_dirty;			/* a revocation since the last CRL */
	int64_t created_at;
};

int store_ca_add(struct db *db, const struct ca_row *ca, struct err *e);
int store_ca_set_profile(struct db *db, const char *id, const char *profile, struct err *e);
/* How its certificates are answered for (data/validation.h): JSON; {} when nothing was ever set. */
int store_ca_load_validation(struct db *db, struct arena *a, const char *id, const char **json,
			     struct err *e);
int store_ca_set_validation(struct db *db, const char *id, const char *json, struct err *e);
int store_ca_load(struct db *db, struct arena *a, const char *id, struct ca_row *ca, struct err *e);
/* By id or, failing that, by name: 1, 0, -1; two of one name are ERR_MALFORMED "ambiguous". */
int store_ca_find(struct db *db, struct arena *a, const char *id_or_name, struct ca_row *ca,
		  struct err *e);
/* Ordered by id, after the given one (NULL: from the start). */
int store_ca_list(struct db *db, struct arena *a, const char *after, size_t limit,
		  struct ca_row **v, size_t *n, struct err *e);

/* From the previous issuer to another; ERR_CONFLICT "ca_changed" when it is not the current one. */
int store_ca_set_issuer(struct db *db, const char *id, struct blob previous, struct blob issuer,
			struct err *e);

int store_issuer_add(struct db *db, const struct issuer_row *i, struct err *e);
int store_issuer_load(struct db *db, struct arena *a, struct blob ski, struct issuer_row *i,
		      struct err *e);
/* By the hashes of a CertID, sha1 or sha256 by their length: the one whose key is here. */
int store_issuer_load_by_hash(struct db *db, struct arena *a, struct blob name_hash,
			      struct blob key_hash, struct issuer_row *i, struct err *e);
int store_issuer_list(struct db *db, struct arena *a, struct issuer_row **v, size_t *n,
		      struct err *e);
int store_issuer_load_by_cert(struct db *db, struct arena *a, struct blob sha256,
			      struct issuer_row *i, struct err *e);
/* All of a CA, newest first. */
int store_issuer_list_by_ca(struct db *db, struct arena *a, const char *ca, struct issuer_row **v,
			    size_t *n, struct err *e);
int store_issuer_set_parent(struct db *db, struct blob ski, struct blob parent, struct err *e);
int store_issuer_set_revoked(struct db *db, struct blob ski, int64_t at, int reason, struct err *e);

/* A certificate by one key of a CA for another (RFC 4210 4.4). It stands in the register too; what
 * follows the serial is read from there. */
struct cross_row {
	const char *ca;
	struct blob subject, issuer;	/* SKIs: of the certified key, and of the one that signed */
	struct blob serial;
	int64_t not_before, not_after;
	int status;			/* as cert_row.status */
	struct blob der;
};
int store_cross_add(struct db *db, const struct cross_row *x, struct err *e);
int store_cross_list_by_ca(struct db *db, struct arena *a, const char *ca, struct cross_row **v,
			   size_t *n, struct err *e);

/* The delegated OCSP responder of an issuer, and its EST signer. */
struct responder_row {
	struct blob issuer;
	struct blob der;
	const char *key_uri;
	int64_t not_before, not_after;
};
int store_responder_load(struct db *db, struct arena *a, struct blob issuer,
			 struct responder_row *r, struct err *e);
int store_responder_save(struct db *db, const struct responder_row *r, struct err *e);
int store_signer_load(struct db *db, struct arena *a, struct blob issuer, struct responder_row *r,
		      struct err *e);
int store_signer_save(struct db *db, const struct responder_row *r, struct err *e);

#endif
