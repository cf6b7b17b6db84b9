/*
 * The command line, declared: a command's options are rows, its operands a usage text, and from
 * both come the parser, the usage line, the help and the errors.
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "base/arena.h"
#include "base/err.h"
#include "data/field.h"

enum arg_flags {
	ARG_REQUIRED = 1,
	ARG_REPEATED = 2,	/* may be given several times, args_list() has them all */
};

struct arg_option {
	const char *name;	/* without "--"; NULL ends the rows */
	const char *value;	/* what the value is called, "ID"; NULL: a switch, without value */
	unsigned flags;
	const char *help;
};

#define ARG_END                                                                                    \
	{                                                                                          \
		.name = NULL                                                                       \
	}

struct args {
	const struct arg_option *options;
	struct texts *values;	/* of the row with the same index */
	struct texts operands;
};

/* operands: "ID [FILE|-]", what is in brackets may be missing. argv holds what follows the
 * command's words. ERR_REJECTED "usage" with what was expected and what came. */
int args_read(struct arena *a, const struct arg_option *options, const char *operands, char **argv,
	      int argc, struct args *out, struct err *e);

/* Asking for an option that has no row ends the process: a programming error. */
const char *args_find(const struct args *args, const char *name);	/* NULL: not given */
struct texts args_list(const struct args *args, const char *name);
bool args_have(const struct args *args, const char *name);
const char *args_operand(const struct args *args, size_t i);	/* NULL: not given */

/* "ID --cn NAME [--parent ID]", and one line per option. */
void args_usage(struct text *t, const struct arg_option *options, const char *operands);
void args_help(struct text *t, const struct arg_option *options);

#endif
