/*
 * Locks on single octets of a file, shared by processes: an octet is a slot, or stands for whatever
 * hashes to it. One octets_open() is one holder; closing it frees what it holds, and so does the
 * process's end.
 */
#ifndef BASE_OCTETS_H
#define BASE_OCTETS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/file.h"

/* Makes the file when it is not there, 0600. An fd for AUTO_FD; -1 with errno. */
int octets_open(const char *path);

/* Never waits. True when the octet is locked now. */
bool octets_try(int fd, int64_t octet);
void octets_free(int fd, int64_t octet);

#endif
