#include "base/text.h"

#include <string.h>

#include "base/problems.h"

#include "tap.h"

static struct arena *a;
static struct err e;

static bool id_ok(const char *id)
{
	return text_check_id("DMS id", id, &e) == 0;
}

static void test_ids(void)
{
	static const char *const good[] = {
		"a", "9", "lamassu.io", "A-b_c.d", "operators", "demo"
	};
	static const char *const bad[] = {
		"",    ".a",	       "-a",	  "_a",	     "a/b", "a b",    "\303\244",
		"a\n", "simpleenroll", "cacerts", "fullcmc", "v1",  "import",
	};
	char *longest = arena_alloc(a, 130);

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		ok(id_ok(good[i]), "\"%s\" is an id", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ok(!id_ok(bad[i]) && e.kind == ERR_REJECTED && strstr(e.text, "DMS id"),
		   "no id: %s", e.text);
	memset(longest, 'a', 128);
	ok(id_ok(longest), "128 characters are an id");
	longest[128] = 'a';
	ok(!id_ok(longest), "129 are none");
}

static bool device_ok(const char *id, size_t len)
{
	return text_check_device_id(id, len, &e) == 0;
}

static void test_device_ids(void)
{
	static const char *const good[] = { "d", "a b", "sensor:1@site", "\346\227\245\346\234\254",
					    "..." };
	static const char *const bad[] = {
		"", " a", "a ", "a/b", ".", "..", "a\tb", "a\177b", "\302\205", "\377", "\303",
	};
	char text[260] = "";

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		ok(device_ok(good[i], strlen(good[i])), "\"%s\" is a device id", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ok(!device_ok(bad[i], strlen(bad[i])) && e.kind == ERR_REJECTED, "none: %s",
		   e.text);
	ok(!device_ok("a\0b", 3) && strstr(e.text, "NUL"), "none: %s", e.text);
	for (int i = 0; i < 64; i++)
		strcat(text, "\360\237\220\202");
	ok(device_ok(text, 256), "64 characters of four octets are a device id");
	strcat(text, "x");
	ok(!device_ok(text, 257) && strstr(e.text, "65"), "none: %s", e.text);
}

static void test_utf8(void)
{
	ok(text_is_utf8("a\303\251\342\202\254\360\237\230\200", 10),
	   "characters of one to four octets");
	ok(!text_is_utf8("\300\257", 2), "no overlong form");
	ok(!text_is_utf8("\340\200\257", 3), "no overlong form of three octets");
	ok(!text_is_utf8("\355\240\200", 3), "no surrogate");
	ok(!text_is_utf8("\364\220\200\200", 4), "nothing above U+10FFFF");
	ok(!text_is_utf8("\342\202", 2), "no half character");
}

static void test_http_token(void)
{
	ok(text_is_http_token("X-Request_Id.1") && text_is_http_token("!#$%&'*+-.^_`|~"),
	   "names of header fields");
	ok(!text_is_http_token("") && !text_is_http_token("a b") && !text_is_http_token("a:") &&
		   !text_is_http_token("a\r\n") && !text_is_http_token("\303\244"),
	   "and what is none");
}

static void test_building(void)
{
	struct text t;
	size_t sum = 0;

	text_init(&t, a);
	ok(t.len == 0 && strcmp(t.s, "") == 0, "a new text is empty");
	for (int i = 0; i < 1000; i++) {
		text_addf(&t, "%d,", i);
		text_add(&t, "x");
	}
	for (size_t i = 0; i < t.len; i++)
		sum += t.s[i] == 'x';
	ok(sum == 1000 && strlen(t.s) == t.len, "a text grows");
	ok(strncmp(t.s, "0,x1,x2,x", 9) == 0, "and keeps its beginning");
}

static void test_nocase(void)
{
	ok(text_equal_nocase("Basic", "bASIC"), "ASCII case does not matter");
	ok(!text_equal_nocase("Basic", "Basi") && !text_equal_nocase("Basi", "Basic"),
	   "length does");
	ok(text_equal_nocase(NULL, NULL) && !text_equal_nocase(NULL, ""), "NULL equals NULL only");
}

static void test_err(void)
{
	char *huge = arena_alloc(a, 2001);

	ok(err_set(&e, ERR_CONFLICT, "state", "device \"%s\"\r\nevil", "d\n1") == -1,
	   "err_set is -1");
	ok(e.kind == ERR_CONFLICT && strcmp(e.text, "device \"d?1\"??evil") == 0,
	   "a message is one line");
	ok(strcmp(err_log_text(&e), e.text) == 0, "a refusal's text is for the log, too");
	err_in(&e, "dms %s", "x");
	ok(strncmp(e.text, "dms x: device", 13) == 0, "context comes in front");
	err_fault(&e, ERR_INTERNAL, "db", "no such table: %s", "cert");
	ok(!strstr(e.text, "table") && strstr(e.detail, "table"),
	   "a fault's message is for the log only");
	err_in(&e, "store");
	ok(!strstr(e.text, "store") && strncmp(e.detail, "store: no such", 14) == 0,
	   "and its context, too");
	err_set(&e, ERR_CONFLICT, "a", "first");
	err_set(&e, ERR_REJECTED, e.code, "second after %s", e.text);
	ok(strcmp(e.text, "second after first") == 0 && strcmp(e.code, "a") == 0,
	   "an error may quote the one before");
	err_fault(&e, ERR_BUSY, "db", "gate");
	ok(e.retry_after > 0, "busy says when to come again");
	err_tell(&e, "come to gate %d", 2);
	ok(strcmp(e.text, "come to gate 2") == 0 && strcmp(e.detail, "gate") == 0 &&
		   e.kind == ERR_BUSY && e.retry_after > 0,
	   "a fault may tell the client something");
	for (int i = 0; i < 1000; i++)
		memcpy(huge + 2 * i, "\303\244", 2);
	err_set(&e, ERR_REJECTED, "x", "a%s", huge);
	ok(strlen(e.text) > 600 && text_is_utf8(e.text, strlen(e.text)), "cut between characters");
	for (int i = 0; i < 20; i++)
		err_in(&e, "%s", huge);
	ok(text_is_utf8(e.text, strlen(e.text)), "also by much context");
}

static void test_problems(void)
{
	struct problems p;

	problems_init(&p, a);
	err_clear(&e);
	ok(problems_check(&p, &e) == 0 && e.kind == ERR_NONE, "no problem is no error");
	problems_add(&p, "/a", "expected %d", 1);
	for (int i = 0; i < 500; i++)
		problems_add(&p, "/b", "more");
	ok(p.n == 100, "there are at most 100");
	ok(problems_check(&p, &e) == -1 && e.kind == ERR_REJECTED && e.problems == &p,
	   "problems are an error");
	ok(strstr(e.text, "/a: expected 1") != NULL, "that names the first");
}

int main(void)
{
	a = arena_new();
	test_ids();
	test_device_ids();
	test_utf8();
	test_http_token();
	test_building();
	test_nocase();
	test_err();
	test_problems();
	arena_free(a);
	return done();
}
