#include "cli/args.h"

#include <stdlib.h>
#include <string.h>

static size_t count_options(const struct arg_option *options)
{
	size_t n = 0;

	while (options && options[n].name)
		n++;
	return n;
}

static int find_option(const struct arg_option *options, const char *name, size_t len)
{
	for (int i = 0; options && options[i].name; i++)
		if (strlen(options[i].name) == len && !memcmp(options[i].name, name, len))
			return i;
	return -1;
}

static void texts_add(struct arena *a, struct texts *t, const char *s)
{
	const char **v = arena_array(a, t->n + 1, sizeof(*v));

	if (t->n)
		memcpy(v, t->v, t->n * sizeof(*v));
	v[t->n] = s;
	t->v = v;
	t->n++;
}

/* One option, with its value in the same word ("--cn=x") or in the next. The number of words it
 * took, or -1. */
static int read_option(struct arena *a, struct args *out, char **argv, int argc, struct err *e)
{
	const char *name = argv[0] + 2, *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);
	int i = find_option(out->options, name, len), took = 1;

	if (i < 0)
		return err_set(e, ERR_REJECTED, "usage", "there is no option --%.*s here", (int)len,
			       name);
	const struct arg_option *o = &out->options[i];
	if (!o->value && value)
		return err_set(e, ERR_REJECTED, "usage", "--%s takes no value, got '%s'", o->name,
			       value + 1);
	if (o->value && !value && argc < 2)
		return err_set(e, ERR_REJECTED, "usage", "--%s needs a value (%s)", o->name,
			       o->value);
	if (out->values[i].n && !(o->flags & ARG_REPEATED))
		return err_set(e, ERR_REJECTED, "usage", "--%s is given twice", o->name);
	if (!o->value)
		value = "";
	else if (value)
		value++;
	else {
		value = argv[1];
		took = 2;
	}
	texts_add(a, &out->values[i], value);
	return took;
}

/* How many operands the text asks for, and how many it allows. */
static void count_operands(const char *operands, size_t *least, size_t *most)
{
	*least = *most = 0;
	for (const char *p = operands; p && *p; p += strspn(p, " ")) {
		*most += 1;
		*least += *p != '[';
		p += strcspn(p, " ");
	}
}

static int check_operands(const struct args *args, const char *operands, struct err *e)
{
	size_t least, most;

	count_operands(operands, &least, &most);
	if (args->operands.n < least)
		return err_set(e, ERR_REJECTED, "usage", "expected %s, got %zu operand%s", operands,
			       args->operands.n, args->operands.n == 1 ? "" : "s");
	if (args->operands.n > most)
		return err_set(e, ERR_REJECTED, "usage", "expected %s, got '%s' as well",
			       most ? operands : "no operand", args->operands.v[most]);
	return 0;
}

static int check_required(const struct args *args, struct err *e)
{
	for (size_t i = 0; args->options && args->options[i].name; i++) {
		const struct arg_option *o = &args->options[i];

		if ((o->flags & ARG_REQUIRED) && !args->values[i].n)
			return err_set(e, ERR_REJECTED, "usage",
				       "expected --%s %s, and it is missing", o->name, o->value);
	}
	return 0;
}

int args_read(struct arena *a, const struct arg_option *options, const char *operands, char **argv,
	      int argc, struct args *out, struct err *e)
{
	bool more_options = true;

	*out = (struct args){ .options = options };
	out->values = arena_array(a, count_options(options) + 1, sizeof(*out->values));
	for (int i = 0; i < argc;) {
		int took = 1;

		if (more_options && !strcmp(argv[i], "--"))
			more_options = false;
		else if (more_options && !strncmp(argv[i], "--", 2))
			took = read_option(a, out, argv + i, argc - i, e);
		else if (more_options && argv[i][0] == '-' && argv[i][1])
			return err_set(e, ERR_REJECTED, "usage",
				       "there is no option %s; options are long, --name", argv[i]);
		else
			texts_add(a, &out->operands, argv[i]);
		if (took < 0)
			return -1;
		i += took;
	}
	if (check_operands(out, operands, e))
		return -1;
	return check_required(out, e);
}

struct texts args_list(const struct args *args, const char *name)
{
	int i = find_option(args->options, name, strlen(name));

	if (i < 0)
		abort();
	return args->values[i];
}

const char *args_find(const struct args *args, const char *name)
{
	struct texts t = args_list(args, name);

	return t.n ? t.v[0] : NULL;
}

bool args_have(const struct args *args, const char *name)
{
	return args_list(args, name).n > 0;
}

const char *args_operand(const struct args *args, size_t i)
{
	return i < args->operands.n ? args->operands.v[i] : NULL;
}

void args_usage(struct text *t, const struct arg_option *options, const char *operands)
{
	if (operands && *operands)
		text_addf(t, " %s", operands);
	for (const struct arg_option *o = options; o && o->name; o++) {
		bool required = o->flags & ARG_REQUIRED;

		text_addf(t, " %s--%s%s%s%s%s", required ? "" : "[", o->name, o->value ? " " : "",
			  o->value ? o->value : "", required ? "" : "]",
			  o->flags & ARG_REPEATED ? "..." : "");
	}
}

void args_help(struct text *t, const struct arg_option *options)
{
	for (const struct arg_option *o = options; o && o->name; o++) {
		struct text left;

		text_init(&left, t->arena);
		text_addf(&left, "--%s%s%s", o->name, o->value ? " " : "",
			  o->value ? o->value : "");
		text_addf(t, "  %-24s %s\n", left.s, o->help);
	}
}
