/* api: any request of the API, as a shell says it. */
#include <stdio.h>
#include <string.h>

#include "cli/file.h"
#include "cli/print.h"

/* JSON patches are arrays (RFC 6902), merge patches objects (RFC 7396). */
static const char *media_type(const char *method, struct blob body)
{
	if (!body.len)
		return NULL;
	if (strcmp(method, "PATCH") != 0)
		return "application/json";
	for (size_t i = 0; i < body.len; i++)
		if (!strchr(" \t\r\n", body.data[i]))
			return body.data[i] == '[' ? "application/json-patch+json"
						   : "application/merge-patch+json";
	return "application/json";
}

int cmd_api(struct cli *c, struct err *e)
{
	const char *method = args_operand(&c->args, 0), *target = args_operand(&c->args, 1);
	const char *path = args_operand(&c->args, 2), *type = args_find(&c->args, "type");
	struct blob body = { 0 };
	struct answered got;

	if (target[0] != '/')
		return err_set(e, ERR_REJECTED, "usage",
			       "expected a path that begins with /, got '%s'", target);
	if (path && file_read(c->arena, path, &body, e))
		return -1;
	if (!type)
		type = media_type(method, body);
	if (call_raw(c, c->arena, method, target, type, body, &got, e))
		return -1;
	fprintf(stderr, "%d%s%s\n", got.status, got.type ? " " : "", got.type ? got.type : "");
	fwrite(got.body.data, 1, got.body.len, stdout);
	if (got.body.len && got.body.data[got.body.len - 1] != '\n')
		putchar('\n');
	return got.status >= 200 && got.status <= 299 ? 0 : 1;
}
