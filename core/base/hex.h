/* Hexadecimal, and serial numbers in the one form that is used: lower case, even length. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "base/arena.h"
#include "base/err.h"

int hex_digit(char c);	/* its value, of any case; -1: none */

char *hex_write(struct arena *a, struct blob data);

/* Any case; ':' and '-' between digits are skipped; an odd number of digits gets a leading 0.
 * ERR_MALFORMED otherwise, also for an empty text. */
int hex_read(struct arena *a, const char *s, struct blob *out, struct err *e);

/* Undoes the %XX of a URI (RFC 3986 2.1). NULL for a bad escape and for a NUL octet, escaped or
 * not: what comes out is a whole text. */
char *hex_unescape(struct arena *a, const char *s, size_t len);

#endif
