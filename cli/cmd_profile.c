/* profile: create, list, show, update, delete. */
#include <string.h>

#include "cli/file.h"
#include "cli/print.h"

static int read_doc(struct cli *c, struct doc **out, struct err *e)
{
	const char *path = args_operand(&c->args, 1), *id = args_operand(&c->args, 0), *other;
	struct blob file;

	path = path ? path : "-";
	if (file_read(c->arena, path, &file, e))
		return -1;
	*out = doc_read(c->arena, (const char *)file.data, file.len, e);
	if (!*out)
		return err_in(e, "%s", strcmp(path, "-") == 0 ? "standard input" : path);
	if (doc_kind(*out) != DOC_OBJECT)
		return err_set(e, ERR_MALFORMED, "document", "expected a JSON object, got %s",
			       doc_kind_name(doc_kind(*out)));
	other = doc_find_text(*out, "id");
	if (other && strcmp(other, id) != 0)
		return err_set(e, ERR_REJECTED, "id",
			       "expected the id '%s' as on the command line, got '%s'", id, other);
	doc_set_text(*out, "id", id);
	return 0;
}

static char *target(struct cli *c)
{
	return call_target(c->arena, "/v2/profiles/%s", args_operand(&c->args, 0));
}

int cmd_profile_create(struct cli *c, struct err *e)
{
	struct doc *body, *profile;

	if (read_doc(c, &body, e) || call(c, "POST", "/v2/profiles", body, &profile, e))
		return -1;
	print_done(c, profile, "made issuance profile %s", args_operand(&c->args, 0));
	return 0;
}

int cmd_profile_list(struct cli *c, struct err *e)
{
	static const struct column columns[] = {
		{ "ID", "id" },
		{ "NAME", "name" },
		{ "VALIDITY", "validity.duration" },
		{ "SAN", "san_policy" },
		{ "HASH", "signature_hash" },
		COLUMN_END,
	};

	return print_list(c, "/v2/profiles", columns, e);
}

int cmd_profile_show(struct cli *c, struct err *e)
{
	struct doc *profile;

	if (call(c, "GET", target(c), NULL, &profile, e))
		return -1;
	print_doc(c, profile);
	return 0;
}

int cmd_profile_update(struct cli *c, struct err *e)
{
	struct doc *body, *profile;

	if (read_doc(c, &body, e) || call(c, "PUT", target(c), body, &profile, e))
		return -1;
	print_done(c, profile, "changed issuance profile %s", args_operand(&c->args, 0));
	return 0;
}

int cmd_profile_delete(struct cli *c, struct err *e)
{
	struct doc *report = doc_object(c->arena);

	if (call(c, "DELETE", target(c), NULL, NULL, e))
		return -1;
	doc_set_text(report, "deleted", args_operand(&c->args, 0));
	print_done(c, report, "deleted issuance profile %s", args_operand(&c->args, 0));
	return 0;
}
