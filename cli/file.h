/* Files that the operator names: read whole, and written only when there is something to write. */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include "base/arena.h"
#include "base/err.h"

/* path "-" is standard input. At most 1 MiB. */
int file_read(struct arena *a, const char *path, struct blob *out, struct err *e);

/* A file that will be written when the rest went well: opened first, so that nothing is issued
 * that could not be stored; one that file_out_write() did not fill, and that was not there before,
 * is removed again. path "-" is standard output. */
struct file_out {
	const char *path;
	int fd;		/* -1: standard output, or not open */
	bool made;	/* by us */
	bool written;
};
int file_out_open(struct file_out *f, const char *path, struct err *e);
int file_out_write(struct file_out *f, const char *text, struct err *e);
void file_out_close(struct file_out *f);

#endif
