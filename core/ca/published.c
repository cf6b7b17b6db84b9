#include "ca/published.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ca/publish_path.h"
#include "ca/publish_tree.h"
#include "store/store_meta.h"

/* The files of the certificates whose status changes. */
struct files {
	const char **v;
	size_t n;
	bool shards[PUBLISH_SHARDS];
};

static int add_files(struct db *db, struct arena *a, const struct db_changed *c, struct files *f,
		     struct err *e)
{
	struct blob requests[PUBLISH_HASHES];
	struct issuer_row issuer;
	int found = store_issuer_load(db, a, c->issuer, &issuer, e);

	if (found <= 0)	/* nobody is answered about the certificates of an issuer unknown here */
		return found;
	publish_requests(a, &issuer, c->serial, requests);
	for (size_t i = 0; i < PUBLISH_HASHES; i++) {
		const char *path = publish_path(a, requests[i]);

		if (!path)
			continue;
		f->v[f->n++] = path;
		f->shards[publish_shard(path)] = true;
	}
	return 0;
}

static int find_files(struct db *db, struct arena *a, const struct db_change *c, struct files *f,
		      struct err *e)
{
	if (c->all) {
		memset(f->shards, true, sizeof(f->shards));
		return 0;
	}
	f->v = arena_array(a, c->n * PUBLISH_HASHES, sizeof(*f->v));
	for (size_t i = 0; i < c->n; i++) {
		if (add_files(db, a, &c->v[i], f, e) < 0)
			return -1;
	}
	return 0;
}

static int remove_files(struct arena *a, const struct conf *conf, const struct files *f,
			struct publish_held *h, struct err *e)
{
	for (size_t i = 0; i < f->n; i++) {
		int fd = h->fd[publish_shard(f->v[i])];

		if (unlink(publish_tree_file(a, conf, f->v[i])) == 0)
			publish_count_write(fd, publish_count_read(fd) - 1);
		else if (errno != ENOENT)
			return err_fault(e, ERR_BUSY, "publication",
					 "published answers: cannot remove %s: %s", f->v[i],
					 strerror(errno));
	}
	return 0;
}

static int mark(struct publish_held *h, bool marked)
{
	int rc = 0;

	for (unsigned i = 0; i < PUBLISH_SHARDS; i++) {
		if (h->fd[i] >= 0 && publish_mark(h->fd[i], marked) < 0)
			rc = -1;
	}
	return rc;
}

static void after_commit(void *held, bool certain)
{
	if (certain)
		mark(held, false);
	publish_release(held);
	free(held);
}

/* Nothing is committed here. So the marks that others left, who died, stay: they are not settled. */
static int refuse(struct publish_held *h, const bool was[PUBLISH_SHARDS])
{
	for (unsigned i = 0; i < PUBLISH_SHARDS; i++) {
		if (h->fd[i] >= 0 && !was[i])
			publish_mark(h->fd[i], false);
	}
	publish_release(h);
	free(h);
	return -1;
}

/* 1: answers are published there since this boot; 0: nowhere. Who cannot tell the boot takes it for
 * this one. */
static int find_dir(struct db *db, struct arena *a, const char **dir, struct err *e)
{
	struct published_row row;
	int found = store_published_load(db, a, &row, e);

	*dir = found > 0 ? row.dir : NULL;
	if (found <= 0 || !publish_boot()[0])
		return found;
	return strcmp(row.boot, publish_boot()) == 0;
}

/* Whoever does not see the tree may be in another mount namespace than the web server. */
static int check_visible(const struct conf *conf, struct err *e)
{
	int found = publish_tree_exists(conf, e);

	if (found)
		return found < 0 ? -1 : 0;
	err_fault(e, ERR_BUSY, "publication",
		  "published answers: they are in %s, which is not here; is the tick running?",
		  conf->ocsp.publish_dir);
	e->retry_after = 2;
	return -1;
}

/* The shards of the files are held, and their files are gone. */
static int clear(struct arena *a, const struct conf *conf, const struct db_change *c,
		 const struct files *f, struct publish_held *h, struct err *e)
{
	if (mark(h, true) < 0)
		return err_fault(e, ERR_BUSY, "publication", "published answers: a lock: %s",
				 strerror(errno));
	return c->all ? publish_tree_put_away(a, conf, h, e) : remove_files(a, conf, f, h, e);
}

static int before_commit(struct db *db, const void *p, const struct db_change *c, void **held,
			 struct err *e)
{
	struct conf there = *(const struct conf *)p;
	const struct conf *conf = &there;
	AUTO(arena) *a = arena_new();
	bool was[PUBLISH_SHARDS] = { false };
	struct publish_held *h;
	struct files f = { 0 };
	int found = find_dir(db, a, &there.ocsp.publish_dir, e);

	if (found <= 0)
		return found;
	if (check_visible(conf, e) < 0 || find_files(db, a, c, &f, e) < 0)
		return -1;
	h = calloc(1, sizeof(*h));
	if (!h)
		err_die("out of memory");
	if (publish_hold(conf, f.shards, h, e) < 0) {
		free(h);
		return -1;
	}
	for (unsigned i = 0; i < PUBLISH_SHARDS; i++)
		was[i] = h->fd[i] >= 0 && publish_is_marked(h->fd[i]);
	if (clear(a, conf, c, &f, h, e) < 0)
		return refuse(h, was);
	*held = h;
	return 0;
}

void published_guard(struct db *db, const struct conf *conf)
{
	const struct db_guard guard = {
		.before = before_commit,
		.after = after_commit,
		.p = conf,
	};

	db_set_guard(db, &guard);
}

