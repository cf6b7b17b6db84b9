#define _DEFAULT_SOURCE	/* d_type */

#include "ca/publish_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "ca/publish.h"
#include "ca/publish_tree.h"

enum { MAX_DEPTH = 64, MAX_PATH = 1024, MAX_FILE = 16384 };

#define ABANDONED CLOCK_MINUTE	/* nobody writes at a file for so long */

static struct {
	struct {
		DIR *dir;
		size_t end;	/* of its path */
	} stack[MAX_DEPTH];
	size_t depth;
	char path[MAX_PATH];	/* below www/ocsp */
	int64_t count[PUBLISH_SHARDS];
} walk;

void publish_walk_end(void)
{
	while (walk.depth > 0)
		closedir(walk.stack[--walk.depth].dir);
	memset(walk.count, 0, sizeof(walk.count));
	walk.path[0] = '\0';
}

static int fault(struct err *e, const char *what)
{
	return err_fault(e, ERR_BUSY, "publication", "published answers: %s: %s", what,
			 strerror(errno));
}

/* Never through a symbolic link: the tree may be another user's to write. */
static DIR *open_folder(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

static bool is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

static bool is_folder(int at, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN)
		return d->d_type == DT_DIR;
	return fstatat(at, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* One from the future was made while the clock was ahead: clients refuse it, and as long as it is there
 * no other takes its place. */
static bool is_good(const struct env *env, int at, const char *name)
{
	unsigned char buf[MAX_FILE];
	int64_t this_update, next_update;
	AUTO_FD fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf));

	return n > 0 &&
	       ocsp_response_read_times(blob_of(buf, (size_t)n), &this_update, &next_update) &&
	       this_update <= env->now + CLOCK_SECOND && publish_is_lasting(env, next_update);
}

/* Without the shard: a file that is missing is never wrong. */
static void see_file(const struct env *env, int at, const char *name, size_t end)
{
	if (is_good(env, at, name) &&
	    (size_t)snprintf(walk.path + end, MAX_PATH - end, "%s", name) < MAX_PATH - end)
		walk.count[publish_shard(walk.path)]++;
	else
		unlinkat(at, name, 0);
	walk.path[end] = '\0';
}

static void enter(int at, const char *name, size_t end)
{
	size_t len = strlen(name);
	DIR *dir = NULL;

	if (walk.depth < MAX_DEPTH && end + len + 1 < MAX_PATH)
		dir = open_folder(at, name);
	if (!dir)
		return;
	memcpy(walk.path + end, name, len);
	memcpy(walk.path + end + len, "/", 2);
	walk.stack[walk.depth].dir = dir;
	walk.stack[walk.depth++].end = end + len + 1;
}

/* Folders that have become empty go too; one that is not stays by itself. */
static void leave(void)
{
	size_t end;

	closedir(walk.stack[--walk.depth].dir);
	if (walk.depth == 0)
		return;
	end = walk.stack[walk.depth - 1].end;
	walk.path[strlen(walk.path) - 1] = '\0';
	unlinkat(dirfd(walk.stack[walk.depth - 1].dir), walk.path + end, AT_REMOVEDIR);
	walk.path[end] = '\0';
}

static int begin(const struct env *env, struct err *e)
{
	const char *root = arena_printf(env->arena, "%s/www/ocsp", env->conf->ocsp.publish_dir);
	DIR *dir = open_folder(AT_FDCWD, root);

	if (!dir)
		return fault(e, root);
	walk.stack[0].dir = dir;
	walk.stack[0].end = 0;
	walk.depth = 1;
	return 0;
}

/* A shard that is busy now keeps its number until the next round. */
static void save_counts(const struct env *env)
{
	int fd;

	for (unsigned i = 0; i < PUBLISH_SHARDS; i++) {
		if (publish_lock_try(env->conf, i, &fd) != 0)
			continue;
		publish_count_write(fd, walk.count[i]);
		close(fd);
	}
}

