/* The key files of OCSP responders, in state_dir/responders. */
#ifndef CA_RESPONDER_KEY_H
#define CA_RESPONDER_KEY_H

#include "ca/env.h"
#include "pki/key.h"

/* The group of the folder reads the key: that is how OCSP workers of another user get at it, and
 * at no CA's key. It is not encrypted: they shall not need the CA keys' passphrase. */
int responder_key_save(const struct env *env, const struct key *key, const char **file,
		       struct err *e);

/* Another key has taken its place: its last day begins. A worker that has just read the old row
 * still finds it. */
void responder_key_retire(const char *uri);

/* Removes what no row names and has been left alone for a day: retired keys, and what was cut off
 * before it was recorded. To be called after a key was saved. What does not go now goes the next time. */
void responder_key_sweep(const struct env *env);

#endif
