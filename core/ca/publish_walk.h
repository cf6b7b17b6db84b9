/*
 * Goes through what is published, a piece at a time, and removes what nears its end: the web server
 * does not look at nextUpdate. What is of the future goes, too. After each round the shards know how
 * many files they really have: who is killed between a file and its counting leaves a wrong number.
 */
#ifndef CA_PUBLISH_WALK_H
#define CA_PUBLISH_WALK_H

#include "ca/env.h"

/* At most so many files. *ended: a round is over, and the next call begins another. */
int publish_walk(const struct env *env, size_t files, bool *ended, struct err *e);
/* Forgets the present round. */
void publish_walk_end(void);

/* Frees what was put away, at most so many files of it; *left: there is more. */
int publish_walk_clean(const struct env *env, size_t files, bool *left, struct err *e);

/* Removes one file below the folder, whichever: where there is no inode left, there is one then. With all
 * shards held. 0: there is none; -1: it cannot be removed. */
int publish_walk_free(const char *path);

#endif
