/*
 * Building text in an arena, and the rules for names that come from outside (DESIGN section 13).
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"
#include "base/err.h"

struct text {
	struct arena *arena;
	char *s;		/* always terminated */
	size_t len, cap;
};

void text_init(struct text *t, struct arena *a);
void text_add(struct text *t, const char *s);
void text_add_mem(struct text *t, const void *s, size_t n);
void text_addf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

bool text_is_utf8(const char *s, size_t n);	/* well-formed, shortest form, no surrogates */
bool text_equal_nocase(const char *a, const char *b);	/* ASCII case only; NULL equals NULL only */

bool text_is_http_token(const char *s);	/* RFC 9110 5.6.2: the name of a header field */

/* An operation's name in a path of RFC 7030 3.2.2, also of one that is not served: never a label. */
bool text_is_est_operation(const char *s);

/* A DMS or CA id: [A-Za-z0-9][A-Za-z0-9._-]{0,127}, and not the name of an EST operation or of a
 * fixed path segment. ERR_REJECTED with the rule broken. */
int text_check_id(const char *what, const char *id, struct err *e);

/* A device id: 1-64 characters of UTF-8, no control character, no '/', not "." or "..", no outer
 * space. len is in octets, so that an embedded NUL is seen. ERR_REJECTED with the rule broken. */
int text_check_device_id(const char *id, size_t len, struct err *e);

#endif
