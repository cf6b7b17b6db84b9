/*
 * What went wrong, set once, where it was detected.
 *
 * A refusal (the client's doing) has a text for the client: what was expected, what came, the RFC
 * and section. A fault (ours) has a detail for the log and only a general text for the client.
 * Callers may put context in front (err_in), and never overwrite.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>

struct problems;

enum err_kind {
	ERR_NONE,
	ERR_MALFORMED,		/* the bytes are not what they should be */
	ERR_REJECTED,		/* well-formed, but not acceptable as it is: CSR against profile, fields */
	ERR_UNAUTHENTICATED,	/* nothing presented authenticates */
	ERR_FORBIDDEN,		/* authenticated, and policy refuses */
	ERR_NOT_FOUND,
	ERR_METHOD,
	ERR_NOT_ACCEPTABLE,
	ERR_CONFLICT,		/* the state of the object refuses */
	ERR_TOO_LARGE,
	ERR_MEDIA,
	ERR_PENDING,		/* not yet: come again after retry_after seconds */
	ERR_BUSY,		/* fault that passes: come again after retry_after seconds */
	ERR_INTERNAL,		/* fault */
};

struct err {
	enum err_kind kind;
	char code[40];		/* stable, for programs: "csr_signature" */
	char text[640];		/* for the client */
	char detail[640];	/* for the log only; "" when the text says it all */
	const char *file;
	int line;
	int retry_after;	/* seconds; 0: not said */
	const char *step;	/* of a decision, where it failed; static; NULL: not said */
	const struct problems *problems;	/* NULL, or what is wrong with which member */
};

/* A refusal. Returns -1, so that a check reads `return err_set(e, ...)`. */
#define err_set(e, kind, code, ...) err_set_at(e, kind, code, __FILE__, __LINE__, __VA_ARGS__)

/* A fault: kind is ERR_INTERNAL or ERR_BUSY, the message goes to the log. Returns -1. */
#define err_fault(e, kind, code, ...) err_fault_at(e, kind, code, __FILE__, __LINE__, __VA_ARGS__)

int err_set_at(struct err *e, enum err_kind kind, const char *code, const char *file, int line,
	       const char *fmt, ...) __attribute__((format(printf, 6, 7)));
int err_fault_at(struct err *e, enum err_kind kind, const char *code, const char *file, int line,
		 const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Puts "context: " in front of the text (and of the detail, if there is one). Returns -1. */
int err_in(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What the client of a fault may know, in the place of the general text; the detail stays the
 * log's. Returns -1. */
int err_tell(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Names the step, unless one below has. Returns -1. */
int err_step(struct err *e, const char *step);

/* The message for the log: detail, or else text. */
const char *err_log_text(const struct err *e);

void err_clear(struct err *e);

/* For what nobody can go on from: no memory, no randomness, a programming error. */
_Noreturn void err_die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
