/* The web server's bundle of trusted CAs follows the database. */
#include "base/log.h"
#include "ca/trust.h"
#include "cli/tick/tick.h"
#include "store/store_meta.h"

int tick_trust(struct tick *t, struct err *e)
{
	struct meta_row meta;
	bool made = false;

	if (!t->env.conf->trust.bundle)
		return 0;
	int found = store_meta_load(t->env.db, t->env.arena, &meta, e);
	if (found <= 0)
		return found;
	if (trust_generation(t->env.conf) == meta.trust_generation)
		return 0;
	if (trust_write(&t->env, &made, e))
		return -1;
	if (made)
		log_msg(LOG_INFO, "trust bundle %s written, generation %lld",
			t->env.conf->trust.bundle, (long long)meta.trust_generation);
	return 0;
}
