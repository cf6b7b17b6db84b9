#include "cli/shedu.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/help.h"
#include "cli/print.h"
#include "cli/priv.h"
#include "config.h"
#include "fcgi/dms/api.h"
#include "web/serve.h"

int cli_open(struct cli *c, struct err *e)
{
	return c->db ? 0 : dms_service.open(c->conf, &c->db, e);
}

void cli_close(struct cli *c)
{
	if (c->db)
		dms_service.close(c->db);
	c->db = NULL;
}

struct env cli_env(const struct cli *c)
{
	return (struct env){ .db = c->db,
			     .arena = c->arena,
			     .conf = c->conf,
			     .actor = c->actor,
			     .now = clock_now() };
}

/* How many of the words the command's name takes; 0: it is another command. */
static int match_words(const char *name, char **words, int n)
{
	int i = 0;

	for (const char *p = name; *p; i++) {
		size_t len = strcspn(p, " ");

		if (i == n || strlen(words[i]) != len || memcmp(words[i], p, len) != 0)
			return 0;
		p += len;
		p += strspn(p, " ");
	}
	return i;
}

static const struct command *find_command(char **words, int n, int *took)
{
	for (const struct command *cmd = commands; cmd->words; cmd++) {
		*took = match_words(cmd->words, words, n);
		if (*took)
			return cmd;
	}
	return NULL;
}

/* The global options may stand anywhere before "--": takes them out of argv. */
static int take_globals(struct arena *a, int argc, char **argv, struct args *globals, int *left,
			struct err *e)
{
	char **mine = arena_array(a, (size_t)argc + 1, sizeof(*mine));
	int n = 0, kept = 0;

	for (int i = 0; i < argc; i++) {
		const struct arg_option *o = global_options;

		if (!strcmp(argv[i], "--")) {
			while (i < argc)
				argv[kept++] = argv[i++];
			break;
		}
		while (o->name && (strncmp(argv[i], "--", 2) != 0 ||
				   strncmp(argv[i] + 2, o->name, strlen(o->name)) != 0 ||
				   !strchr("=", argv[i][2 + strlen(o->name)])))
			o++;
		if (!o->name) {
			argv[kept++] = argv[i];
			continue;
		}
		mine[n++] = argv[i];
		if (o->value && !strchr(argv[i], '=') && i + 1 < argc)
			mine[n++] = argv[++i];
	}
	*left = kept;
	return args_read(a, global_options, NULL, mine, n, globals, e);
}

/* Configuration, user, log: what a command finds done. */
static int prepare(struct cli *c, const struct command *cmd, const char *conf, struct err *e)
{
	if (cmd->flags & COMMAND_NO_CONF)
		return 0;
	c->conf = conf_load(c->arena, conf, e);
	if (!c->conf)
		return -1;
	if (cmd->flags & COMMAND_AS_CALLER)
		return 0;
	if (priv_become_owner(c->conf->state_dir, e))
		return -1;
	log_open("shedu", c->conf->log.file);
	return 0;
}

static int run(struct cli *c, const struct command *cmd, const char *conf, struct err *e)
{
	if (prepare(c, cmd, conf, e))
		return -1;
	int rc = cmd->run(c, e);
	cli_close(c);
	return rc < 0 || print_finish(e) ? -1 : rc;
}

static int exit_status(struct arena *a, int rc, const struct command *cmd, const struct err *e)
{
	if (rc >= 0)
		return rc ? EXIT_REFUSED : EXIT_OK;
	print_err(e);
	if (strcmp(e->code, "usage") != 0)
		return EXIT_REFUSED;
	help_usage(a, cmd);
	return EXIT_USAGE;
}

/* argv without the program's name. */
static int shedu(struct arena *a, int argc, char **argv)
{
	struct cli c = { .arena = a, .actor = arena_printf(a, "cli:%ld", (long)getuid()) };
	struct args globals;
	struct err e = { 0 };
	int words;

	if (take_globals(a, argc, argv, &globals, &argc, &e))
		return exit_status(a, -1, NULL, &e);
	c.json = args_have(&globals, "json");
	if (args_have(&globals, "version")) {
		puts(PACKAGE_STRING);
		return EXIT_OK;
	}
	const struct command *cmd = find_command(argv, argc, &words);
	if (!cmd && args_have(&globals, "help")) {
		help_all();
		return EXIT_OK;
	}
	if (!cmd) {
		err_set(&e, ERR_REJECTED, "usage",
			"expected a command, got %s%s; shedu help lists them",
			argc ? argv[0] : "none", argc > 1 ? arena_printf(a, " %s", argv[1]) : "");
		return exit_status(a, -1, NULL, &e);
	}
	if (args_have(&globals, "help")) {
		help_command(a, cmd);
		return EXIT_OK;
	}
	if (args_read(a, cmd->options, cmd->operands, argv + words, argc - words, &c.args, &e))
		return exit_status(a, -1, cmd, &e);
	return exit_status(a, run(&c, cmd, args_find(&globals, "conf"), &e), cmd, &e);
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	int status = shedu(a, argc - 1, argv + 1);

	arena_free(a);
	return status;
}
