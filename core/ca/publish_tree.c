#define _GNU_SOURCE	/* renameat2 */

#include "ca/publish_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "ca/publish_walk.h"

/* The group is that of OCSP workers of another user, who publish: they may write where answers lie, and
 * nowhere else. */
enum { FOLDER_MODE = 02755, ANSWERS_MODE = 02775, TEMP_MODE = 02770, LOCKS_MODE = 02750 };
enum { LOCK_MODE = 0660, OWNER_MODE = 0644 };

enum { LOCK_SIZE = 2 * sizeof(int64_t) };	/* the number of files, and the mark */

#define WAIT (3 * CLOCK_SECOND)

unsigned publish_shard(const char *path)
{
	uint32_t h = 2166136261u;	/* FNV-1a */

	for (; *path; path++)
		h = (h ^ (unsigned char)*path) * 16777619u;
	return (h ^ h >> 16) % PUBLISH_SHARDS;
}

static const char *below(struct arena *a, const struct conf *conf, const char *name)
{
	return arena_printf(a, "%s/%s", conf->ocsp.publish_dir, name);
}

const char *publish_tree_file(struct arena *a, const struct conf *conf, const char *path)
{
	return arena_printf(a, "%s/www/ocsp/%s", conf->ocsp.publish_dir, path);
}

static const char *lock_path(struct arena *a, const struct conf *conf, unsigned shard)
{
	return arena_printf(a, "%s/locks/%02x", conf->ocsp.publish_dir, shard);
}

/* Somebody may have put the file away between open() and flock(): the lock would be nobody's. */
static bool is_in_place(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && lstat(path, &b) == 0 && a.st_ino == b.st_ino &&
	       a.st_dev == b.st_dev;
}

int publish_lock_try(const struct conf *conf, unsigned shard, int *fd)
{
	AUTO(arena) *a = arena_new();
	const char *path = lock_path(a, conf, shard);
	int saved = 0;

	*fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (*fd < 0)
		return errno;
	if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
		saved = errno == EINTR ? EWOULDBLOCK : errno;
	else if (!is_in_place(*fd, path))
		saved = EWOULDBLOCK;
	if (!saved)
		return 0;
	close(*fd);
	*fd = -1;
	return saved;
}

static int fault(struct err *e, const char *what, const char *path)
{
	int saved = errno;

	err_fault(e, ERR_BUSY, "publication", "published answers: %s %s: %s", what, path,
		  strerror(saved));
	e->retry_after = 2;
	return -1;
}

/* A publisher holds a shard for less than a millisecond. */
static int wait_for_lock(const struct conf *conf, unsigned shard, int64_t until, int *fd,
			 struct err *e)
{
	const struct timespec pause = { 0, 200000 };
	int why;

