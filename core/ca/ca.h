/* Making and importing CAs, and their keys. Each a whole write transaction. */
#ifndef CA_CA_H
#define CA_CA_H

#include "ca/env.h"
#include "fleet/issuer.h"

struct ca_order {
	const char *id;			/* NULL: made from the common name */
	const char *parent;		/* CA id; NULL: a root */
	struct subject subject;
	struct key_spec key;
	struct validity validity;	/* clamped to the parent's end */
	const char *key_uri;		/* NULL: a new key file in state_dir/keys */
	const char *profile;		/* default issuance profile as JSON; NULL: none */
	const char *metadata;		/* JSON; NULL: {} */
};

/* ERR_CONFLICT when the id is a CA's or a DMS's id or name. */
int ca_create(const struct env *env, const struct ca_order *o, struct issuer *out, struct err *e);

struct ca_import_order {
	const char *id;
	const char *certificate;	/* PEM; the first is the CA, further ones are its chain */
	const char *private_key;	/* PEM, not encrypted; NULL: none, or key_uri */
	const char *key_uri;
	const char *profile, *metadata;
};

/* Without a key the CA validates, and does not issue. */
int ca_import(const struct env *env, const struct ca_import_order *o, struct issuer *out,
	      struct err *e);

/* The issuer's private key, loaded once per process. ERR_BUSY "ca_key" when there is none. The
 * result lives in the process. */
const struct key *ca_key(const struct env *env, const struct issuer_row *i, struct err *e);

/* What making, importing and re-keying share. */

/* When a validity ends that begins now. */
int64_t ca_make_end(const struct validity *v, int64_t now);

/* The present issuer of a CA that can sign for one below it: ERR_NOT_FOUND "ca", ERR_REJECTED
 * "path_length", ERR_BUSY "ca_inactive". */
int ca_load_parent(const struct env *env, const char *id, struct issuer *parent, struct err *e);

/* A CA that is about to be recorded. */
struct ca_draft {
	struct ca_row ca;
	struct issuer issuer;
	const struct key *key;		/* to be saved with it; NULL: none */
	const char *key_file;		/* made for it; NULL: none */
};

/* Loads a key that the order names, and puts its URI into the draft: "pkcs11:", or a file below
 * state_dir/keys, links followed; else ERR_REJECTED "key_uri". Who may order a CA can thereby make
 * no other file of this host a CA's key, nor learn which files there are. */
const struct key *ca_draft_load_key(const struct env *env, struct ca_draft *d, const char *uri,
				    struct err *e);

/* The URI that the key will have: state_dir/keys/<ski>.key. Nothing is written yet. */
void ca_draft_take_key(const struct env *env, struct ca_draft *d, const struct key *key);

/* Writes the key, if there is one. In the write transaction that records the CA: whoever finds the
 * file there, or takes it away, holds the write gate, so that no key is lost between two who make
 * the same CA. */
int ca_draft_save_key(const struct env *env, struct ca_draft *d, struct err *e);

/* After it was not recorded: removes the key file, unless a CA has this key by now, or nobody can
 * tell. Takes a write transaction of its own. What stays is found again by the next try. */
void ca_draft_drop(const struct env *env, const struct ca_draft *d);

/* The issuer row of a certificate; parent: SKI, empty when it is not known here. */
void ca_draft_fill(const struct env *env, struct ca_draft *d, struct cert *cert,
		   struct blob parent);

/* The key identifier of a CA certificate, or what ours would be when it has none. */
struct blob ca_make_ski(struct arena *a, const struct cert *cert);

/* ERR_CONFLICT when the id names a DMS or CA, the name a DMS, or the key is a CA's already. */
int ca_check_free(const struct env *env, const struct ca_draft *d, struct err *e);

/* CA, issuer, the certificate under its issuer, the event: in the caller's write transaction. */
int ca_record(const struct env *env, const struct ca_draft *d, const char *event, struct err *e);

/* The CA's certificate stands in the register too, so that it can be revoked, and OCSP and CRL of the
 * CA above answer for it. It may be there: issued here before and imported back, or from before the
 * CA above was known. */
int ca_record_certificate(const struct env *env, const struct issuer *ca, struct err *e);

/* An issuer that can sign now: has a key, is within its validity, and neither it nor a CA above it
 * is revoked. ERR_BUSY "ca_inactive". */
int ca_check_active(const struct env *env, const struct issuer_row *i, struct err *e);

#endif
