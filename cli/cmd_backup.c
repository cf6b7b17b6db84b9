/* backup, restore. */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/rand.h"
#include "ca/crl_number.h"
#include "ca/published.h"
#include "cli/print.h"
#include "cli/restore_keep.h"
#include "cli/shedu.h"
#include "cli/tick/tick.h"
#include "fleet/event.h"
#include "store/store_ca.h"
#include "store/store_crl.h"
#include "store/store_meta.h"

/* What may have been signed since the backup, and more. */
enum { DEFAULT_JUMP = 10000 };

int cmd_backup(struct cli *c, struct err *e)
{
	const char *path = args_operand(&c->args, 0);
	struct doc *report = doc_object(c->arena);

	if (cli_open(c, e) || db_backup(c->db, path, e))
		return -1;
	doc_set_text(report, "database", c->conf->database);
	doc_set_text(report, "backup", path);
	print_done(c, report, "%s is a copy of %s; the keys are in %s", path, c->conf->database,
		   c->conf->state_dir);
	return 0;
}

static int read_jump(const struct cli *c, int64_t *jump, struct err *e)
{
	const char *s = args_find(&c->args, "crl-jump");
	char *end;

	*jump = DEFAULT_JUMP;
	if (!s)
		return 0;
	*jump = strtoll(s, &end, 10);
	if (*end || end == s || *jump < 0 || *jump > CRL_NUMBER_MAX / 2)
		return err_set(e, ERR_REJECTED, "usage",
			       "--crl-jump: expected a number of CRLs, 0 or more; got \"%s\"", s);
	return 0;
}

/* Numbers only grow (RFC 5280 5.2.3): on from the higher of what both know, and over what neither
 * does. */
static int jump_crls(const struct cli *c, struct db *copied, int64_t jump, struct err *e)
{
	struct issuer_row *v;
	size_t n;

	if (store_issuer_list(copied, c->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct crl_series then = { 0 }, now = { 0 };

		if (!v[i].key_uri)
			continue;
		if (store_crl_load_series(copied, v[i].ski, &then, e) < 0 ||
		    store_crl_load_series(c->db, v[i].ski, &now, e) < 0)
			return -1;
		if (now.number > then.number)
			then.number = now.number;
		if (store_crl_jump(copied, v[i].ski, then.number + jump, e) < 0)
			return -1;
	}
	return 0;
}

/* The chain of events goes on from an older end: the new one tells which was the last. */
static int add_event(struct env *env, struct db *copied, const char *path,
		     const struct audit_head *head, struct err *e)
{
	struct doc *data = doc_object(env->arena);
	const struct event v = { .type = EVENT_DATABASE_RESTORE,
				 .subject = "database",
				 .data = data };

	doc_set_text(data, "backup", path);
	doc_set_int(data, "audit_seq", head->seq);
	doc_set_text(data, "audit_hash", hex_write(env->arena, head->hash));
	return event_add(copied, env->arena, env->actor, env->now, &v, e);
}

/* Where answers are published is a fact of now, not of the backup. */
static int keep_published(struct cli *c, struct db *copied, struct err *e)
{
	struct published_row row;
	int found = store_published_load(c->db, c->arena, &row, e);

	if (found < 0)
		return -1;
	return found ? store_published_save(copied, &row, e) : store_published_remove(copied, e);
}

/* What restore does with the copy of the backup. */
struct restore {
	struct cli *cli;
	const char *path;
	int64_t jump;
	bool as_it_was;
	struct audit_head head;
	struct env env;		/* of the copy */
	struct kept kept;
};

/* Behind the write gate of the database that goes: what is read of it here is its last. Whatever was
 * derived from it is void with the new epoch. */
static int prepare(void *p, struct db *copied, struct err *e)
{
	struct restore *r = p;
	struct cli *c = r->cli;
	AUTO(db_txn) *t = db_begin(copied, DB_WRITE, e);
	unsigned char epoch[16];
	struct meta_row now;
	int found = t ? store_meta_load(c->db, c->arena, &now, e) : -1;

	if (found < 0)
		return -1;
	r->env = cli_env(c);
	r->env.db = copied;
	rand_fill(epoch, sizeof(epoch));
	if (store_meta_restore(copied, blob_of(epoch, sizeof(epoch)),
			       found ? now.trust_generation : 0, found ? now.ca_change : 0,
			       e) < 0 ||
	    keep_published(c, copied, e) < 0 ||
	    (!r->as_it_was && restore_keep(&r->env, c->db, &r->kept, e) < 0) ||
	    restore_keep_crls(&r->env, c->db, e) < 0 || jump_crls(c, copied, r->jump, e) < 0 ||
	    add_event(&r->env, copied, r->path, &r->head, e) < 0)
		return -1;
	return store_commit(&t, e);
}

/* What the web server gives out is from the database that went. */
static int renew_published(struct cli *c, struct err *e)
{
	cli_close(c);
	if (cli_open(c, e))
		return -1;
	struct env env = cli_env(c);
	return published_renew(&env, e) ? err_in(e, "the database is restored, but") : 0;
}

static void report_restore(const struct restore *r)
{
	struct cli *c = r->cli;
	struct doc *report = doc_object(c->arena);

	doc_set_text(report, "database", c->conf->database);
	doc_set_text(report, "backup", r->path);
	doc_set_int(report, "crl_jump", r->jump);
	doc_set_int(report, "revocations_kept", r->kept.revocations);
	doc_set_int(report, "decommissions_kept", r->kept.decommissions);
	print_done(
		c, report,
		"%s is as %s was, but for %lld revocations since, and %lld devices decommissioned; "
		"the next CRLs are numbered %lld higher, and certificates issued since the backup "
		"are unknown, unless revoked",
		c->conf->database, r->path, (long long)r->kept.revocations,
		(long long)r->kept.decommissions, (long long)r->jump);
}

int cmd_restore(struct cli *c, struct err *e)
{
	AUTO(db_restore) *copied = NULL;
	struct restore r = {
		.cli = c,
		.path = args_operand(&c->args, 0),
		.as_it_was = args_have(&c->args, "as-it-was"),
	};
	struct err also = { 0 };
	int renewed, put_away;

	if (read_jump(c, &r.jump, e) || cli_open(c, e) || audit_load(c->conf, c->arena, &r.head, e))
		return -1;
	copied = db_restore_begin(c->db, c->arena, r.path, e);
	if (!copied || db_restore_commit(c->db, copied, prepare, &r, e))
		return -1;
	/* From here on it is restored: neither of the two waits for the other's success. */
	renewed = renew_published(c, e);
	put_away = audit_put_away(c->conf, c->arena, &r.head, renewed ? &also : e);
	if (renewed && put_away)
		print_err(&also);
	if (renewed || put_away)
		return -1;
	report_restore(&r);
	return 0;
}