	while ((why = publish_lock_try(conf, shard, fd)) == EWOULDBLOCK) {
		if (clock_monotonic() >= until) {
			err_fault(e, ERR_BUSY, "publication",
				  "published answers: lock %02x is held by another process", shard);
			e->retry_after = 2;
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	if (!why)
		return 0;
	errno = why;
	return fault(e, "cannot lock what lies in", conf->ocsp.publish_dir);
}

int publish_hold(const struct conf *conf, const bool want[PUBLISH_SHARDS], struct publish_held *h,
		 struct err *e)
{
	int64_t until = clock_monotonic() + WAIT;

	for (unsigned i = 0; i < PUBLISH_SHARDS; i++)
		h->fd[i] = -1;
	for (unsigned i = 0; i < PUBLISH_SHARDS; i++) {
		if (!want[i] || wait_for_lock(conf, i, until, &h->fd[i], e) == 0)
			continue;
		publish_release(h);
		return -1;
	}
	return 0;
}

void publish_release(struct publish_held *h)
{
	for (unsigned i = 0; i < PUBLISH_SHARDS; i++) {
		if (h->fd[i] >= 0)
			close(h->fd[i]);
		h->fd[i] = -1;
	}
}

int64_t publish_count_read(int fd)
{
	int64_t n;

	return pread(fd, &n, sizeof(n), 0) == sizeof(n) && n > 0 ? n : 0;
}

int publish_count_write(int fd, int64_t n)
{
	if (n < 0)
		n = 0;
	return pwrite(fd, &n, sizeof(n), 0) == sizeof(n) ? 0 : -1;
}

bool publish_is_marked(int fd)
{
	int64_t n;

	return pread(fd, &n, sizeof(n), sizeof(n)) == sizeof(n) && n != 0;
}

int publish_mark(int fd, bool marked)
{
	const int64_t n = marked;

	return pwrite(fd, &n, sizeof(n), sizeof(n)) == sizeof(n) ? 0 : -1;
}

int publish_tree_exists(const struct conf *conf, struct err *e)
{
	AUTO(arena) *a = arena_new();
	const char *path = below(a, conf, "www");
	struct stat st;

	if (lstat(path, &st) == 0)
		return 1;
	return errno == ENOENT ? 0 : fault(e, "cannot look at", path);
}

/* What follows the file's name in the procfs: 36 characters and a line's end. */
const char *publish_boot(void)
{
	static char id[64];
	AUTO_FD fd = -1;
	ssize_t n;

	if (id[0])
		return id;
	fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, id, sizeof(id) - 1);
	id[n > 0 ? n : 0] = '\0';
	id[strcspn(id, "\n")] = '\0';
	return id;
}

/* How the owner's text ends. */
static const char *tree_text(struct arena *a, struct blob tree)
{
	return arena_printf(a, " %s\n", hex_write(a, tree));
}

static const char *owner_text(struct arena *a, struct blob epoch, struct blob tree)
{
	return arena_printf(a, "%s %s%s", publish_boot(), hex_write(a, epoch), tree_text(a, tree));
}

/* NULL: there is none. */
static const char *read_owner(struct arena *a, const struct conf *conf)
{
	AUTO_FD fd = open(below(a, conf, "owner"), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char text[256];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	return n < 0 ? NULL : arena_strndup(a, text, (size_t)n);
}

bool publish_tree_is_ours(struct arena *a, const struct conf *conf, struct blob epoch,
			  struct blob tree)
{
	const char *is = read_owner(a, conf);

	return is && publish_boot()[0] && strcmp(is, owner_text(a, epoch, tree)) == 0;
}

bool publish_tree_is(struct arena *a, const struct conf *conf, struct blob tree)
{
	const char *is = read_owner(a, conf), *end = tree_text(a, tree);

	return is && strlen(is) > strlen(end) && strcmp(is + strlen(is) - strlen(end), end) == 0;
}

int publish_tree_check(const struct conf *conf, struct err *e)
{
	const char *dir = conf->ocsp.publish_dir;
	struct statfs fs;
	struct stat st;

	if (lstat(dir, &st) != 0 || statfs(dir, &fs) != 0)
		return fault(e, "cannot look at", dir);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || st.st_mode & S_IWOTH)
		return err_set(e, ERR_REJECTED, "publication",
			       "nothing is published: %s must be a folder of this user (%ld), "
			       "which others cannot write",
			       dir, (long)geteuid());
	if (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC)
		return 0;
	return err_set(e, ERR_REJECTED, "publication",
		       "nothing is published: %s is not on a tmpfs, and after a power cut would "
		       "have answers that were removed",
		       dir);
}

static bool is_short(uint64_t left, uint64_t of)
{
	return left < of / 8;
}

/* A tmpfs without limits has numbers of 0. */
bool publish_tree_is_full(const struct conf *conf)
{
	struct statfs fs;

	return statfs(conf->ocsp.publish_dir, &fs) != 0 || is_short(fs.f_bavail, fs.f_blocks) ||
	       is_short(fs.f_ffree, fs.f_files);
}

/* The mode also of one that is there: who made it may have been killed before he set it. */
static int make_folder(struct arena *a, const struct conf *conf, const char *name, mode_t mode,
		       struct err *e)
{
	const char *path = below(a, conf, name);

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return fault(e, "cannot make", path);
	return chmod(path, mode) == 0 ? 0 : fault(e, "cannot set the mode of", path);
}

/* That of a folder which the operator made is his. */
static int make_root(const struct conf *conf, struct err *e)
{
	const char *path = conf->ocsp.publish_dir;

	if (file_make_folder(path, FOLDER_MODE & 0777) == 0 || errno == EEXIST)
		return 0;
	return fault(e, "cannot make", path);
}

/* With its memory from the start: when there is no more, who revokes can mark it all the same. */
static int make_lock(struct arena *a, const struct conf *conf, unsigned shard, struct err *e)
{
	const char *path = lock_path(a, conf, shard);
	AUTO_FD fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, LOCK_MODE);

