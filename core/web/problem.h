/* From an error to HTTP: one table from kind to status; the forms of the body. */
#ifndef WEB_PROBLEM_H
#define WEB_PROBLEM_H

#include "web/resp.h"

int problem_status(enum err_kind kind);
const char *problem_kind(enum err_kind kind);	/* "malformed": for the log */

/* Retry-After for what passes, and a challenge for 401, where the handler set none. */
void problem_headers(struct ctx *c);

/* text/plain: "code: text\n", for EST (RFC 7030 4.2.3, RFC 8951 5). */
struct answer *problem_text(struct ctx *c);
/* {"err", "code", "request_id", "problems": [{"pointer", "text"}]}, for the API. */
struct answer *problem_json(struct ctx *c);

#endif
