/* approval: list, show, approve, deny. */
#include "cli/print.h"

static char *approval_target(struct cli *c, const char *suffix)
{
	char *target = call_target(c->arena, "/v2/approvals/%s", args_operand(&c->args, 0));

	return arena_printf(c->arena, "%s%s", target, suffix);
}

int cmd_approval_list(struct cli *c, struct err *e)
{
	static const struct column columns[] = {
		{ "ID", "id" },
		{ "STATE", "state" },
		{ "DMS", "dms" },
		{ "DEVICE", "device" },
		{ "OPERATION", "operation" },
		{ "REQUESTER", "requester" },
		{ "CREATED", "creation_ts" },
		COLUMN_END,
	};
	const char *target = "/v2/approvals";

	target = call_query(c->arena, target, "dms", args_find(&c->args, "dms"));
	target = call_query(c->arena, target, "state", args_find(&c->args, "state"));
	return print_list(c, target, columns, e);
}

int cmd_approval_show(struct cli *c, struct err *e)
{
	struct doc *approval;

	if (call(c, "GET", approval_target(c, ""), NULL, &approval, e))
		return -1;
	print_doc(c, approval);
	return 0;
}

int cmd_approval_approve(struct cli *c, struct err *e)
{
	struct doc *approval;

	if (call(c, "POST", approval_target(c, "/approve"), NULL, &approval, e))
		return -1;
	print_done(c, approval, "approved: device %s gets its certificate when it asks again",
		   doc_find_text(approval, "device"));
	return 0;
}

int cmd_approval_deny(struct cli *c, struct err *e)
{
	const char *reason = args_find(&c->args, "reason");
	struct doc *body = doc_object(c->arena), *approval;

	if (reason)
		doc_set_text(body, "reason", reason);
	if (call(c, "POST", approval_target(c, "/deny"), body, &approval, e))
		return -1;
	print_done(c, approval, "denied: device %s is told so when it asks again",
		   doc_find_text(approval, "device"));
	return 0;
}