	if (fd < 0)
		return fault(e, "cannot make", path);
	errno = posix_fallocate(fd, 0, LOCK_SIZE);
	if (errno)
		return fault(e, "cannot fill", path);
	return fchmod(fd, LOCK_MODE) == 0 ? 0 : fault(e, "cannot set the mode of", path);
}

static int make_folders(struct arena *a, const struct conf *conf, struct err *e)
{
	static const struct {
		const char *name;
		mode_t mode;
	} folders[] = {
		{ "www", FOLDER_MODE },	 { "www/ocsp", ANSWERS_MODE }, { "www/crl", FOLDER_MODE },
		{ "locks", LOCKS_MODE }, { "tmp", TEMP_MODE },
	};

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		if (make_folder(a, conf, folders[i].name, folders[i].mode, e) < 0)
			return -1;
	}
	for (unsigned i = 0; i < PUBLISH_SHARDS; i++) {
		if (make_lock(a, conf, i, e) < 0)
			return -1;
	}
	return 0;
}

/* In one step, so that there is always a folder which the web server may enter. The name tells a tree that
 * was put away from a file that is being written. */
static int put_away(struct arena *a, const struct conf *conf, const char *name, mode_t mode,
		    struct err *e)
{
	const char *from = below(a, conf, name);
	char *to = arena_printf(a, "%s/tmp/old.XXXXXX", conf->ocsp.publish_dir);
	int left = 1;

	/* Others may have used up the file system's inodes: then it is emptied file by file. */
	while (left > 0 && !mkdtemp(to)) {
		if (errno != ENOSPC || (left = publish_walk_free(from)) < 0)
			return fault(e, "cannot make", to);
		to = arena_printf(a, "%s/tmp/old.XXXXXX", conf->ocsp.publish_dir);
	}
	if (left == 0)
		return 0;
	if (chmod(to, mode) == 0 && renameat2(AT_FDCWD, to, AT_FDCWD, from, RENAME_EXCHANGE) == 0)
		return 0;
	fault(e, "cannot put away", from);
	rmdir(to);
	return -1;
}

int publish_tree_put_away(struct arena *a, const struct conf *conf, struct publish_held *h,
			  struct err *e)
{
	if (put_away(a, conf, "www/ocsp", ANSWERS_MODE, e) < 0)
		return -1;
	for (unsigned i = 0; i < PUBLISH_SHARDS; i++)
		publish_count_write(h->fd[i], 0);
	return 0;
}

int publish_tree_end(struct arena *a, const struct conf *conf, struct publish_held *h,
		     struct err *e)
{
	if (publish_tree_put_away(a, conf, h, e) < 0)
		return -1;
	return put_away(a, conf, "www/crl", FOLDER_MODE, e);
}

int publish_tree_own(struct arena *a, const struct conf *conf, struct blob epoch, struct blob tree,
		     struct err *e)
{
	const char *path = below(a, conf, "owner"), *text = owner_text(a, epoch, tree);

	if (file_replace(path, OWNER_MODE, blob_of(text, strlen(text))) == 0)
		return 0;
	return fault(e, "cannot write", path);
}

int publish_tree_begin(struct arena *a, const struct conf *conf, struct err *e)
{
	if (make_root(conf, e) < 0 || publish_tree_check(conf, e) < 0)
		return -1;
	return make_folders(a, conf, e);
}
