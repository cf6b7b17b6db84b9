#include "ca/message.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "ca/limit.h"
#include "pki/cert.h"

int message_take_room(const struct env *env, const struct who *w, struct err *e)
{
	static const struct limit of_signer = { "record of a message", 60, CLOCK_MINUTE };
	/* Not by its octets: these can be written in more than one way. */
	const char *signer = arena_printf(env->arena, "%s %s", hex_write(env->arena, w->issuer),
					  hex_write(env->arena, w->cert->serial));
	int64_t wait = 0;
	int rc = limit_take(env, &of_signer, blob_of(signer, strlen(signer)), &wait, e);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	err_fault(e, ERR_BUSY, "messages_rate",
		  "%s has had too many messages recorded that gave no certificate", w->name);
	e->retry_after = (int)(wait / CLOCK_SECOND) + 1;
	return -1;
}
