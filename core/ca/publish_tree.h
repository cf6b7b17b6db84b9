/*
 * The folder ocsp.publish_dir:
 *
 *	www/ocsp/...	the answers, which the web server gives out	(publish_path.h)
 *	www/crl/...	the CRLs, likewise	(crl_publish.h)
 *	tmp/		files before they get their name, and trees that were put away
 *	locks/00 - 3f	the shards: flock(2), and in each how many files it has, and its mark
 *	owner		the boot of the machine and the epoch of the database that the tree is of, and
 *			which tree it is
 *
 * A shard's lock stands for the paths that hash to it: what is there is changed, or decided upon,
 * under the lock only. Several are taken in ascending order, and behind the database's write gate.
 * The folder is made by published_wipe() alone, behind the gate: whoever changes a status finds it
 * there or not, and that stays so until he has committed.
 */
#ifndef CA_PUBLISH_TREE_H
#define CA_PUBLISH_TREE_H

#include "ca/env.h"

enum { PUBLISH_SHARDS = 64 };

unsigned publish_shard(const char *path);

/* The path of a file in the tree, below its folder www/ocsp. */
const char *publish_tree_file(struct arena *a, const struct conf *conf, const char *path);

/* An open, locked shard, or the errno why not: EWOULDBLOCK when it is somebody else's. */
int publish_lock_try(const struct conf *conf, unsigned shard, int *fd);

/* Some shards, or all, held together. */
struct publish_held {
	int fd[PUBLISH_SHARDS];	/* -1: not held */
};
/* Waits for at most 3 s for all of them. ERR_BUSY "publication" otherwise, and none is held. */
int publish_hold(const struct conf *conf, const bool want[PUBLISH_SHARDS], struct publish_held *h,
		 struct err *e);
void publish_release(struct publish_held *h);

/* Others need memory too: the file system of the tree has less than an eighth left. */
bool publish_tree_is_full(const struct conf *conf);

/* How many files the shard has; the fd is that of its lock, held. */
int64_t publish_count_read(int fd);
int publish_count_write(int fd, int64_t n);

/*
 * A shard is marked while a change of status is committed. One that is marked and free is that of a
 * process that died, or failed, half way: its change may be written and yet not be seen, until the
 * database's log is read anew. Nothing is published there until another change has been committed,
 * which settles it.
 */
bool publish_is_marked(int fd);
int publish_mark(int fd, bool marked);

/* 1; 0: there is nothing that could be given out; -1: whether there is cannot be told. */
int publish_tree_exists(const struct conf *conf, struct err *e);

/* Of the machine; "": it cannot be told. */
const char *publish_boot(void);

/* It is there, is this tree, and of this boot and this epoch. */
bool publish_tree_is_ours(struct arena *a, const struct conf *conf, struct blob epoch,
			  struct blob tree);
/* The same, of whatever boot and epoch. */
bool publish_tree_is(struct arena *a, const struct conf *conf, struct blob tree);

/* The folder is on a file system that a reboot empties. Else -1 with ERR_REJECTED "publication". */
int publish_tree_check(const struct conf *conf, struct err *e);

/* Makes what is missing, where a tree may be. Behind the write gate. */
int publish_tree_begin(struct arena *a, const struct conf *conf, struct err *e);
/* What publish_tree_is_ours() looks for. With all shards held. */
int publish_tree_own(struct arena *a, const struct conf *conf, struct blob epoch, struct blob tree,
		     struct err *e);

/* With all shards held: the answers are gone. What they take is freed by publish_tree_clean(). */
int publish_tree_put_away(struct arena *a, const struct conf *conf, struct publish_held *h,
			  struct err *e);
/* The CRLs too. */
int publish_tree_end(struct arena *a, const struct conf *conf, struct publish_held *h,
		     struct err *e);

#endif
