/*
 * shedu, the operator's command. What the API can do is done by the API's handlers, called in this
 * process (cli/call.h); only what no API offers has code of its own here: init, migrate, trust,
 * tick, doctor, and the making of keys.
 */
#ifndef CLI_SHEDU_H
#define CLI_SHEDU_H

#include "ca/env.h"
#include "cli/args.h"
#include "data/conf.h"

struct cli {
	struct arena *arena;		/* the process's */
	const struct conf *conf;	/* NULL for a command with COMMAND_NO_CONF */
	const char *actor;		/* "cli:0": who called, also after root has been given up */
	bool json;
	struct args args;
	struct db *db;			/* NULL until cli_open() */
};

enum command_flags {
	COMMAND_NO_CONF = 1,	/* runs without a configuration */
	COMMAND_AS_CALLER = 2,	/* gives up root itself */
};

struct command {
	const char *words;	/* "ca create"; NULL ends the table */
	const char *operands;
	const char *help;
	const struct arg_option *options;
	/* 0; 1: refused or failed, and said so; -1: refused or failed, *e says why */
	int (*run)(struct cli *c, struct err *e);
	unsigned flags;
};

enum { EXIT_OK = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

extern const struct command commands[];

/* The database, read-write, opened at the first call. */
int cli_open(struct cli *c, struct err *e);
void cli_close(struct cli *c);
/* The environment that core/ca's functions want; after cli_open(). */
struct env cli_env(const struct cli *c);

/* One per row of commands[]. */
int cmd_init(struct cli *c, struct err *e);
int cmd_migrate(struct cli *c, struct err *e);
int cmd_backup(struct cli *c, struct err *e);
int cmd_restore(struct cli *c, struct err *e);
int cmd_trust(struct cli *c, struct err *e);
int cmd_ca_create(struct cli *c, struct err *e);
int cmd_ca_import(struct cli *c, struct err *e);
int cmd_ca_rekey(struct cli *c, struct err *e);
int cmd_ca_crl(struct cli *c, struct err *e);
int cmd_ca_list(struct cli *c, struct err *e);
int cmd_ca_show(struct cli *c, struct err *e);
int cmd_ca_validation(struct cli *c, struct err *e);
int cmd_cert_issue(struct cli *c, struct err *e);
int cmd_cert_list(struct cli *c, struct err *e);
int cmd_cert_show(struct cli *c, struct err *e);
int cmd_cert_revoke(struct cli *c, struct err *e);
int cmd_cert_release(struct cli *c, struct err *e);
int cmd_cert_escrow(struct cli *c, struct err *e);
int cmd_operator_add(struct cli *c, struct err *e);
int cmd_operator_list(struct cli *c, struct err *e);
int cmd_operator_remove(struct cli *c, struct err *e);
int cmd_dms_create(struct cli *c, struct err *e);
int cmd_dms_list(struct cli *c, struct err *e);
int cmd_dms_show(struct cli *c, struct err *e);
int cmd_dms_update(struct cli *c, struct err *e);
int cmd_dms_delete(struct cli *c, struct err *e);
int cmd_profile_create(struct cli *c, struct err *e);
int cmd_profile_list(struct cli *c, struct err *e);
int cmd_profile_show(struct cli *c, struct err *e);
int cmd_profile_update(struct cli *c, struct err *e);
int cmd_profile_delete(struct cli *c, struct err *e);
int cmd_secret_add(struct cli *c, struct err *e);
int cmd_secret_list(struct cli *c, struct err *e);
int cmd_secret_revoke(struct cli *c, struct err *e);
int cmd_device_add(struct cli *c, struct err *e);
int cmd_device_list(struct cli *c, struct err *e);
int cmd_device_show(struct cli *c, struct err *e);
int cmd_device_decommission(struct cli *c, struct err *e);
int cmd_approval_list(struct cli *c, struct err *e);
int cmd_approval_show(struct cli *c, struct err *e);
int cmd_approval_approve(struct cli *c, struct err *e);
int cmd_approval_deny(struct cli *c, struct err *e);
int cmd_explain(struct cli *c, struct err *e);
int cmd_ocsp_wipe(struct cli *c, struct err *e);
int cmd_ocsp_publish(struct cli *c, struct err *e);
int cmd_tick(struct cli *c, struct err *e);
int cmd_doctor(struct cli *c, struct err *e);
int cmd_api(struct cli *c, struct err *e);
int cmd_help(struct cli *c, struct err *e);

#endif
