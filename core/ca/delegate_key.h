/* The key files of what a CA delegates to: its OCSP responder, its EST signer. Not for a CA's own. */
#ifndef CA_DELEGATE_KEY_H
#define CA_DELEGATE_KEY_H

#include "ca/env.h"
#include "pki/key.h"

struct responder_row;

/* Where they are, and who reads them. */
struct delegate_keys {
	const char *folder;	/* in state_dir */
	bool for_group;		/* the group of the folder reads them, so they are not encrypted */
	/* The row that names the present one, as store_responder_load(). */
	int (*load)(struct db *db, struct arena *a, struct blob issuer, struct responder_row *r,
		    struct err *e);
};

/* for_group: that is how OCSP workers of another user get at it, and at no CA's key; they shall not
 * need the CA keys' passphrase. Else 0600, encrypted as the CAs' are. */
int delegate_key_save(const struct env *env, const struct delegate_keys *d, const struct key *key,
		      const char **file, struct err *e);

/* Another key has taken its place: its last day begins. A worker that has just read the old row
 * still finds it. */
void delegate_key_retire(const char *uri);

/* Removes what no row names and has been left alone for a day: retired keys, and what was cut off
 * before it was recorded. To be called after a key was saved. What does not go now goes the next time. */
void delegate_key_sweep(const struct env *env, const struct delegate_keys *d);

#endif
