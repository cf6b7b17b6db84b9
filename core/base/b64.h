/* Base64 (RFC 4648). */
#ifndef BASE_B64_H
#define BASE_B64_H

#include "base/arena.h"
#include "base/err.h"

enum b64_flags {
	B64_SPACE = 1,		/* CR, LF, space and tab anywhere (RFC 8951 3.1) */
	B64_URL = 2,		/* the URL-safe alphabet as well (section 5) */
	B64_NO_PAD = 4,		/* padding may be missing */
};

/* columns: the length of a line, each ended by LF, the last too; 0: one line without LF. */
char *b64_write(struct arena *a, struct blob data, unsigned columns);

/* In the URL-safe alphabet and without padding (section 5): nothing that a query would change. */
char *b64_write_url(struct arena *a, struct blob data);

/* Strict but for the flags: anything else, and nonzero trailing bits, is ERR_MALFORMED. */
int b64_read(struct arena *a, const char *s, size_t len, unsigned flags, struct blob *out,
	     struct err *e);

#endif
