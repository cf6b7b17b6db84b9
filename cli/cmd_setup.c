/* init, migrate, trust: what stands before, or beside, the API. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ca/published.h"
#include "ca/trust.h"
#include "cli/print.h"
#include "cli/priv.h"
#include "pki/key.h"
#include "store/store_meta.h"

enum { STATE_MODE = 0750, KEYS_MODE = 0700, DATABASE_MODE = 0640 };

static const char *directory_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : arena_strndup(a, path, (size_t)(slash - path));
}

static bool is_there(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

/* What init did and found, for the report. */
struct setup {
	struct cli *cli;
	struct doc *made, *found;
};

static void note(struct setup *s, bool made, const char *path)
{
	doc_add(made ? s->made : s->found, doc_text(s->cli->arena, path));
	if (!s->cli->json)
		printf("%-6s %s\n", made ? "made" : "found", path);
}

static int fail(struct err *e, const char *doing, const char *path)
{
	return err_fault(e, ERR_INTERNAL, "init", "cannot %s %s: %s", doing, path, strerror(errno));
}

/* The folder and those above it; only the last one gets the mode and, from root, the owner. */
static int make_path(struct arena *a, const char *path, mode_t mode, uid_t uid, gid_t gid,
		     struct err *e)
{
	for (const char *p = path; (p = strchr(p + 1, '/'));) {
		const char *parent = arena_strndup(a, path, (size_t)(p - path));

		if (mkdir(parent, 0755) && errno != EEXIST)
			return fail(e, "make", parent);
	}
	if (mkdir(path, mode) && errno != EEXIST)
		return fail(e, "make", path);
	if (geteuid() == 0 && chown(path, uid, gid))
		return fail(e, "give away", path);
	return chmod(path, mode) ? fail(e, "set the mode of", path) : 0;
}

/* The state directory, and whoever owns it from now on. */
static int make_state(struct setup *s, struct err *e)
{
	const char *dir = s->cli->conf->state_dir, *owner = args_find(&s->cli->args, "owner");
	const char *data = directory_of(s->cli->arena, s->cli->conf->database);
	uid_t uid = geteuid();
	gid_t gid = getegid();
	struct stat st;

	if (owner && priv_read_owner(owner, &uid, &gid, e))
		return -1;
	if (uid != geteuid() && geteuid() != 0)
		return err_set(e, ERR_FORBIDDEN, "owner", "only root can give the state to '%s'",
			       owner);
	bool there = stat(dir, &st) == 0;
	if (there && owner && st.st_uid != uid)
		return err_set(e, ERR_CONFLICT, "owner", "%s belongs to uid %ld, expected %ld (%s)",
			       dir, (long)st.st_uid, (long)uid, owner);
	if (there) {
		uid = st.st_uid;
		gid = st.st_gid;
	} else if (make_path(s->cli->arena, dir, STATE_MODE, uid, gid, e)) {
		return -1;
	}
	note(s, !there, dir);
	if (!is_there(data) && make_path(s->cli->arena, data, STATE_MODE, uid, gid, e))
		return -1;
	return priv_become(uid, gid, e);
}

static int make_folder(struct setup *s, const char *name, mode_t mode, struct err *e)
{
	const char *path = arena_printf(s->cli->arena, "%s/%s", s->cli->conf->state_dir, name);
	bool there = is_there(path);

	if (!there && (mkdir(path, mode) || chmod(path, mode)))
		return fail(e, "make", path);
	note(s, !there, path);
	return 0;
}

/* Readable by the group, so that OCSP workers of another user can be in it; never by others. */
static int share_database(struct setup *s, struct err *e)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		const char *path =
			arena_printf(s->cli->arena, "%s%s", s->cli->conf->database, suffixes[i]);

		if (chmod(path, DATABASE_MODE) && errno != ENOENT)
			return fail(e, "set the mode of", path);
	}
	return 0;
}

static int make_database(struct setup *s, struct err *e)
{
	const char *path = s->cli->conf->database;
	bool there = is_there(path);
	AUTO(db) *db = db_open(path, DB_CREATE, e);

	if (!db || share_database(s, e) || db_migrate(db, e) || share_database(s, e))
		return -1;
	note(s, !there, path);
	return 0;
}

/* Ed25519: its signatures are a function of key and text, so that whoever has the key can check
 * one by making it again. */
static int make_audit_key(struct setup *s, struct err *e)
{
	const char *path = arena_printf(s->cli->arena, "%s/audit.key", s->cli->conf->state_dir);
	const struct key_spec spec = { .type = KEY_ED25519 };
	bool there = is_there(path);

	if (!there) {
		struct key *key = key_new(s->cli->arena, &spec, e);

		if (!key || key_save(key, path, s->cli->conf->keys.passphrase_file, e))
			return -1;
	}
	note(s, !there, path);
	return 0;
}

int cmd_init(struct cli *c, struct err *e)
{
	struct setup s = { c, doc_array(c->arena), doc_array(c->arena) };
	struct doc *report = doc_object(c->arena);

	umask(027);
	if (make_state(&s, e) || make_folder(&s, "keys", KEYS_MODE, e) ||
	    make_folder(&s, "responders", STATE_MODE, e) ||
	    make_folder(&s, "signers", KEYS_MODE, e) || make_database(&s, e) ||
	    make_audit_key(&s, e))
		return -1;
	doc_set(report, "made", s.made);
	doc_set(report, "found", s.found);
	if (c->json)
		print_json(c->arena, report);
	return 0;
}

int cmd_migrate(struct cli *c, struct err *e)
{
	int64_t before, after;
	struct doc *report = doc_object(c->arena);

	if (!is_there(c->conf->database))
		return err_set(e, ERR_NOT_FOUND, "database",
			       "there is no database %s; run shedu init", c->conf->database);
	AUTO(db) *db = db_open(c->conf->database, DB_CREATE, e);
	if (!db || db_schema_version(db, &before, e) || db_migrate(db, e) ||
	    db_schema_version(db, &after, e))
		return -1;
	struct env env = cli_env(c);
	env.db = db;
	if (before != after && published_renew(&env, e))
		return -1;
	doc_set_int(report, "from", before);
	doc_set_int(report, "to", after);
	if (before == after)
		print_done(c, report, "%s has schema %lld already", c->conf->database,
			   (long long)after);
	else
		print_done(c, report, "%s: schema %lld -> %lld", c->conf->database,
			   (long long)before, (long long)after);
	return 0;
}

int cmd_trust(struct cli *c, struct err *e)
{
	struct doc *report = doc_object(c->arena);
	bool made = false;

	if (!c->conf->trust.bundle)
		return err_set(e, ERR_REJECTED, "no_bundle",
			       "%s sets no trust.bundle, the file that the web server reads",
			       c->conf->path);
	if (cli_open(c, e))
		return -1;
	struct env env = cli_env(c);
	if (trust_write(&env, &made, e))
		return -1;
	long long generation = trust_generation(c->conf);
	doc_set_text(report, "bundle", c->conf->trust.bundle);
	doc_set_int(report, "generation", generation);
	doc_set_bool(report, "written", made);
	print_done(c, report, "%s %s, generation %lld", c->conf->trust.bundle,
		   made ? "written" : "is current", generation);
	return 0;
}
