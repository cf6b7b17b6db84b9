/*
 * A refusal is an event too, so that "why was this device refused" is one query: dms.refusal with
 * the operation, the step, the code, the text and the address, also of who did not authenticate.
 *
 * Events are never removed, and each takes the write gate. So refusals are recorded within bounds: of
 * one address, of one credential, and of one DMS as a whole, so many at once and then one in so long
 * (refusal.c). What is beyond is a log line as any other request, and is counted: the next refusal
 * of the DMS that is recorded says how many were not, as "suppressed".
 */
#ifndef CA_REFUSAL_H
#define CA_REFUSAL_H

#include "auth/who.h"
#include "ca/env.h"
#include "ca/order.h"

/* why: with its step. device NULL: the request did not even say it. Faults of ours are none, and
 * whatever cannot be recorded changes nothing about the refusal. */
void refusal_record(const struct env *env, const struct dms *dms, enum operation op,
		    const char *device, const struct who *w, const struct err *why);

#endif
