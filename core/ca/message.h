/* How often a signer may have a message recorded that gave him no certificate: without a bound the
 * register grows by whatever one key signs. */
#ifndef CA_MESSAGE_H
#define CA_MESSAGE_H

#include "auth/who.h"
#include "ca/env.h"

/* Takes the room for one record. ERR_BUSY "messages_rate" with the time until there is some. */
int message_take_room(const struct env *env, const struct who *w, struct err *e);

#endif
