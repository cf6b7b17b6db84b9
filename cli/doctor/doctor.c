#include "cli/doctor/doctor.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "cli/print.h"
#include "fcgi/dms/api.h"
#include "store/store_dms.h"

static const struct check checks[] = {
	{ "permissions", check_permissions, 0,
	  "only the state's owner may write it, and nobody else may read keys: chmod and chown as said" },
	{ "sockets", check_sockets, 0,
	  "who can write to a responder's socket is the TLS terminator: chmod 0660, group of the web server" },
	{ "database", check_database, 0, "run shedu migrate" },
	{ "clock", check_clock, CHECK_DB,
	  "set the clock, and keep it with NTP: certificates depend on it" },
	{ "tick", check_tick, CHECK_DB, "keep shedu tick --every 1s running, as a service" },
	{ "audit", check_audit, CHECK_DB,
	  "find out who wrote to the database; compare it with the audit lines of the log" },
	{ "keys", check_keys, CHECK_DB,
	  "see that the key's URI is right and its file or token is there" },
	{ "responders", check_responders, CHECK_DB, "run shedu tick" },
	{ "publication", check_publication, CHECK_DB,
	  "see that ocsp.publish_dir is a folder of the state's owner on a tmpfs, and run shedu ocsp wipe" },
	{ "crls", check_crls, CHECK_DB, "run shedu tick" },
	{ "trust", check_trust, CHECK_DB,
	  "run shedu trust, and let the web server read the bundle again" },
	{ "server", check_server, CHECK_DB,
	  "see that the web server runs, that public.https_url leads to it, and its error log" },
	{ "http", check_plain_http, CHECK_DB,
	  "OCSP and CRL are asked for by plain HTTP: see public.http_url, it stands in every certificate" },
	{ "client-certificates", check_client_certificates, CHECK_DB,
	  "lighttpd: ssl.verifyclient.exportcert and ca-file; Apache: SSLOptions +ExportCertData; "
	  "both: the trust bundle" },
	{ "no-auth", check_no_auth, CHECK_DB, "set auth_mode to CLIENT_CERTIFICATE" },
	{ "jitp", check_jitp, CHECK_DB,
	  "set registration_mode to PRE_REGISTRATION, or an auth_mode" },
	{ "webhooks", check_webhooks, CHECK_DB,
	  "an https URL, validate_server_cert true, and server_ca where the CA is your own" },
	{ "bootstrap-ca", check_bootstrap_ca, CHECK_DB,
	  "make a CA for bootstrap certificates alone: shedu ca create" },
	{ "bootstrap-validity", check_bootstrap_validity, CHECK_DB,
	  "issue bootstrap certificates for a year or less: shedu cert issue --validity" },
	{ "validity", check_validity, CHECK_DB,
	  "validity of devices > reenrollment_delta >= preventive_delta >= critical_delta" },
	{ "csr-signature", check_csr_signature, CHECK_DB,
	  "set verify_csr_signature: else nobody proves to have the key (RFC 2986 3)" },
	{ "pop-linking", check_pop_linking, CHECK_DB, "unset require_pop_linking (RFC 7030 3.5)" },
	{ "secrets", check_secrets, CHECK_DB, "make one: shedu secret add --dms" },
	{ "canary", check_canary, CHECK_DB | CHECK_ENROLL, "see the log for the reason" },
};

static const char *const level_names[] = { "ok", "warn", "fail" };

static void report(struct doctor *d, enum level level, const char *advice, const char *text)
{
	struct doc *finding = doc_object(d->cli->arena);

	d->count[level]++;
	doc_set_text(finding, "check", d->check->name);
	doc_set_text(finding, "status", level_names[level]);
	doc_set_text(finding, "text", text);
	doc_set_text(finding, "advice", level == LEVEL_OK ? NULL : advice);
	doc_add(d->findings, finding);
	if (d->cli->json)
		return;
	printf("%-4s %s: %s\n", level_names[level], d->check->name, text);
	if (level != LEVEL_OK)
		printf("     -> %s\n", advice);
	fflush(stdout);
}

__attribute__((format(printf, 2, 0))) static const char *format(struct doctor *d, const char *fmt,
								va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	return arena_strdup(d->cli->arena, text);
}

void doctor_found(struct doctor *d, enum level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(d, level, d->check->advice, format(d, fmt, ap));
	va_end(ap);
}

void doctor_advise(struct doctor *d, enum level level, const char *advice, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(d, level, advice, format(d, fmt, ap));
	va_end(ap);
}

int doctor_list_dms(struct doctor *d, struct dms **v, size_t *n, struct err *e)
{
	enum { PAGE = 1000 };	/* advice on the first thousand is advice enough */
	struct dms_row *rows;

	if (store_dms_list(d->env.db, d->env.arena, NULL, PAGE, &rows, n, e))
		return -1;
	*v = arena_array(d->env.arena, *n + 1, sizeof(**v));
	for (size_t i = 0; i < *n; i++)
		if (dms_read(d->env.arena, &rows[i], &(*v)[i], e))
			return -1;
	return 0;
}

int doctor_list_issuers(struct doctor *d, struct issuer **v, size_t *n, struct err *e)
{
	struct issuer_row *rows;

	if (store_issuer_list(d->env.db, d->env.arena, &rows, n, e))
		return -1;
	*v = arena_array(d->env.arena, *n + 1, sizeof(**v));
	for (size_t i = 0; i < *n; i++) {
		(*v)[i].row = rows[i];
		(*v)[i].cert = cert_read(d->env.arena, rows[i].der, e);
		if (!(*v)[i].cert)
			return err_in(e, "CA %s", rows[i].ca);
	}
	return 0;
}

static void run_check(struct doctor *d, const struct check *check)
{
	struct err e = { 0 };

	if ((check->flags & CHECK_DB) && !d->env.db)
		return;
	if ((check->flags & CHECK_ENROLL) && !args_have(&d->cli->args, "enroll"))
		return;
	d->check = check;
	d->env.now = clock_now();
	if (check->run(d, &e))
		doctor_found(d, LEVEL_FAIL, "%s", err_log_text(&e));
}

int cmd_doctor(struct cli *c, struct err *e)
{
	struct doctor d = { .cli = c, .env = cli_env(c), .findings = doc_array(c->arena) };
	struct doc *report_doc = doc_object(c->arena);

	(void)e;	/* what goes wrong is what is looked for */
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		run_check(&d, &checks[i]);
	if (c->json) {
		doc_set_bool(report_doc, "ok", !d.count[LEVEL_FAIL]);
		doc_set(report_doc, "checks", d.findings);
		print_json(c->arena, report_doc);
	} else {
		printf("%zu ok, %zu to look at, %zu failed\n", d.count[LEVEL_OK],
		       d.count[LEVEL_WARN], d.count[LEVEL_FAIL]);
	}
	return d.count[LEVEL_FAIL] ? 1 : 0;
}
