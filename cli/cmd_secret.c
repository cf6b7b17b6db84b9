/* secret: add, list, revoke. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/print.h"

static int read_uses(const char *text, int64_t *uses, struct err *e)
{
	char *end;

	errno = 0;
	*uses = strtoll(text, &end, 10);
	if (*text && !*end && !errno)
		return 0;
	return err_set(e, ERR_REJECTED, "usage", "expected a number after --uses, got '%s'", text);
}

static void print_secret(struct cli *c, const struct doc *s)
{
	const char *id = doc_find_text(s, "id"), *secret = doc_find_text(s, "secret");

	if (c->json) {
		print_json(c->arena, s);
		return;
	}
	printf("user name: %s\nsecret:    %s\nexpires:   %s\n", id, secret,
	       doc_find_text(s, "expiration_ts"));
	printf("It is shown this once. With curl: -u %s:%s\n", id, secret);
}

int cmd_secret_add(struct cli *c, struct err *e)
{
	const char *uses = args_find(&c->args, "uses");
	struct doc *body = doc_object(c->arena), *secret;
	int64_t n;

	if (uses && read_uses(uses, &n, e))
		return -1;
	if (uses)
		doc_set_int(body, "uses", n);
	doc_set_text(body, "device", args_find(&c->args, "device"));
	doc_set_text(body, "validity", args_find(&c->args, "validity"));
	if (call(c, "POST", call_target(c->arena, "/v2/dms/%s/secrets", args_find(&c->args, "dms")),
		 body, &secret, e))
		return -1;
	print_secret(c, secret);
	return 0;
}

int cmd_secret_list(struct cli *c, struct err *e)
{
	static const struct column columns[] = {
		{ "USER NAME", "id" },		{ "DMS", "dms" },	{ "DEVICE", "device" },
		{ "STATUS", "status" },		{ "USED", "used" },	{ "OF", "uses" },
		{ "EXPIRES", "expiration_ts" }, { "BY", "created_by" }, COLUMN_END,
	};

	return print_list(c, call_query(c->arena, "/v2/secrets", "dms", args_find(&c->args, "dms")),
			  columns, e);
}

int cmd_secret_revoke(struct cli *c, struct err *e)
{
	const char *id = args_operand(&c->args, 0);
	struct doc *report = doc_object(c->arena);

	if (call(c, "DELETE", call_target(c->arena, "/v2/secrets/%s", id), NULL, NULL, e))
		return -1;
	doc_set_text(report, "revoked", id);
	print_done(c, report, "secret %s is revoked", id);
	return 0;
}
