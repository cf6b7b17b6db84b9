#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void file_close(const int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static int write_data(int fd, struct blob data)
{
	while (data.len > 0) {
		ssize_t n = write(fd, data.data, data.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data = blob_of(data.data + n, data.len - (size_t)n);
	}
	return 0;
}

static int write_all(int fd, struct blob data)
{
	return write_data(fd, data) < 0 ? -1 : fsync(fd);
}

/* temp: a template of mkstemp(), which makes a file that only its owner reads. */
static int write_temp(char *temp, mode_t mode, struct blob data)
{
	AUTO_FD fd = mkstemp(temp);
	int saved;

	if (fd < 0)
		return -1;
	if (fchmod(fd, mode) == 0 && write_all(fd, data) == 0)
		return 0;
	saved = errno;
	unlink(temp);
	errno = saved;
	return -1;
}

static int sync_folder_of(struct arena *a, const char *path)
{
	AUTO_FD fd = open(dirname(arena_strdup(a, path)), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -1 : fsync(fd);
}

/* name: link() keeps what is at path, rename() replaces it. */
static int publish(const char *path, mode_t mode, struct blob data,
		   int (*name)(const char *temp, const char *path))
{
	AUTO(arena) *a = arena_new();
	char *temp = arena_printf(a, "%s.XXXXXX", path);
	int rc, saved;

	if (write_temp(temp, mode, data) < 0)
		return -1;
	rc = name(temp, path);
	saved = errno;
	unlink(temp);	/* after rename() there is none */
	errno = saved;
	return rc < 0 ? -1 : sync_folder_of(a, path);
}

int file_write_new(const char *path, mode_t mode, struct blob data)
{
	return publish(path, mode, data, link);
}

int file_replace(const char *path, mode_t mode, struct blob data)
{
	return publish(path, mode, data, rename);
}

static int set_times(int fd, int64_t mtime)
{
	const struct timespec at = { mtime / 1000000, mtime % 1000000 * 1000 };
	const struct timespec both[2] = { at, at };

	return futimens(fd, both);
}

int file_place(const char *folder, const char *path, mode_t mode, int64_t mtime, struct blob data)
{
	AUTO(arena) *a = arena_new();
	char *temp = arena_printf(a, "%s/XXXXXX", folder);
	AUTO_FD fd = mkstemp(temp);
	int saved;

	if (fd < 0)
		return -1;
	if (write_data(fd, data) == 0 && set_times(fd, mtime) == 0 && fchmod(fd, mode) == 0 &&
	    rename(temp, path) == 0)
		return 0;
	saved = errno;
	unlink(temp);
	errno = saved;
	return -1;
}

int file_make_folder(const char *path, mode_t mode)
{
	mode_t was = umask(0);
	int rc = mkdir(path, mode), saved = errno;

	umask(was);
	errno = saved;
	return rc;
}
