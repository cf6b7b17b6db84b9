/* What the tables say about themselves. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/shedu.h"

extern const struct arg_option global_options[];

void help_command(struct arena *a, const struct command *cmd);	/* on stdout */
void help_all(void);
/* "usage: shedu ..." of the command, or of shedu when it is NULL; on stderr. */
void help_usage(struct arena *a, const struct command *cmd);

#endif
