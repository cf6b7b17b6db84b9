#define _GNU_SOURCE	/* mkostemp */

#include "ca/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "ca/publish_path.h"
#include "ca/publish_tree.h"
#include "ca/published.h"

enum { FILE_MODE = 0644, FOLDER_MODE = 0775 };

bool publish_is_lasting(const struct env *env, int64_t next_update)
{
	return next_update > env->now + env->conf->ocsp.max_age + PUBLISH_MARGIN;
}

/* The tree is of the database that is open here. */
static bool is_ours(const struct env *env)
{
	struct err ignored = { 0 };
	AUTO(db_txn) *t = db_begin(env->db, DB_READ, &ignored);

	return t && published_is_ours(env, &ignored) > 0;
}

static bool has_room(const struct env *env, int fd)
{
	return publish_count_read(fd) <
		       (env->conf->ocsp.publish_max + PUBLISH_SHARDS - 1) / PUBLISH_SHARDS &&
	       !publish_tree_is_full(env->conf);
}

/* What the shard's lock stands for: from now on nobody changes this status, until publish_end(). */
void publish_begin(const struct env *env, struct blob request, struct publication *p)
{
	const char *path;

	*p = (struct publication){ .fd = -1 };
	path = env->conf->ocsp.publish_dir ? publish_path(env->arena, request) : NULL;
	if (!path || publish_lock_try(env->conf, publish_shard(path), &p->fd) != 0)
		return;
	if (!publish_is_marked(p->fd) && is_ours(env) && has_room(env, p->fd) &&
	    access(publish_tree_file(env->arena, env->conf, path), F_OK) != 0)
		p->path = path;
	else
		publish_end(env, NULL, p);
}

/* The folders of the path below www/ocsp, which itself is not made here. */
static int make_folders(const struct env *env, const char *file, const char *path)
{
	size_t root = strlen(file) - strlen(path);

	for (const char *p = file + root; (p = strchr(p, '/')); p++) {
		const char *folder = arena_strndup(env->arena, file, (size_t)(p - file));

		if (file_make_folder(folder, FOLDER_MODE) != 0 && errno != EEXIST)
			return -1;
	}
	return 0;
}

/* Last-Modified is thisUpdate. */
static int fill(int fd, const struct status_answer *answer)
{
	const struct timespec at = { answer->this_update / CLOCK_SECOND, 0 };
	const struct timespec times[] = { at, at };
	ssize_t n = write(fd, answer->der.data, answer->der.len);

	if (n < 0 || (size_t)n != answer->der.len)
		return -1;
	return fchmod(fd, FILE_MODE) == 0 ? futimens(fd, times) : -1;
}

/* Nothing is synced: the tree does not outlive the machine's boot. */
static int write_file(const struct env *env, const struct status_answer *answer, const char *path)
{
	const char *file = publish_tree_file(env->arena, env->conf, path);
	char *temp = arena_printf(env->arena, "%s/tmp/XXXXXX", env->conf->ocsp.publish_dir);
	AUTO_FD fd = make_folders(env, file, path) == 0 ? mkostemp(temp, O_CLOEXEC) : -1;
	int saved;

	if (fd < 0)
		return -1;
	if (fill(fd, answer) == 0 && rename(temp, file) == 0)
		return 0;
	saved = errno;
	unlink(temp);
	errno = saved;
	return -1;
}

static void complain(const char *path)
{
	static bool complained;

	if (!complained)
		log_msg(LOG_WARN, "an answer is not published: %s: %s", path, strerror(errno));
	complained = true;
}

void publish_end(const struct env *env, const struct status_answer *answer, struct publication *p)
{
	if (p->path && answer && answer->cacheable &&
	    publish_is_lasting(env, answer->next_update)) {
		if (write_file(env, answer, p->path) == 0)
			publish_count_write(p->fd, publish_count_read(p->fd) + 1);
		else
			complain(p->path);
	}
	if (p->fd >= 0)
		close(p->fd);
	*p = (struct publication){ .fd = -1 };
}
