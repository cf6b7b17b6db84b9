#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

enum {
	TAIL = 3,		/* "}\n" and the terminator always fit */
	MAX_VALUE = 2048,	/* of one value, escaped: one long value leaves room for the others */
};

static const char *const level_names[] = { "debug", "info", "warn", "error" };

static struct {
	char program[32];
	char *path;
	int fd;
} logger = { .program = "shedu", .fd = STDERR_FILENO };

static int open_file(void)
{
	int fd = open(logger.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
	int old = logger.fd;

	if (fd < 0)
		return -1;
	logger.fd = fd;
	if (old != STDERR_FILENO)
		close(old);
	return 0;
}

int log_open(const char *program, const char *path)
{
	snprintf(logger.program, sizeof(logger.program), "%s", program);
	free(logger.path);
	logger.path = NULL;
	if (logger.fd != STDERR_FILENO)
		close(logger.fd);
	logger.fd = STDERR_FILENO;
	if (!path || !*path)
		return 0;
	logger.path = strdup(path);
	if (!logger.path)
		err_die("out of memory: log");
	return open_file();
}

/* When the new file cannot be opened, the old one is better than none. */
void log_reopen(void)
{
	if (logger.path && open_file())
		log_msg(LOG_ERROR, "cannot reopen the log %s: %s", logger.path, strerror(errno));
}

static bool add_mem(struct log_line *l, const char *s, size_t n)
{
	if (n > sizeof(l->buf) - TAIL - l->len)
		return false;
	memcpy(l->buf + l->len, s, n);
	l->len += (unsigned)n;
	return true;
}

/* One character of s in JSON form into out; returns the octets taken from s. */
static size_t escape(const char *s, size_t left, char out[8])
{
	unsigned char c = (unsigned char)*s;

	if (c == '"' || c == '\\') {
		snprintf(out, 8, "\\%c", c);
		return 1;
	}
	if (c < 0x20 || c == 0x7f) {
		snprintf(out, 8, "\\u%04x", c);
		return 1;
	}
	for (size_t n = 1; n <= 4 && n <= left; n++) {
		if (text_is_utf8(s, n)) {
			memcpy(out, s, n);
			out[n] = '\0';
			return n;
		}
	}
	snprintf(out, 8, "\\ufffd");
	return 1;
}

static void add_quoted(struct log_line *l, const char *value)
{
	size_t left = strlen(value), begin = l->len, step;
	char out[8];

	add_mem(l, "\"", 1);
	for (; left > 0; value += step, left -= step) {
		step = escape(value, left, out);
		if (l->len - begin > MAX_VALUE || l->len + sizeof(out) > sizeof(l->buf) - TAIL)
			break;
		add_mem(l, out, strlen(out));
	}
	add_mem(l, "\"", 1);
}

/* The member's name; false, and nothing written, when the line is too full for it. */
static bool add_key(struct log_line *l, const char *key)
{
	char name[64];
	int n = snprintf(name, sizeof(name), "%s\"%s\":", l->len > 1 ? "," : "", key);

	if (n < 0 || (size_t)n >= sizeof(name) || l->len + (size_t)n + 32 > sizeof(l->buf) - TAIL)
		return false;
	return add_mem(l, name, (size_t)n);
}

void log_str(struct log_line *l, const char *key, const char *value)
{
	if (value && add_key(l, key))
		add_quoted(l, value);
}

void log_int(struct log_line *l, const char *key, int64_t value)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%lld", (long long)value);

	if (add_key(l, key))
		add_mem(l, digits, (size_t)n);
}

void log_begin(struct log_line *l, enum log_level level, const char *message)
{
	char now[CLOCK_TEXT];

	clock_print(now, clock_now());
	l->len = 0;
	add_mem(l, "{", 1);
	log_str(l, "ts", now);
	log_str(l, "level", level_names[level]);
	log_str(l, "program", logger.program);
	log_int(l, "pid", getpid());
	log_str(l, "msg", message);
}

void log_end(struct log_line *l)
{
	ssize_t n;

	l->buf[l->len++] = '}';
	l->buf[l->len++] = '\n';
	do
		n = write(logger.fd, l->buf, l->len);
	while (n < 0 && errno == EINTR);
}

void log_msg(enum log_level level, const char *fmt, ...)
{
	struct log_line l;
	char msg[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	log_begin(&l, level, msg);
	log_end(&l);
}
