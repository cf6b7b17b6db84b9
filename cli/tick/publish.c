/* Published answers: the folder is of this boot and this database, and what nears its end goes. */
#include "base/clock.h"
#include "base/log.h"
#include "ca/publish_walk.h"
#include "ca/published.h"
#include "cli/tick/tick.h"

enum { FILES = 4000 };

int tick_publish(struct tick *t, struct err *e)
{
	bool made, ended, left;

	if (published_prepare(&t->env, &made, e) < 0)
		return -1;
	if (!t->env.conf->ocsp.publish_dir)
		return 0;
	if (made) {
		publish_walk_end();
		log_msg(LOG_INFO, "%s made anew for published answers",
			t->env.conf->ocsp.publish_dir);
	}
	if (published_settle(&t->env, e) < 0 || publish_walk_clean(&t->env, FILES, &left, e) < 0)
		return -1;
	return left ? 0 : publish_walk(&t->env, FILES, &ended, e);
}
