/* dms: create, list, show, update, delete. */
#include <string.h>

#include "cli/file.h"
#include "cli/print.h"

static int read_doc(struct cli *c, size_t operand, struct doc **out, struct err *e)
{
	const char *path = args_operand(&c->args, operand);
	struct blob file;

	if (file_read(c->arena, path ? path : "-", &file, e))
		return -1;
	*out = doc_read(c->arena, (const char *)file.data, file.len, e);
	return *out ? 0 : err_in(e, "%s", path ? path : "standard input");
}

static char *dms_target(struct cli *c)
{
	return call_target(c->arena, "/v2/dms/%s", args_operand(&c->args, 0));
}

int cmd_dms_create(struct cli *c, struct err *e)
{
	const char *id = args_operand(&c->args, 0);
	struct doc *body, *dms;

	if (read_doc(c, 1, &body, e))
		return -1;
	if (doc_kind(body) != DOC_OBJECT)
		return err_set(e, ERR_MALFORMED, "document", "expected a JSON object, got %s",
			       doc_kind_name(doc_kind(body)));
	const char *other = doc_find_text(body, "id");
	if (other && strcmp(other, id) != 0)
		return err_set(e, ERR_REJECTED, "id",
			       "expected the id '%s' as on the command line, got '%s'", id, other);
	doc_set_text(body, "id", id);
	if (!doc_find(body, "name"))
		doc_set_text(body, "name", id);
	if (call(c, "POST", "/v2/dms", body, &dms, e))
		return -1;
	print_done(c, dms, "made DMS %s", id);
	return 0;
}

int cmd_dms_list(struct cli *c, struct err *e)
{
	static const struct column columns[] = {
		{ "ID", "id" },
		{ "NAME", "name" },
		{ "ENROLLMENT CA", "settings.enrollment_settings.enrollment_ca" },
		{ "REGISTRATION", "settings.enrollment_settings.registration_mode" },
		{ "AUTH", "settings.enrollment_settings.est_rfc7030_settings.auth_mode" },
		{ "CREATED", "creation_ts" },
		COLUMN_END,
	};

	return print_list(c, "/v2/dms", columns, e);
}

int cmd_dms_show(struct cli *c, struct err *e)
{
	struct doc *dms;

	if (call(c, "GET", dms_target(c), NULL, &dms, e))
		return -1;
	print_doc(c, dms);
	return 0;
}

int cmd_dms_update(struct cli *c, struct err *e)
{
	struct doc *patch, *dms;

	if (read_doc(c, 1, &patch, e) || call(c, "PATCH", dms_target(c), patch, &dms, e))
		return -1;
	print_done(c, dms, "changed DMS %s", args_operand(&c->args, 0));
	return 0;
}

int cmd_dms_delete(struct cli *c, struct err *e)
{
	struct doc *report = doc_object(c->arena);

	if (call(c, "DELETE", dms_target(c), NULL, NULL, e))
		return -1;
	doc_set_text(report, "deleted", args_operand(&c->args, 0));
	print_done(c, report, "deleted DMS %s", args_operand(&c->args, 0));
	return 0;
}
