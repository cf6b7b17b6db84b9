/*
 * Changing a document by another: merge patch (RFC 7396) and JSON patch (RFC 6902). The target is
 * never changed; NULL and an error that names the operation's number when one fails.
 */
#ifndef DATA_PATCH_H
#define DATA_PATCH_H

#include "data/doc.h"

struct doc *patch_merge(struct arena *a, const struct doc *target, const struct doc *patch);

/* patch: the array of operations. All of add, remove, replace, move, copy, test. ERR_MALFORMED for
 * what is no JSON patch, ERR_CONFLICT for a path that is not there or a test that fails. */
struct doc *patch_apply(struct arena *a, const struct doc *target, const struct doc *patch,
			struct err *e);

#endif
