/*
 * The table engine: what a struct looks like from outside.
 *
 * One row per member. The same rows read a document (JSON, or the configuration as a document),
 * report all that is wrong at once, fill defaults, write, compare, and print the manual's settings
 * section. A new setting is one struct member and one row.
 */
#ifndef DATA_FIELD_H
#define DATA_FIELD_H

#include <stddef.h>

#include "base/problems.h"
#include "base/text.h"
#include "data/doc.h"

/* With the C type of the member. */
enum field_type {
	FIELD_BOOL,		/* bool */
	FIELD_INT,		/* int64_t */
	FIELD_DURATION,		/* int64_t, microseconds */
	FIELD_TIME,		/* int64_t, microseconds since 1970; 0: none */
	FIELD_TEXT,		/* const char *; NULL: absent */
	FIELD_ENUM,		/* int, a token's value */
	FIELD_FLAGS,		/* unsigned, OR of token values; a list, or a single text */
	FIELD_TEXTS,		/* struct texts */
	FIELD_INTS,		/* struct ints; absent or null leaves set = false */
	FIELD_OBJECT,		/* the struct itself, with the rows in sub */
	FIELD_OPTIONAL,		/* a pointer to such a struct of sub_size octets; NULL: absent or null */
	FIELD_DOC,		/* struct doc *: any JSON object, kept as it is; NULL: absent */
};

struct texts {
	const char **v;		/* NULL: absent; else n may still be 0 */
	size_t n;
};

struct ints {
	int64_t *v;
	size_t n;
	bool set;
};

struct token {
	const char *name;	/* NULL ends the list */
	int value;
};

enum field_flags {
	FIELD_REQUIRED = 1,  /* absent, null or "" is a problem */
	FIELD_READ_ONLY = 2,	/* accepted and ignored when read: clients send back what they got */
	FIELD_SECRET = 4,	/* written only to the database (FIELDS_SECRETS) */
	FIELD_HIDDEN = 8,	/* an alias of another row's member: read, never written */
};

struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	unsigned flags;
	/* INT, DURATION: both 0: any. TEXT: octets, max 0: 4096. TEXTS, INTS: of each. DOC: octets
	 * of JSON, max 0: 64 KiB. */
	int64_t min, max;
	/* As in a configuration: "true", "90d", a token, tokens or texts with spaces between. NULL:
	 * zero. */
	const char *def;
	const struct token *tokens;	/* ENUM, FLAGS */
	const struct field *sub;	/* OBJECT, OPTIONAL */
	size_t sub_size;		/* OPTIONAL */
	int (*check)(const char *value, struct err *e);	/* TEXT, and each of TEXTS; NULL: none */
	const char *help;	/* one line for the manual */
};

/* clang-format off */
#define FIELD_END { .name = NULL }
/* clang-format on */

enum fields_flags {
	FIELDS_SECRETS = 1,	/* write secrets as well */
	FIELDS_MASKED = 2,	/* write FIELD_MASK in the place of those that are there */
};
/* Read in the place of a secret it is as good as none. */
#define FIELD_MASK "***"

/* Starts from the defaults, then takes what the document has. Unknown members and all else that is
 * wrong are added to p with pointers below prefix ("" or "/settings"). out is complete whatever p
 * says; its texts live in the arena. */
void fields_read(struct arena *a, const struct field *rows, const struct doc *in, void *out,
		 const char *prefix, struct problems *p);
void fields_defaults(struct arena *a, const struct field *rows, void *out);
struct doc *fields_write(struct arena *a, const struct field *rows, const void *in, unsigned flags);

/* Where a secret is absent from *to, takes it from *from: a client that sends back what it got
 * does not erase what it was not shown. */
void fields_keep_secrets(const struct field *rows, const void *from, void *to);

/* {"pointer": {"from": ..., "to": ...}} of the members that differ, of a DOC its own members;
 * secrets show as "***". Bounded, for it goes into events: a long value shows as its length, and of
 * many differences some are only counted, as "more". */
struct doc *fields_diff(struct arena *a, const struct field *rows, const void *from,
			const void *to);

/* The rows as mdoc .It lines, names dotted. */
void fields_help(struct text *t, const struct field *rows, const char *prefix);

const char *token_name(const struct token *tokens, int value);	/* NULL: none */
int token_value(const struct token *tokens, const char *name, int *value);	/* 0 or -1; exact */
bool texts_contain(const struct texts *t, const char *s);

#endif
