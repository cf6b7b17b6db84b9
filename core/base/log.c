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
	MAX_KEY = 60,
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

/* How many octets from s on stand for themselves. */
static size_t plain(const char *s, size_t left)
{
	size_t n = 0;

	while (n < left && s[n] >= 0x20 && s[n] < 0x7f && s[n] != '"' && s[n] != '\\')
		n++;
	return n;
}

static void add_quoted(struct log_line *l, const char *value)
{
	size_t left = strlen(value), begin = l->len, step, room;
	char out[8];

	add_mem(l, "\"", 1);
	room = sizeof(l->buf) - TAIL - sizeof(out) - l->len;	/* there is: add_key() */
	step = plain(value, left < room ? left : room);
	if (step > MAX_VALUE)
		step = MAX_VALUE;
	add_mem(l, value, step);
	value += step;
	left -= step;
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
	size_t n = strlen(key);

	if (n > MAX_KEY || l->len + n + MAX_KEY > sizeof(l->buf) - TAIL)
		return false;
	if (l->len > 1)
		add_mem(l, ",", 1);
	add_mem(l, "\"", 1);
	add_mem(l, key, n);
	return add_mem(l, "\":", 2);
}

void log_str(struct log_line *l, const char *key, const char *value)
{
	if (value && add_key(l, key))
		add_quoted(l, value);
}

void log_int(struct log_line *l, const char *key, int64_t value)
{
	char digits[24], *p = digits + sizeof(digits);
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

	do
		*--p = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--p = '-';
	if (add_key(l, key))
		add_mem(l, p, (size_t)(digits + sizeof(digits) - p));
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
