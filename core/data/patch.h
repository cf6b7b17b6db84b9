/*
 * Changing a document by another: merge patch (RFC 7396) and JSON patch (RFC 6902). The target is
 * never changed; NULL and an error that names the operation's number when one fails.
 */
#ifndef DATA_PATCH_H
#define DATA_PATCH_H

#include "data/doc.h"

struct doc *patch_merge(struct arena *a, const struct doc *target, const struct doc *patch);

/* As Lamassu's patches are: what is missing above an added value is made (a list where the next
 * step is "-" or "0", else an object), and removing what is not there is fine. */
enum { PATCH_LENIENT = 1 };

/* patch: the array of operations. All of add, remove, replace, move, copy, test. ERR_MALFORMED for
 * what is no JSON patch, ERR_CONFLICT for a path that is not there or a test that fails,
 * ERR_REJECTED for one that adds too much. */
struct doc *patch_apply(struct arena *a, const struct doc *target, const struct doc *patch,
			unsigned flags, struct err *e);

#endif
