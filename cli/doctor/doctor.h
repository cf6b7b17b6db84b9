/*
 * doctor: what is wrong with an installation, and what to do about it. A check is a row: its name,
 * a function that finds things out, and the advice that goes with what is not well.
 */
#ifndef CLI_DOCTOR_DOCTOR_H
#define CLI_DOCTOR_DOCTOR_H

#include "ca/env.h"
#include "cli/shedu.h"
#include "fleet/dms.h"
#include "fleet/issuer.h"

enum level { LEVEL_OK, LEVEL_WARN, LEVEL_FAIL };

struct check;

struct doctor {
	struct cli *cli;
	struct env env;			/* env.db is NULL when the database did not open */
	const struct check *check;	/* the one that runs */
	struct doc *findings;
	size_t count[3];		/* by level */
};

enum check_flags {
	CHECK_DB = 1,		/* needs the database */
	CHECK_ENROLL = 2,	/* only with --enroll */
};

struct check {
	const char *name;
	/* Finds at least one thing; -1 with *e: that is a failure, too. */
	int (*run)(struct doctor *d, struct err *e);
	unsigned flags;
	const char *advice;	/* printed with what is not well */
};

/* Reports and prints. */
void doctor_found(struct doctor *d, enum level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same with advice of its own. */
void doctor_advise(struct doctor *d, enum level level, const char *advice, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* All DMSs, and all issuers with their certificates. */
int doctor_list_dms(struct doctor *d, struct dms **v, size_t *n, struct err *e);
int doctor_list_issuers(struct doctor *d, struct issuer **v, size_t *n, struct err *e);

int check_permissions(struct doctor *d, struct err *e);
int check_sockets(struct doctor *d, struct err *e);
int check_database(struct doctor *d, struct err *e);
int check_clock(struct doctor *d, struct err *e);
int check_tick(struct doctor *d, struct err *e);
int check_audit(struct doctor *d, struct err *e);
int check_keys(struct doctor *d, struct err *e);
int check_responders(struct doctor *d, struct err *e);
int check_publication(struct doctor *d, struct err *e);
int check_crls(struct doctor *d, struct err *e);
int check_trust(struct doctor *d, struct err *e);
int check_server(struct doctor *d, struct err *e);
int check_plain_http(struct doctor *d, struct err *e);
int check_client_certificates(struct doctor *d, struct err *e);
int check_no_auth(struct doctor *d, struct err *e);
int check_jitp(struct doctor *d, struct err *e);
int check_webhooks(struct doctor *d, struct err *e);
int check_bootstrap_ca(struct doctor *d, struct err *e);
int check_bootstrap_validity(struct doctor *d, struct err *e);
int check_validity(struct doctor *d, struct err *e);
int check_csr_signature(struct doctor *d, struct err *e);
int check_pop_linking(struct doctor *d, struct err *e);
int check_secrets(struct doctor *d, struct err *e);
int check_canary(struct doctor *d, struct err *e);

#endif
