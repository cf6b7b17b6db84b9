/* ocsp: what is published, begun anew, and written out for servers that are not ours. */
#include "ca/published.h"
#include "ca/publish_walk.h"
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
