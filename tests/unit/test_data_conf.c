#include "data/conf.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#include "tap.h"

static struct arena *a;
static struct err e;
static char folder[] = "/tmp/shedu-conf.XXXXXX";
static const char *file;

#define PUBLIC "public = { https_url = \"https://h:8443\"; http_url = \"http://h:8080\"; };\n"

static struct conf *load(const char *text)
{
	FILE *f = fopen(file, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		err_die("%s: %m", file);
	err_clear(&e);
	return conf_load(a, file, &e);
}

static void refuses(const char *text, const char *expected)
{
	ok(!load(text) && e.kind == ERR_INTERNAL && strstr(e.detail, file) &&
		   strstr(e.detail, expected),
	   "%s", e.detail);
}

static void test_defaults(void)
{
	const struct conf *c = load(PUBLIC);

	ok(c && strcmp(c->path, file) == 0, "the two addresses are enough: %s", e.detail);
	if (!c)
		return;
	ok(c->database[0] == '/' && c->state_dir[0] == '/', "the state has its place");
	ok(c->est.replay_window == CLOCK_DAY && c->ocsp.validity == 12 * CLOCK_HOUR &&
		   c->ocsp.backdate == 5 * CLOCK_MINUTE && c->ocsp.max_age == CLOCK_MINUTE &&
		   c->crl.validity == 7 * CLOCK_DAY,
	   "times have their defaults");
	ok(!c->keys.passphrase_file && !c->est.system_ca && !c->trust.bundle && !c->log.file,
	   "the rest is off");
}

static void test_full(void)
{
	const struct conf *c = load(
		"# a comment\ndatabase = \"/d/shedu.db\"\nstate_dir = \"/d\"\n" PUBLIC
		"keys = { passphrase_file = \"/d/pass\"; };\n"
		"est: { default_dms: \"demo\"; system_ca: \"/d/root.pem\"; replay_window: \"1h\" };\n"
		"ocsp = { validity = \"1h\"; backdate = \"0s\"; max_age = \"0\"; };\ncrl = { validity = \"1d\"; };\n"
		"trust = { bundle = \"/d/trust.pem\"; reload_command = \"kill -USR1 1\"; };\nlog = { file = \"/d/log\"; };\n");

	ok(c != NULL, "every setting: %s", e.detail);
	if (!c)
		return;
	ok(strcmp(c->est.default_dms, "demo") == 0 && c->est.replay_window == CLOCK_HOUR,
	   "groups in both notations");
	ok(strcmp(c->trust.reload_command, "kill -USR1 1") == 0 && c->ocsp.max_age == 0, "values");
}

static void test_mistakes(void)
{
	refuses("database = ;", ":1: syntax error");
	refuses("\n\ndatabase = \"/d\"\nfoo = 1;\n" PUBLIC, ":4: foo: unknown member");
	refuses("database = \"d.db\";\n" PUBLIC, ":1: database: expected an absolute path");
	refuses(PUBLIC "ocsp = {\n  validity = 12;\n};", ":3: ocsp.validity: expected a duration");
	refuses(PUBLIC "ocsp = {\n\n  validity = \"12\";\n};",
		":4: ocsp.validity: expected a duration");
	refuses("public = { https_url = \"https://h/\";\nhttp_url = \"http://h\"; };",
		":1: public.https_url: expected no '/'");
	refuses("public = { https_url = \"http://h\";\nhttp_url = \"http://h\"; };",
		":1: public.https_url: expected https://");
	refuses("\npublic = { https_url = \"https://h\"; };", ": public.http_url: required");
	refuses(PUBLIC "log = \"x\";", ":2: log: expected an object; got a text");
	refuses("foo = 1;\nbar = 2;\n" PUBLIC, ":2: bar: unknown member");
	refuses(PUBLIC "est = { default_dms = \"a/b\"; };", ":2: est.default_dms: DMS id");
}

static void test_finding(void)
{
	struct conf *c;

	load(PUBLIC);
	setenv("SHEDU_CONF", file, 1);
	c = conf_load(a, NULL, &e);
	ok(c && strcmp(c->path, file) == 0, "SHEDU_CONF names the file");
	setenv("SHEDU_CONF", "/no/such/file", 1);
	ok(!conf_load(a, NULL, &e) && strstr(e.detail, "/no/such/file"),
	   "a file that is not there is named");
	ok(conf_load(a, file, &e) != NULL, "the argument wins");
	ok(chdir(folder) == 0 && (c = conf_load(a, "conf", &e)) && strcmp(c->path, file) == 0,
	   "the path becomes absolute");
	ok(!conf_load(a, folder, &e), "a folder is no file");
}

int main(void)
{
	char real[PATH_MAX];

	a = arena_new();
	if (!mkdtemp(folder) || !realpath(folder, real))
		return 1;
	file = arena_printf(a, "%s/conf", real);
	test_defaults();
	test_full();
	test_mistakes();
	test_finding();
	unlink(file);
	rmdir(folder);
	arena_free(a);
	return done();
}
