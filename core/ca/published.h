/*
 * What the web server gives out without asking (ocsp.publish_dir), as those see it who change what it
 * says: nothing that says otherwise is there any more when a change is committed.
 *
 * The publisher (publish.h) takes the shard of a file, if it is free, reads the status in a new
 * transaction, signs, writes, renames, and leaves the shard. Who changes a status takes the shards of
 * the certificates' files, waiting, removes the files, commits, leaves the shards, and then answers.
 * So an answer from before the change is either removed, or was not published. What stands above
 * certificates changes all of them: all shards are taken, and the whole tree is put away.
 *
 * Where that is, the database says, and which tree: the program that revokes may have been started with
 * another configuration, or see other file systems, than the one that publishes.
 *
 * When files cannot be removed the change is refused (ERR_BUSY "publication").
 */
#ifndef CA_PUBLISHED_H
#define CA_PUBLISHED_H

#include "ca/env.h"

/* The database for those who may change what is published: read-write, with the guard. */
int published_open(const struct conf *conf, struct db **db, struct err *e);
/* For a connection that was opened otherwise. */
void published_guard(struct db *db, const struct conf *conf);

/* The folder is there, is empty, and is of this boot and this database. At every start of the server
 * and after another database was put in place. */
int published_wipe(const struct env *env, struct err *e);
/* The same, if it is not of this boot and this database; *made tells. What is published elsewhere, by a
 * configuration that was, ends. */
int published_prepare(const struct env *env, bool *made, struct err *e);
/* 1: the database says that answers are published in this folder, since this boot, and this is that
 * tree; 0; -1. In one snapshot. */
int published_is_ours(const struct env *env, struct err *e);
/* Wipes what there is, if there is any: the database, or its schema, is another one. */
int published_renew(const struct env *env, struct err *e);
/* Settles what a process left that died while it committed a change (publish_tree.h). The tick's. */
int published_settle(const struct env *env, struct err *e);

#endif
