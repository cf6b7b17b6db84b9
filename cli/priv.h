/* Giving up root: whoever owns the state directory does the work, so that no file of the state
 * ever belongs to root by accident. */
#ifndef CLI_PRIV_H
#define CLI_PRIV_H

#include <sys/types.h>

#include "base/err.h"

/* Root becomes the user and group for good, without further groups; for others nothing happens. */
int priv_become(uid_t uid, gid_t gid, struct err *e);

/* Root becomes the owner of the directory. ERR_NOT_FOUND when it is not there. */
int priv_become_owner(const char *dir, struct err *e);

/* "user", "user:group", or numbers. ERR_NOT_FOUND when there is no such user or group. */
int priv_read_owner(const char *text, uid_t *uid, gid_t *gid, struct err *e);

#endif
