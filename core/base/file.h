/* Files that are there whole or not at all, also after a power cut. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <sys/types.h>

#include "base/arena.h"

/* AUTO_FD fd = open(...): closed when its scope ends, errno stays. */
#define AUTO_FD __attribute__((cleanup(file_close))) int
void file_close(const int *fd);

/*
 * Writes data beside path, syncs it, and gives it its name; mode is the file's, whatever the umask.
 * -1 with errno: nothing is left behind, and what was at path is as it was - unless it was the
 * folder that could not be synced, which is last.
 */
int file_write_new(const char *path, mode_t mode, struct blob data);	/* EEXIST: there is one */
int file_replace(const char *path, mode_t mode, struct blob data);

/* The same for what is made anew after a power cut: not synced. It is written in the folder, which is
 * of the same file system, and has mtime (microseconds) when it gets its name. */
int file_place(const char *folder, const char *path, mode_t mode, int64_t mtime, struct blob data);

/* A folder that has its mode from the start, whatever the umask: who is killed here leaves none that
 * others cannot enter. The set-group-ID bit comes from the folder above. As mkdir(2). */
int file_make_folder(const char *path, mode_t mode);

#endif