int publish_walk(const struct env *env, size_t files, bool *ended, struct err *e)
{
	*ended = false;
	if (walk.depth == 0 && begin(env, e) < 0)
		return -1;
	while (walk.depth > 0 && files > 0) {
		DIR *dir = walk.stack[walk.depth - 1].dir;
		size_t end = walk.stack[walk.depth - 1].end;
		const struct dirent *d = readdir(dir);

		if (!d)
			leave();
		else if (!is_dots(d->d_name) && is_folder(dirfd(dir), d))
			enter(dirfd(dir), d->d_name, end);
		else if (!is_dots(d->d_name))
			see_file(env, dirfd(dir), d->d_name, end);
		files--;
	}
	if (walk.depth > 0)
		return 0;
	save_counts(env);
	publish_walk_end();
	*ended = true;
	return 0;
}

/* At most so many attempts, and how many did it. */
struct removal {
	size_t left, done;
};

static void remove_entry(int at, const char *name, int flags, struct removal *r)
{
	r->left--;
	if (unlinkat(at, name, flags) == 0)
		r->done++;
}

/* Depth first, until the number is used up. */
static void remove_tree(int at, const char *name, size_t depth, struct removal *r)
{
	DIR *dir = depth < MAX_DEPTH ? open_folder(at, name) : NULL;
	const struct dirent *d;

	while (dir && r->left > 0 && (d = readdir(dir))) {
		if (is_dots(d->d_name))
			continue;
		if (is_folder(dirfd(dir), d)) {
			remove_tree(dirfd(dir), d->d_name, depth + 1, r);
			continue;
		}
		remove_entry(dirfd(dir), d->d_name, 0, r);
	}
	if (dir)
		closedir(dir);
	if (r->left > 0)
		remove_entry(at, name, AT_REMOVEDIR, r);
}

/* The change of the inode, not of the content: that one is set to thisUpdate. */
static bool is_abandoned(const struct env *env, int at, const char *name)
{
	struct stat st;

	return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (int64_t)st.st_ctim.tv_sec * CLOCK_SECOND < env->now - ABANDONED;
}

int publish_walk_clean(const struct env *env, size_t files, bool *left, struct err *e)
{
	const char *path = arena_printf(env->arena, "%s/tmp", env->conf->ocsp.publish_dir);
	DIR *dir = open_folder(AT_FDCWD, path);
	struct removal r = { .left = files };
	const struct dirent *d;

	if (!dir)
		return fault(e, path);
	while (r.left > 0 && (d = readdir(dir))) {
		if (is_dots(d->d_name))
			continue;
		if (is_folder(dirfd(dir), d))
			remove_tree(dirfd(dir), d->d_name, 0, &r);
		else if (is_abandoned(env, dirfd(dir), d->d_name))
			unlinkat(dirfd(dir), d->d_name, 0);
	}
	*left = r.left == 0 && r.done > 0;	/* what another user keeps us from would never end */
	closedir(dir);
	return 0;
}

/* Something is gone, be it that another process took it. */
static int freed(int rc)
{
	return rc == 0 || errno == ENOENT ? 1 : -1;
}

static int free_one(int at, const char *name, size_t depth)
{
	DIR *dir = NULL;
	const struct dirent *d;
	int rc = 0;

	errno = ELOOP;
	if (depth < MAX_DEPTH)
		dir = open_folder(at, name);
	if (!dir)
		return depth ? freed(-1) : -1;
	while (rc == 0 && (d = readdir(dir))) {
		if (is_dots(d->d_name))
			continue;
		if (is_folder(dirfd(dir), d))
			rc = free_one(dirfd(dir), d->d_name, depth + 1);
		else
			rc = freed(unlinkat(dirfd(dir), d->d_name, 0));
	}
	closedir(dir);
	return rc;
}

int publish_walk_free(const char *path)
{
	return free_one(AT_FDCWD, path, 0);
}
