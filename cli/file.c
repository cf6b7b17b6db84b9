#include "cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum { MAX_FILE = 1 << 20 };

static int read_all(int fd, struct text *t)
{
	char buf[16384];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text_add_mem(t, buf, (size_t)n);
		if (t->len > MAX_FILE) {
			errno = EFBIG;
			return -1;
		}
	}
	return 0;
}

int file_read(struct arena *a, const char *path, struct blob *out, struct err *e)
{
	bool standard = !strcmp(path, "-");
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct text t;

	if (fd < 0)
		return err_set(e, ERR_REJECTED, "file", "cannot read %s: %s", path,
			       strerror(errno));
	text_init(&t, a);
	int rc = read_all(fd, &t);
	if (rc)
		err_set(e, ERR_REJECTED, "file", "cannot read %s: %s", path, strerror(errno));
	if (!standard)
		close(fd);
	*out = blob_of(t.s, t.len);
	return rc;
}

int file_out_open(struct file_out *f, const char *path, struct err *e)
{
	*f = (struct file_out){ .path = path, .fd = -1 };
	if (!strcmp(path, "-"))
		return 0;
	f->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	f->made = f->fd >= 0;
	if (f->fd < 0 && errno == EEXIST)
		f->fd = open(path, O_WRONLY | O_CLOEXEC);
	if (f->fd < 0)
		return err_set(e, ERR_REJECTED, "file", "cannot write %s as uid %ld: %s", path,
			       (long)geteuid(), strerror(errno));
	return 0;
}

int file_out_write(struct file_out *f, const char *text, struct err *e)
{
	size_t len = strlen(text);

	f->written = true;
	if (f->fd < 0) {
		fputs(text, stdout);
		return 0;
	}
	if (ftruncate(f->fd, 0) && errno != EINVAL)	/* EINVAL: a pipe or a device */
		return err_fault(e, ERR_INTERNAL, "file", "cannot write %s: %s", f->path,
				 strerror(errno));
	for (ssize_t n; len; text += n, len -= (size_t)n) {
		n = write(f->fd, text, len);
		if (n < 0)
			return err_fault(e, ERR_INTERNAL, "file", "cannot write %s: %s", f->path,
					 strerror(errno));
	}
	return 0;
}

void file_out_close(struct file_out *f)
{
	if (f->fd < 0)
		return;
	close(f->fd);
	f->fd = -1;
	if (f->made && !f->written)
		unlink(f->path);
}
