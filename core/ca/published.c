#include "ca/published.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/rand.h"
#include "ca/publish_path.h"
#include "ca/publish_tree.h"
#include "store/store_meta.h"

enum { TREE_LEN = 16 };

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
static int find_place(struct db *db, struct arena *a, struct published_row *row, struct err *e)
{
	int found = store_published_load(db, a, row, e);

	if (found <= 0 || !publish_boot()[0])
		return found;
	return strcmp(row->boot, publish_boot()) == 0;
}

/* Whoever does not see the tree, or sees another, may be in another mount namespace than the web
 * server. */
static int check_visible(struct arena *a, const struct conf *conf, struct blob tree, struct err *e)
{
	int found = publish_tree_exists(conf, e);

	if (found < 0)
		return -1;
	if (found && publish_tree_is(a, conf, tree))
		return 0;
	err_fault(e, ERR_BUSY, "publication",
		  "published answers: they are in %s, which is not here%s; is the tick running?",
		  conf->ocsp.publish_dir, found ? ", but another of this name" : "");
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
	struct published_row row;
	struct files f = { 0 };
	int found = find_place(db, a, &row, e);

	if (found <= 0)
		return found;
	there.ocsp.publish_dir = row.dir;
	if (check_visible(a, conf, row.tree, e) < 0 || find_files(db, a, c, &f, e) < 0)
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

int published_is_ours(const struct env *env, struct err *e)
{
	const char *ours = env->conf->ocsp.publish_dir;
	struct published_row row;
	struct blob epoch;
	int found = ours ? find_place(env->db, env->arena, &row, e) : 0;

	if (found <= 0)
		return found;
	if (load_epoch(env, &epoch, e) < 0)
		return -1;
	return strcmp(row.dir, ours) == 0 &&
	       publish_tree_is_ours(env->arena, env->conf, epoch, row.tree);
}

/* All of a tree's shards, held, and the tree is put away. */
static int end_tree(const struct env *env, const struct conf *conf, struct publish_held *h,
		    struct err *e)
{
	bool all[PUBLISH_SHARDS];

	memset(all, true, sizeof(all));
	if (publish_hold(conf, all, h, e) < 0)
		return -1;
	return publish_tree_end(env->arena, conf, h, e);
}

/* By whatever names. */
static bool is_same(const char *dir, const char *ours)
{
	struct stat a, b;

	return ours && stat(dir, &a) == 0 && stat(ours, &b) == 0 && a.st_ino == b.st_ino &&
	       a.st_dev == b.st_dev;
}

/* The tree where answers were published, if it is another one: its publishers go by the database, and
 * see that it is another now when they get a shard. */
static int end_other(const struct env *env, const struct published_row *row, struct publish_held *h,
		     struct err *e)
{
	struct conf there = *env->conf;
	int found;

	there.ocsp.publish_dir = row->dir;
	if (!publish_tree_is(env->arena, &there, row->tree))
		log_msg(LOG_WARN,
			"what was published in %s is not here any more; should it be in another "
			"mount namespace, it is still given out there",
			row->dir);
	if (is_same(row->dir, env->conf->ocsp.publish_dir))
		return 0;
	found = publish_tree_exists(&there, e);
	return found <= 0 ? found : end_tree(env, &there, h, e);
}

/* The one that is there, when it is the database's; else it is another from now on. */
static int own_tree(const struct env *env, struct published_row *row, bool *moved, struct err *e)
{
	const char *ours = env->conf->ocsp.publish_dir;
	unsigned char *id = arena_alloc(env->arena, TREE_LEN);
	struct blob epoch;

	*moved = !row->dir || strcmp(row->dir, ours) != 0 ||
		 strcmp(row->boot, publish_boot()) != 0 ||
		 !publish_tree_is(env->arena, env->conf, row->tree);
	if (*moved) {
		rand_fill(id, TREE_LEN);
		*row = (struct published_row){ ours, publish_boot(), blob_of(id, TREE_LEN) };
	}
	if (load_epoch(env, &epoch, e) < 0 ||
	    publish_tree_own(env->arena, env->conf, epoch, row->tree, e) < 0)
		return -1;
	return *moved ? store_published_save(env->db, row, e) : 0;
}

/* Behind the gate; held: of what was published, and of what will be. */
static int wipe(const struct env *env, struct publish_held held[2], bool *moved, struct err *e)
{
	struct published_row row = { 0 };
	int found = find_place(env->db, env->arena, &row, e);

	*moved = false;
	if (found < 0 ||
	    (env->conf->ocsp.publish_dir && publish_tree_begin(env->arena, env->conf, e) < 0) ||
	    (found && end_other(env, &row, &held[0], e) < 0))
		return -1;
	if (env->conf->ocsp.publish_dir)
		return end_tree(env, env->conf, &held[1], e) < 0 ? -1
								 : own_tree(env, &row, moved, e);
	*moved = row.dir;
	return row.dir ? store_published_remove(env->db, e) : 0;
}

/* Without a move the write transaction changes nothing: it is the gate. */
int published_wipe(const struct env *env, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_WRITE, e);
	struct publish_held held[2];
	bool moved;
	int rc;

	if (!t)
		return -1;
	memset(held, -1, sizeof(held));
	rc = wipe(env, held, &moved, e);
	if (rc == 0 && moved)
		rc = store_commit(&t, e);
	for (size_t i = 0; i < ARRAY_LEN(held); i++)
		publish_release(&held[i]);
	return rc;
}

int published_renew(const struct env *env, struct err *e)
{
	struct published_row row;
	int found = find_place(env->db, env->arena, &row, e);

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
	struct published_row row;
	int found;

	if (!t)
		return -1;
	found = env->conf->ocsp.publish_dir ? published_is_ours(env, e)
					    : find_place(env->db, env->arena, &row, e);
	*ours = env->conf->ocsp.publish_dir ? found > 0 : !found;
	return found < 0 ? -1 : 0;
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
