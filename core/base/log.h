/*
 * One JSON object per line, each line one write(2) with O_APPEND. Values are escaped here.
 *
 *	struct log_line l;
 *	log_begin(&l, LOG_INFO, "request");
 *	log_str(&l, "dms", id);
 *	log_end(&l);
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_line {
	char buf[8192];		/* longer values are cut, the line stays JSON */
	unsigned len;
};

/* program: the member "program" of each line. path: NULL or "" is stderr; reopened by
 * log_reopen(). Returns 0 or -1 (errno), and logs to stderr then. */
int log_open(const char *program, const char *path);
void log_reopen(void);

void log_begin(struct log_line *l, enum log_level level, const char *message);
void log_str(struct log_line *l, const char *key, const char *value);	/* NULL: left out */
void log_int(struct log_line *l, const char *key, int64_t value);
void log_end(struct log_line *l);

/* A line with nothing but the message. */
void log_msg(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
