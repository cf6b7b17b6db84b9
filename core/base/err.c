#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Messages quote what clients sent: one line, and no character cut in the middle. */
static void tidy(char *s, size_t size)
{
	size_t n = strlen(s), tail = 0;

	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
			s[i] = '?';
	}
	if (n + 1 < size)
		return;
	while (tail < 3 && tail < n && (s[n - 1 - tail] & 0xc0) == 0x80)
		tail++;
	if (tail < n && (s[n - 1 - tail] & 0xc0) == 0xc0)
		s[n - 1 - tail] = '\0';
}

__attribute__((format(printf, 3, 0))) static void print(char *s, size_t size, const char *fmt,
							va_list ap)
{
	vsnprintf(s, size, fmt, ap);
	tidy(s, size);
}

/* The message comes formatted, for it may quote what *e said before. */
static void set(struct err *e, enum err_kind kind, const char *code, const char *file, int line)
{
	char copy[sizeof(e->code)];

	snprintf(copy, sizeof(copy), "%s", code);
	err_clear(e);
	e->kind = kind;
	e->file = file;
	e->line = line;
	memcpy(e->code, copy, strlen(copy) + 1);
}

int err_set_at(struct err *e, enum err_kind kind, const char *code, const char *file, int line,
	       const char *fmt, ...)
{
	char text[sizeof(e->text)];
	va_list ap;

	va_start(ap, fmt);
	print(text, sizeof(text), fmt, ap);
	va_end(ap);
	set(e, kind, code, file, line);
	memcpy(e->text, text, strlen(text) + 1);
	return -1;
}

static const char busy[] =
	"the service is busy or a part of it is unavailable; nothing was changed, "
	"try again later";
static const char internal[] = "internal error; the log has the cause under this request's id";

int err_fault_at(struct err *e, enum err_kind kind, const char *code, const char *file, int line,
		 const char *fmt, ...)
{
	char detail[sizeof(e->detail)];
	va_list ap;

	va_start(ap, fmt);
	print(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	set(e, kind, code, file, line);
	memcpy(e->detail, detail, strlen(detail) + 1);
	snprintf(e->text, sizeof(e->text), "%s", kind == ERR_BUSY ? busy : internal);
	e->retry_after = kind == ERR_BUSY ? 5 : 0;
	return -1;
}

static void prefix(char *s, size_t size, const char *context)
{
	size_t n = strlen(context), room = n + 2 < size ? size - n - 2 : 0;

	if (room == 0)
		return;
	memmove(s + n + 2, s, room);
	memcpy(s, context, n);
	memcpy(s + n, ": ", 2);
	s[size - 1] = '\0';
	tidy(s, size);
}

int err_in(struct err *e, const char *fmt, ...)
{
	char context[256];
	va_list ap;

	va_start(ap, fmt);
	print(context, sizeof(context), fmt, ap);
	va_end(ap);
	/* The general text of a fault stays as it is: context may name what only the log may. */
	if (e->detail[0])
		prefix(e->detail, sizeof(e->detail), context);
	else
		prefix(e->text, sizeof(e->text), context);
	return -1;
}

int err_tell(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}

int err_step(struct err *e, const char *step)
{
	if (!e->step)
		e->step = step;
	return -1;
}

const char *err_log_text(const struct err *e)
{
	return e->detail[0] ? e->detail : e->text;
}

void err_clear(struct err *e)
{
	e->kind = ERR_NONE;
	e->code[0] = e->text[0] = e->detail[0] = '\0';
	e->file = NULL;
	e->line = 0;
	e->retry_after = 0;
	e->step = NULL;
	e->problems = NULL;
}

_Noreturn void err_die(const char *fmt, ...)
{
	char msg[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(msg, sizeof(msg) - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		n = 0;
	if ((size_t)n > sizeof(msg) - 2)
		n = sizeof(msg) - 2;
	msg[n++] = '\n';
	if (write(STDERR_FILENO, msg, (size_t)n) < 0)
		_exit(71);
	_exit(70);
}
