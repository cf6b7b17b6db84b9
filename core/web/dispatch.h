/* From a request to an answer, by the route rows. */
#ifndef WEB_DISPATCH_H
#define WEB_DISPATCH_H

#include "web/io.h"
#include "web/serve.h"

/* io: where the body is read from, once the row is known and its caller let in; NULL: the body is
 * in the request already. *route is the row found, NULL: none. */
struct answer *dispatch(const struct service *s, struct ctx *c, struct io *io,
			const struct route **route);

#endif
