/* What somebody was told, and a restored backup must not take back. */
#ifndef CLI_RESTORE_KEEP_H
#define CLI_RESTORE_KEEP_H

#include "ca/env.h"

struct kept {
	int64_t revocations, decommissions;
};

/* Brings into the copy of a backup (env's database) what the database that goes has and it lacks:
 * revocations, of certificates and CAs, and decommissioned devices. In the caller's write
 * transaction. */
int restore_keep(const struct env *copied, struct db *gone, struct kept *kept, struct err *e);

/* The newest CRLs, likewise. */
int restore_keep_crls(const struct env *copied, struct db *gone, struct err *e);

#endif
