#include "base/log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/doc.h"

#include "tap.h"

static struct arena *a;
static char folder[] = "/tmp/shedu-log.XXXXXX";
static const char *file, *moved;

/* The last line of a file, as a document. */
static const struct doc *last_line(const char *path)
{
	char *buf = arena_alloc(a, 65536), *line;
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, buf, 65535);
	struct err e;

	close(fd);
	if (n <= 0 || buf[n - 1] != '\n')
		return NULL;
	buf[n - 1] = '\0';
	line = strrchr(buf, '\n');
	line = line ? line + 1 : buf;
	return doc_read(a, line, strlen(line), &e);
}

static bool member_is(const struct doc *d, const char *key, const char *expected)
{
	const char *s = doc_find_text(d, key);

	return s && strcmp(s, expected) == 0;
}

static void test_line(void)
{
	struct log_line l;
	const struct doc *d;

	log_begin(&l, LOG_WARN, "request");
	log_str(&l, "dms", "a\"b\\c\n\001\377\303\244");
	log_str(&l, "none", NULL);
	log_int(&l, "status", -42);
	log_end(&l);
	d = last_line(file);
	ok(doc_kind(d) == DOC_OBJECT, "a line is a JSON object");
	ok(member_is(d, "msg", "request") && member_is(d, "level", "warn") &&
		   member_is(d, "program", "test"),
	   "it says what, how bad and who");
	ok(member_is(d, "dms", "a\"b\\c\n\001\357\277\275\303\244"), "any octets become JSON text");
	ok(!doc_find(d, "none"), "NULL is left out");
	ok(doc_get_int(doc_find(d, "status")) == -42, "numbers are numbers");
}

static void test_long(void)
{
	char *huge = arena_alloc(a, 20001);
	struct log_line l;
	const struct doc *d;

	memset(huge, '\n', 20000);
	log_begin(&l, LOG_INFO, huge);
	for (int i = 0; i < 2000; i++) {
		log_str(&l, arena_printf(a, "s%d", i), huge);
		log_int(&l, arena_printf(a, "i%d", i), i);
	}
	log_end(&l);
	ok(doc_kind(last_line(file)) == DOC_OBJECT, "a line that is full stays JSON");
	log_begin(&l, LOG_INFO, huge);
	log_str(&l, "one", huge);
	log_str(&l, "two", huge);
	log_str(&l, "id", "x");
	log_end(&l);
	d = last_line(file);
	ok(doc_kind(d) == DOC_OBJECT && member_is(d, "id", "x"),
	   "long values are cut, the rest stays");
}

/* Values that need no escapes, of every length about the one that fills the line. */
static void test_full(void)
{
	enum { LEN = 1900, FEWEST = 250, MOST = 500 };
	char *value = arena_alloc(a, LEN + 1), *last = arena_alloc(a, MOST + 1);
	struct log_line l;
	int bad = 0;

	memset(value, 'x', LEN);
	value[LEN] = '\0';
	for (int n = FEWEST; n <= MOST; n++) {
		memset(last, 'y', (size_t)n);
		last[n] = '\0';
		bad += truncate(file, 0) != 0;
		log_begin(&l, LOG_INFO, "full");
		for (int i = 0; i < 4; i++)
			log_str(&l, arena_printf(a, "s%d", i), value);
		log_str(&l, "last", last);
		log_end(&l);
		bad += doc_kind(last_line(file)) != DOC_OBJECT;
	}
	ok(bad == 0, "a line that a value just fills stays JSON (%d do not)", bad);
}

static void test_reopen(void)
{
	struct stat st;

	rename(file, moved);
	log_msg(LOG_INFO, "old %d", 1);
	ok(member_is(last_line(moved), "msg", "old 1"), "a renamed log is written on");
	log_reopen();
	log_msg(LOG_INFO, "new");
	ok(member_is(last_line(file), "msg", "new"), "until it is reopened");
	ok(stat(file, &st) == 0 && (st.st_mode & 07) == 0, "others cannot read it");
}

int main(void)
{
	a = arena_new();
	if (!mkdtemp(folder))
		return 1;
	file = arena_printf(a, "%s/log", folder);
	moved = arena_printf(a, "%s/log.1", folder);
	ok(log_open("test", file) == 0, "a log is opened");
	test_line();
	test_long();
	test_full();
	test_reopen();
	ok(log_open("test", "/no/such/folder/log") == -1,
	   "a log that cannot be opened is an error");
	unlink(file);
	unlink(moved);
	rmdir(folder);
	arena_free(a);
	return done();
}