int published_open(const struct conf *conf, struct db **db, struct err *e)
{
	*db = db_open(conf->database, DB_READ_WRITE, e);
	if (!*db)
		return -1;
	published_guard(*db, conf);
	return 0;
}

static int load_epoch(const struct env *env, struct blob *epoch, struct err *e)
{
	struct meta_row meta;
	int found = store_meta_load(env->db, env->arena, &meta, e);

	if (found < 0)
		return -1;
	if (!found)
		return err_fault(e, ERR_INTERNAL, "database", "no epoch in the table meta");
	*epoch = meta.epoch;
	return 0;
}

int published_is_here(const struct env *env, struct err *e)
{
	const char *dir, *ours = env->conf->ocsp.publish_dir;
	int found = find_dir(env->db, env->arena, &dir, e);

	return found > 0 ? ours && strcmp(dir, ours) == 0 : found;
}

static int save_dir(const struct env *env, struct err *e)
{
	const struct published_row row = { env->conf->ocsp.publish_dir, publish_boot() };

	return row.dir ? store_published_save(env->db, &row, e)
		       : store_published_remove(env->db, e);
}

/* The tree where answers are published, if there is one: its publishers go by the database, and see
 * that it is another now when they get a shard. */
static int end_tree(const struct env *env, struct publish_held *h, struct err *e)
{
	struct conf there = *env->conf;
	bool all[PUBLISH_SHARDS];
	int found = find_dir(env->db, env->arena, &there.ocsp.publish_dir, e);

	memset(all, found > 0, sizeof(all));
	if (found > 0)
		found = publish_tree_exists(&there, e);
	if (found <= 0)
		return found;
	if (publish_hold(&there, all, h, e) < 0)
		return -1;
	return publish_tree_end(env->arena, &there, h, e);
}

/* From now on it is the configured folder, or none. */
static int move(const struct env *env, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_WRITE, e);
	struct publish_held held;
	int rc;

	memset(held.fd, -1, sizeof(held.fd));
	if (!t || (env->conf->ocsp.publish_dir && publish_tree_begin(env->arena, env->conf, e) < 0))
		return -1;
	rc = end_tree(env, &held, e);
	if (rc == 0)
		rc = save_dir(env, e);
	if (rc == 0)
		rc = store_commit(&t, e);
	publish_release(&held);
	return rc;
}

/* The write transaction changes nothing: it is the gate. */
int published_wipe(const struct env *env, struct err *e)
{
	int here = published_is_here(env, e);
	AUTO(db_txn) *t = NULL;
	struct blob epoch;

	if (here < 0 || (!here && move(env, e) < 0))
		return -1;
	if (!env->conf->ocsp.publish_dir)
		return 0;
	t = db_begin(env->db, DB_WRITE, e);
	if (!t || load_epoch(env, &epoch, e) < 0)
		return -1;
	return publish_tree_make(env->arena, env->conf, epoch, e);
}

int published_renew(const struct env *env, struct err *e)
{
	const char *dir;
	int found = find_dir(env->db, env->arena, &dir, e);

	if (found == 0 && env->conf->ocsp.publish_dir)
		found = publish_tree_exists(env->conf, e);
	return found > 0 ? published_wipe(env, e) : found;
}

/* With the gate held, and so nobody at work: each mark is that of a process that is no more. */
static bool find_marked(const struct env *env, bool shards[PUBLISH_SHARDS])
{
	bool any = false;
	int fd;

	for (unsigned i = 0; i < PUBLISH_SHARDS; i++) {
		shards[i] = publish_lock_try(env->conf, i, &fd) == 0 && publish_is_marked(fd);
		any = any || shards[i];
		if (fd >= 0)
			close(fd);
	}
	return any;
}

/* Any commit will do: it takes the place of what was written half way. */
static int commit_something(const struct env *env, struct db_txn **t, struct err *e)
{
	const struct job_row row = { .name = "publish", .last_at = env->now };

	return store_job_save(env->db, &row, e) < 0 ? -1 : store_commit(t, e);
}

int published_settle(const struct env *env, struct err *e)
{
	bool shards[PUBLISH_SHARDS];
	struct publish_held held;
	AUTO(db_txn) *t = NULL;
	int rc;

	if (!find_marked(env, shards))
		return 0;
	t = db_begin(env->db, DB_WRITE, e);
	if (!t || !find_marked(env, shards))
		return t ? 0 : -1;
	if (publish_hold(env->conf, shards, &held, e) < 0)
		return -1;
	rc = commit_something(env, &t, e);
	if (rc == 0)
		mark(&held, false);
	publish_release(&held);
	return rc;
}

static int look(const struct env *env, bool *ours, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_READ, e);
	const char *dir;
	struct blob epoch;
	int found;

	if (!t || load_epoch(env, &epoch, e) < 0)
		return -1;
	found = env->conf->ocsp.publish_dir ? published_is_here(env, e)
					    : find_dir(env->db, env->arena, &dir, e);
	if (found < 0)
		return -1;
	if (env->conf->ocsp.publish_dir)
		*ours = found && publish_tree_is_ours(env->arena, env->conf, epoch);
	else
		*ours = !found;
	return 0;
}

int published_prepare(const struct env *env, bool *made, struct err *e)
{
	bool ours = true;

	*made = false;
	if (look(env, &ours, e) < 0)
		return -1;
	*made = !ours;
	return ours ? 0 : published_wipe(env, e);
}
