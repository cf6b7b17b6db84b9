/* explain: what a device would be answered, step by step. */
#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "cli/file.h"
#include "cli/print.h"

static int make_body(struct cli *c, struct doc *body, struct err *e)
{
	const char *cert = args_find(&c->args, "cert"), *at = args_find(&c->args, "at");
	const char *operation = args_find(&c->args, "operation");
	struct blob file;

	if (file_read(c->arena, args_operand(&c->args, 1), &file, e))
		return -1;
	doc_set_text(body, "csr", b64_write(c->arena, file, 0));
	if (operation)
		doc_set_text(body, "operation", operation);
	if (at)
		doc_set_text(body, "at", at);
	if (!cert)
		return 0;
	if (file_read(c->arena, cert, &file, e))
		return -1;
	doc_set_text(body, "cert", b64_write(c->arena, file, 0));
	return 0;
}

static void print_step(struct arena *a, const struct doc *step)
{
	const char *text = doc_find_text(step, "text"), *code = doc_find_text(step, "code");

	if (!text)
		text = doc_find_text(step, "help");
	if (code)
		text = arena_printf(a, "%s: %s", code, text);
	printf("%-18s  %-11s  %s\n", doc_find_text(step, "step"), doc_find_text(step, "verdict"),
	       text);
}

static void print_explanation(struct arena *a, const struct doc *answer)
{
	const struct doc *steps = doc_find(answer, "steps");
	const char *code = doc_find_text(answer, "code");

	for (size_t i = 0; i < doc_len(steps); i++)
		print_step(a, doc_at(steps, i));
	printf("\nHTTP %lld  %s%s%s\n", (long long)doc_get_int(doc_find(answer, "status")),
	       code ? code : "", code ? ": " : "", doc_find_text(answer, "text"));
}

int cmd_explain(struct cli *c, struct err *e)
{
	struct doc *body = doc_object(c->arena), *answer;
	char *target = call_target(c->arena, "/v2/dms/%s/explain", args_operand(&c->args, 0));

	if (make_body(c, body, e) || call(c, "POST", target, body, &answer, e))
		return -1;
	if (c->json)
		print_json(c->arena, answer);
	else
		print_explanation(c->arena, answer);
	return doc_get_bool(doc_find(answer, "granted")) ? 0 : 1;
}
