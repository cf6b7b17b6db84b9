/* device: add, list, show, decommission. */
#include "cli/print.h"

static char *device_target(struct cli *c, const char *suffix)
{
	char *target = call_target(c->arena, "/v2/devices/%s", args_operand(&c->args, 0));

	return arena_printf(c->arena, "%s%s", target, suffix);
}

int cmd_device_add(struct cli *c, struct err *e)
{
	struct doc *body = doc_object(c->arena), *device;

	doc_set_text(body, "id", args_operand(&c->args, 0));
	doc_set_text(body, "dms_id", args_find(&c->args, "dms"));
	if (call(c, "POST", "/v2/devices", body, &device, e))
		return -1;
	print_done(c, device, "registered device %s", args_operand(&c->args, 0));
	return 0;
}

int cmd_device_list(struct cli *c, struct err *e)
{
	static const struct column columns[] = {
		{ "ID", "id" },
		{ "STATUS", "status" },
		{ "DMS", "dms_owner" },
		{ "VERSION", "identity.active_version" },
		{ "EXPIRES", "identity.expiration_date" },
		COLUMN_END,
	};
	const char *target = "/v2/devices";

	target = call_query(c->arena, target, "dms", args_find(&c->args, "dms"));
	target = call_query(c->arena, target, "status", args_find(&c->args, "status"));
	return print_list(c, target, columns, e);
}

int cmd_device_show(struct cli *c, struct err *e)
{
	struct doc *device;

	if (call(c, "GET", device_target(c, ""), NULL, &device, e))
		return -1;
	print_doc(c, device);
	return 0;
}

int cmd_device_decommission(struct cli *c, struct err *e)
{
	struct doc *device;

	if (call(c, "POST", device_target(c, "/decommission"), NULL, &device, e))
		return -1;
	print_done(c, device, "device %s is decommissioned", args_operand(&c->args, 0));
	return 0;
}
