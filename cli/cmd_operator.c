/* operator: add, list, remove. */
#include <string.h>

#include "base/b64.h"
#include "cli/csr.h"
#include "cli/file.h"
#include "cli/print.h"

static int write_pem(struct cli *c, struct file_out *f, const struct doc *answer, struct err *e)
{
	const char *b64 = doc_find_text(answer, "certificate");
	struct blob pem;

	if (b64_read(c->arena, b64 ? b64 : "", b64 ? strlen(b64) : 0, 0, &pem, e))
		return -1;
	return file_out_write(f, arena_strndup(c->arena, (const char *)pem.data, pem.len), e);
}

static int add(struct cli *c, const char *csr, struct doc **answer, struct err *e)
{
	struct doc *body = doc_object(c->arena), *list = doc_array(c->arena);
	struct texts dms = args_list(&c->args, "dms");

	for (size_t i = 0; i < dms.n; i++)
		doc_add(list, doc_text(c->arena, dms.v[i]));
	doc_set_text(body, "name", args_operand(&c->args, 0));
	doc_set_text(body, "role", args_find(&c->args, "role"));
	doc_set_text(body, "csr", csr);
	if (dms.n)
		doc_set(body, "dms", list);
	return call(c, "POST", "/v2/operators", body, answer, e);
}

int cmd_operator_add(struct cli *c, struct err *e)
{
	const struct csr_order order = {
		.csr_path = args_find(&c->args, "csr"),
		.key_path = args_find(&c->args, "out-key"),
		.common_name = args_operand(&c->args, 0),
	};
	struct file_out out;
	struct doc *answer;
	const char *csr;
	bool key_made;

	if (!order.csr_path == !order.key_path)
		return err_set(e, ERR_REJECTED, "usage", "expected --csr or --out-key, got %s",
			       order.csr_path ? "both" : "neither");
	if (file_out_open(&out, args_find(&c->args, "out"), e))
		return -1;
	int rc = csr_make_here(c, &order, &csr, &key_made, e);
	if (!rc)
		rc = add(c, csr, &answer, e);
	if (rc)
		csr_discard_key(&order, key_made);
	else
		rc = write_pem(c, &out, answer, e);
	file_out_close(&out);
	if (!rc && strcmp(out.path, "-"))
		print_done(c, answer, "operator %s (%s): %s", args_operand(&c->args, 0),
			   args_find(&c->args, "role"), out.path);
	return rc;
}

int cmd_operator_list(struct cli *c, struct err *e)
{
	static const struct column columns[] = {
		{ "NAME", "name" },	      { "ROLE", "role" },     { "DMS", "dms" },
		{ "CREATED", "creation_ts" }, { "SHA256", "sha256" }, COLUMN_END,
	};

	return print_list(c, "/v2/operators", columns, e);
}

int cmd_operator_remove(struct cli *c, struct err *e)
{
	const char *id = args_operand(&c->args, 0);
	struct doc *report = doc_object(c->arena);

	if (call(c, "DELETE", call_target(c->arena, "/v2/operators/%s", id), NULL, NULL, e))
		return -1;
	doc_set_text(report, "removed", id);
	print_done(c, report, "operator %s is removed", id);
	return 0;
}
