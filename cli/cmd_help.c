/* help: of all commands, of one, of the settings, of the API's routes; all from tables. */
#include <stdio.h>
#include <string.h>

#include "cli/help.h"
#include "data/settings.h"
#include "fcgi/dms/api.h"
#include "web/serve.h"

const struct arg_option global_options[] = {
	{ "conf", "FILE", 0,
	  "the configuration; default $SHEDU_CONF, else " SYSCONFDIR "/shedu/shedu.conf" },
	{ "json", NULL, 0, "print JSON" },
	{ "help", NULL, 0, "print what the command does" },
	{ "version", NULL, 0, "print the version" },
	ARG_END,
};

void help_all(void)
{
	puts("usage: shedu [--conf FILE] [--json] COMMAND ...\n");
	for (const struct command *cmd = commands; cmd->words; cmd++)
		printf("  %-20s %s\n", cmd->words, cmd->help);
	puts("\nshedu COMMAND --help tells more; shedu help settings lists what can be set.");
}

static void add_usage(struct text *t, const struct command *cmd)
{
	text_addf(t, "usage: shedu [--conf FILE] [--json] %s", cmd ? cmd->words : "COMMAND ...");
	if (cmd)
		args_usage(t, cmd->options, cmd->operands);
	text_add(t, "\n");
}

void help_usage(struct arena *a, const struct command *cmd)
{
	struct text t;

	text_init(&t, a);
	add_usage(&t, cmd);
	fputs(t.s, stderr);
}

static const struct {
	enum method method;
	const char *name;
} methods[] = {
	{ METHOD_GET, "GET" },	   { METHOD_POST, "POST" },	{ METHOD_PUT, "PUT" },
	{ METHOD_PATCH, "PATCH" }, { METHOD_DELETE, "DELETE" },
};

static void add_routes(struct text *t)
{
	text_add(t, "\n");
	for (size_t i = 0; i < dms_service.nroutes; i++) {
		const struct route *r = &dms_service.routes[i];
		struct text names;

		text_init(&names, t->arena);
		for (size_t m = 0; m < ARRAY_LEN(methods); m++)
			if (r->methods & methods[m].method)
				text_addf(&names, "%s%s", names.len ? "," : "", methods[m].name);
		text_addf(t, "  %-9s %-42s %s\n", names.s, r->path, r->help ? r->help : "");
	}
}

void help_command(struct arena *a, const struct command *cmd)
{
	struct text t;

	text_init(&t, a);
	add_usage(&t, cmd);
	text_addf(&t, "\n%s\n", cmd->help);
	if (cmd->options) {
		text_add(&t, "\n");
		args_help(&t, cmd->options);
	}
	if (cmd->run == cmd_api)
		add_routes(&t);
	fputs(t.s, stdout);
}

/* The tables print themselves as mdoc: ".It Ic name" and lines of text, here for a terminal. */
static void print_settings(struct arena *a, const char *title, const struct field *rows)
{
	static const char item[] = ".It Ic ";
	struct text t;

	text_init(&t, a);
	fields_help(&t, rows, "");
	printf("%s\n", title);
	for (const char *p = t.s; *p;) {
		int len = (int)strcspn(p, "\n");

		if (!strncmp(p, item, strlen(item)))
			printf("\n  %.*s\n", len - (int)strlen(item), p + strlen(item));
		else
			printf("      %.*s\n", len, p);
		p += len + (p[len] == '\n');
	}
	putchar('\n');
}

static int help_settings(struct cli *c)
{
	print_settings(c->arena, "shedu.conf:", conf_fields);
	print_settings(c->arena, "Settings of a DMS:", dms_settings_fields);
	print_settings(c->arena, "Issuance profiles:", profile_fields);
	return 0;
}

int cmd_help(struct cli *c, struct err *e)
{
	const char *first = args_operand(&c->args, 0), *second = args_operand(&c->args, 1);

	if (!first) {
		help_all();
		return 0;
	}
	if (!second && !strcmp(first, "settings"))
		return help_settings(c);
	const char *words = second ? arena_printf(c->arena, "%s %s", first, second) : first;
	for (const struct command *cmd = commands; cmd->words; cmd++)
		if (!strcmp(cmd->words, words)) {
			help_command(c->arena, cmd);
			return 0;
		}
	return err_set(e, ERR_REJECTED, "usage", "there is no command '%s'", words);
}
