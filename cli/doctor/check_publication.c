/* What the web server gives out by itself. */
#include <unistd.h>

#include "ca/publish_tree.h"
#include "ca/published.h"
#include "cli/doctor/doctor.h"

/* A shard that is busy just now is left out. */
static int64_t count_files(const struct conf *conf)
{
	int64_t n = 0;
	int fd;

	for (unsigned i = 0; i < PUBLISH_SHARDS; i++) {
		if (publish_lock_try(conf, i, &fd) != 0)
			continue;
		n += publish_count_read(fd);
		close(fd);
	}
	return n;
}

static int find_tree(struct doctor *d, struct err *e)
{
	const struct conf *conf = d->cli->conf;
	int64_t n;
	int found;

	if (publish_tree_check(conf, e))
		return -1;
	found = published_is_ours(&d->env, e);
	if (found < 0)
		return -1;
	if (!found) {
		doctor_found(d, LEVEL_FAIL, "%s is of another boot or another database",
			     conf->ocsp.publish_dir);
		return 0;
	}
	n = count_files(conf);
	if (n >= conf->ocsp.publish_max)
		doctor_advise(d, LEVEL_WARN, "raise ocsp.publish_max, where there is memory",
			      "%s is full: %lld answers", conf->ocsp.publish_dir, (long long)n);
	else
		doctor_found(d, LEVEL_OK, "%s has %lld answers", conf->ocsp.publish_dir,
			     (long long)n);
	return 0;
}

int check_publication(struct doctor *d, struct err *e)
{
	const struct conf *conf = d->cli->conf;
	int found;

	if (!conf->ocsp.publish_dir) {
		doctor_found(d, LEVEL_OK, "no answers are published: the responder gives them all");
		return 0;
	}
	found = publish_tree_exists(conf, e);
	if (found < 0)
		return -1;
	if (found)
		return find_tree(d, e);
	doctor_found(d, LEVEL_WARN, "%s is not made: the responder gives all answers",
		     conf->ocsp.publish_dir);
	return 0;
}
