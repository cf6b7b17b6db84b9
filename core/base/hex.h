/* Hexadecimal, and serial numbers in the one form that is used: lower case, even length. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "base/arena.h"
#include "base/err.h"

char *hex_write(struct arena *a, struct blob data);

/* Any case; ':' and '-' between digits are skipped; an odd number of digits gets a leading 0.
 * ERR_MALFORMED otherwise, also for an empty text. */
int hex_read(struct arena *a, const char *s, struct blob *out, struct err *e);

#endif
