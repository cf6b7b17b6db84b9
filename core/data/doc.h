/*
 * A JSON value. The only user of jansson: everyone else sees struct doc.
 *
 * Every doc belongs to the arena that it was made in and is never freed singly. Reading is strict:
 * one value, UTF-8, no duplicate members, bounded depth (32) and size (1 MiB).
 */
#ifndef DATA_DOC_H
#define DATA_DOC_H

#include "base/arena.h"
#include "base/err.h"

enum { DOC_MAX_DEPTH = 32, DOC_MAX_SIZE = 1 << 20 };

struct doc;	/* a JSON value; const struct doc * is borrowed from its parent */

enum doc_kind { DOC_NULL, DOC_BOOL, DOC_INT, DOC_REAL, DOC_TEXT, DOC_ARRAY, DOC_OBJECT };

/* NULL and ERR_MALFORMED with line and column. */
struct doc *doc_read(struct arena *a, const char *s, size_t len, struct err *e);
char *doc_write(struct arena *a, const struct doc *d);		/* compact, members in order */
char *doc_write_pretty(struct arena *a, const struct doc *d);	/* two spaces, final newline */
struct doc *doc_copy(struct arena *a, const struct doc *d);	/* deep */
bool doc_equal(const struct doc *a, const struct doc *b);	/* 1 and 1.0 are equal */
size_t doc_depth(const struct doc *d);		/* 1 for a scalar */
/* Octets of its compact JSON, about: texts and names count as they are, without escapes. */
size_t doc_size(const struct doc *d);

struct doc *doc_object(struct arena *a);
struct doc *doc_array(struct arena *a);
/* NULL gives null; octets that are not UTF-8 are replaced. */
struct doc *doc_text(struct arena *a, const char *s);
struct doc *doc_int(struct arena *a, int64_t v);
struct doc *doc_real(struct arena *a, double v);	/* finite */
struct doc *doc_bool(struct arena *a, bool v);
struct doc *doc_null(struct arena *a);

/* Members. A parent shares the child: setting a child in two parents is fine. */
void doc_set(struct doc *object, const char *key, struct doc *child);
void doc_set_text(struct doc *object, const char *key, const char *v);	/* NULL: null */
void doc_set_int(struct doc *object, const char *key, int64_t v);
void doc_set_bool(struct doc *object, const char *key, bool v);
void doc_set_time(struct doc *object, const char *key, int64_t us);	/* RFC 3339; 0: null */
void doc_remove(struct doc *object, const char *key);
void doc_add(struct doc *array, struct doc *child);
void doc_insert(struct doc *array, size_t i, struct doc *child);	/* i <= doc_len() */
void doc_put(struct doc *array, size_t i, struct doc *child);	/* in the place of the i-th */
void doc_drop(struct doc *array, size_t i);

enum doc_kind doc_kind(const struct doc *d);	/* NULL is DOC_NULL */
const char *doc_kind_name(enum doc_kind k);
const struct doc *doc_find(const struct doc *object, const char *key);	/* NULL: none, or no object */
const char *doc_find_text(const struct doc *object, const char *key);	/* NULL: none, or no text */
const struct doc *doc_at(const struct doc *array, size_t i);
size_t doc_len(const struct doc *d);		/* of an array or object, else 0 */
const char *doc_get_text(const struct doc *d); /* "" when it is no text */
size_t doc_text_len(const struct doc *d);	/* octets: shows an embedded NUL */
int64_t doc_get_int(const struct doc *d);	/* 0 when it is no integer */
double doc_get_real(const struct doc *d);	/* of DOC_INT as well */
bool doc_get_bool(const struct doc *d);

/* The JSON pointer (RFC 6901) of a member below the prefix. */
char *doc_pointer(struct arena *a, const char *prefix, const char *member);

/* Visits the members of an object in their order. */
#define doc_each(object, key, value)                                                               \
	for (void *it_ = doc_iter(object);                                                         \
	     it_ && ((key) = doc_iter_key(it_)) != NULL && ((value) = doc_iter_value(it_), 1);     \
	     it_ = doc_iter_next(object, it_))
void *doc_iter(const struct doc *object);
const char *doc_iter_key(void *it);
const struct doc *doc_iter_value(void *it);
void *doc_iter_next(const struct doc *object, void *it);

#endif
