/*
 * Slots for calls to somebody else (a webhook, a key set's URL): a responder waits for nobody but
 * as long as others of its kind are free, so that an outside that hangs never stops the devices
 * that do not need it (DESIGN section 6).
 */
#ifndef AUTH_SLOT_H
#define AUTH_SLOT_H

#include "base/file.h"
#include "data/conf.h"

/* Takes one of webhook.slots, shared by all processes: an fd that holds it until it is closed
 * (AUTO_FD), also by the process's end. Never waits: -1 and ERR_BUSY "outside_busy" when all are
 * taken. */
int slot_take(const struct conf *conf, struct arena *a, struct err *e);

#endif
