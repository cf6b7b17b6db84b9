/* ocsp: what is published, begun anew, and written out for servers that are not ours. */
#include <stdio.h>

#include "base/clock.h"
#include "ca/publish_walk.h"
#include "ca/published.h"
#include "cli/export.h"
#include "cli/print.h"

int cmd_ocsp_wipe(struct cli *c, struct err *e)
{
	const char *dir = c->conf->ocsp.publish_dir;
	struct doc *report = doc_object(c->arena);
	bool left = true;

	if (!dir)
		return err_set(e, ERR_REJECTED, "publication",
			       "%s sets no ocsp.publish_dir: nothing is published", c->conf->path);
	if (cli_open(c, e))
		return -1;
	struct env env = cli_env(c);
	if (published_wipe(&env, e))
		return -1;
	while (left) {
		if (publish_walk_clean(&env, 10000, &left, e))
			return -1;
	}
	doc_set_text(report, "publish_dir", dir);
	print_done(c, report, "%s is empty, and ready", dir);
	return 0;
}

static void tell(const struct export *x, bool last)
{
	static int64_t told;

	if (!last && clock_monotonic() - told < CLOCK_SECOND)
		return;
	told = clock_monotonic();
	fprintf(stderr, "%lld certificates, %lld files written\n", (long long)x->certificates,
		(long long)x->written);
}

static struct doc *report_of(struct arena *a, const struct export *x)
{
	struct doc *d = doc_object(a);

	doc_set_text(d, "dir", x->dir);
	doc_set_time(d, "began", x->began);
	doc_set_int(d, "certificates", x->certificates);
	doc_set_int(d, "written", x->written);
	doc_set_int(d, "kept", x->kept);
	doc_set_int(d, "left_out", x->left_out);
	doc_set_int(d, "failed", x->failed);
	return d;
}

int cmd_ocsp_publish(struct cli *c, struct err *e)
{
	struct export x = { .dir = args_find(&c->args, "all") };
	const char *since = args_find(&c->args, "since");
	int more;

	if (since && clock_read(since, &x.since, e))
		return err_in(e, "--since");
	if (cli_open(c, e))
		return -1;
	struct env env = cli_env(c);
	if (export_begin(&x, &env, args_have(&c->args, "resume"), e))
		return -1;
	while ((more = export_page(&x, &env, e)) > 0)
		tell(&x, false);
	tell(&x, true);
	if (more < 0 || export_end(&x, e))
		return -1;
	print_done(
		c, report_of(c->arena, &x),
		"%s: %lld files written, %lld were there, %lld cannot be files; next: --since %s",
		x.dir, (long long)x.written, (long long)x.kept, (long long)x.left_out,
		clock_write(c->arena, x.began));
	if (!x.failed)
		return 0;
	*e = x.failure;
	return err_in(e, "%lld answers could not be made", (long long)x.failed);
}
