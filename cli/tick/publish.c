/* Published answers: the folder is of this boot and this database, and what nears its end goes. */
#include "base/clock.h"
#include "base/log.h"
#include "ca/publish.h"
#include "ca/publish_walk.h"
#include "ca/published.h"
#include "cli/tick/tick.h"

/* STEPS: for each answer, with the folders that it may lie in. */
enum { FILES = 4000, STEPS = 3 };

#define ROUND (PUBLISH_MARGIN / 2)	/* once round the whole tree */

/* As much of the tree as the time since the last piece is of ROUND, whatever --every is. */
static size_t find_share(struct tick *t)
{
	int64_t now = clock_monotonic(), all = t->env.conf->ocsp.publish_max * STEPS;
	int64_t elapsed = t->walk.at ? now - t->walk.at : 0;

	t->walk.at = now;
	if (elapsed > ROUND)
		elapsed = ROUND;
	return FILES + (size_t)(all * elapsed / ROUND);
}

/* When the clock was set back, what was published before is of the future now, and no client takes it.
 * It lies behind the present round, too: another one begins, and makes no pauses. By less than a
 * minute, little of it is, and not for long. */
static void look_at_clock(struct tick *t)
{
	if (t->env.now < t->walk.seen_at - CLOCK_MINUTE) {
		publish_walk_end();
		t->walk.hurries = true;
	}
	t->walk.seen_at = t->env.now;
}

/* A tick of one round leaves nothing to a later one. */
static int walk(struct tick *t, struct err *e)
{
	size_t files = find_share(t);
	bool more, ended, left;

	look_at_clock(t);
	do {
		if (publish_walk_clean(&t->env, files, &left, e) < 0 ||
		    publish_walk(&t->env, files, &ended, e) < 0)
			return -1;
		more = t->once && (left || !ended);
	} while (more);
	t->walk.hurries = t->walk.hurries && !ended;
	t->again = t->walk.hurries;
	return 0;
}

int tick_publish(struct tick *t, struct err *e)
{
	bool made;

	if (published_prepare(&t->env, &made, e) < 0)
		return -1;
	if (!t->env.conf->ocsp.publish_dir)
		return 0;
	if (made) {
		publish_walk_end();
		log_msg(LOG_INFO, "%s made anew for published answers",
			t->env.conf->ocsp.publish_dir);
	}
	return published_settle(&t->env, e) < 0 ? -1 : walk(t, e);
}
