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
int ca_import(const struct env *env, const struct ca_import_order *o, struct issuer *out, struct err *e);

/* The issuer's private key, loaded once per process. ERR_BUSY "ca_key" when there is none. The
 * result lives in the process. */
const struct key *ca_key(const struct env *env, const struct issuer_row *i, struct err *e);

#endif
