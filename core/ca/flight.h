/*
 * Signing an OCSP answer, among many processes: one at a time for the same answer, and no more than
 * ocsp.max_signing for all. Both are locks in ocsp.cache_dir; where it cannot be used, everybody signs
 * as if alone.
 */
#ifndef CA_FLIGHT_H
#define CA_FLIGHT_H

#include "ca/answers.h"

/* Waits while another process signs the answer of this key, for at most 50 ms. True: the answer may now
 * be there, also where there was no waiting: another process may have finished it since this one looked.
 * In any case this process is next, and flight_end() is to be called. Where answers are not
 * shared there is nothing to wait for: false. */
bool flight_begin(const struct env *env, const struct answer_key *key);

/* Takes one of ocsp.max_signing, waiting for at most 50 ms: 0, or -1 and ERR_BUSY "signing_busy". */
int flight_sign(const struct env *env, struct err *e);

void flight_end(void);		/* of both; nothing begun: nothing done */
void flight_close(void);

#endif
