/* Files that are there whole or not at all. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#include "tap.h"

static char folder[] = "/tmp/shedu-file-XXXXXX";

static struct blob text(const char *s)
{
	return blob_of(s, strlen(s));
}

static bool holds(const char *path, const char *expected, mode_t mode)
{
	char buf[64] = "";
	struct stat st;
	FILE *f = fopen(path, "r");

	if (!f)
		return false;
	buf[fread(buf, 1, sizeof(buf) - 1, f)] = '\0';
	fclose(f);
	return strcmp(buf, expected) == 0 && stat(path, &st) == 0 && (st.st_mode & 0777) == mode;
}

static size_t count_files(void)
{
	DIR *d = opendir(folder);
	size_t n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void test_whole(void)
{
	umask(077);
	ok(file_write_new("f", 0640, text("one")) == 0 && holds("f", "one", 0640),
	   "a new file, with its mode whatever the umask");
	umask(0);
	ok(file_write_new("f", 0600, text("two")) == -1 && errno == EEXIST &&
		   holds("f", "one", 0640),
	   "what is there is not overwritten");
	ok(file_replace("f", 0600, text("three")) == 0 && holds("f", "three", 0600),
	   "but replaced when asked for");
	ok(file_replace("g", 0644, text("")) == 0 && holds("g", "", 0644),
	   "also when it is not there");
	ok(count_files() == 2, "nothing else is left");
}

/* The file size limit stands in for a full disk. */
static void test_failures(void)
{
	static char big[8192];
	struct rlimit limit, small;

	ok(file_write_new("none/f", 0600, text("x")) == -1 && errno == ENOENT, "no such folder");
	getrlimit(RLIMIT_FSIZE, &limit);
	small = limit;
	small.rlim_cur = 4096;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	ok(file_replace("f", 0600, blob_of(big, sizeof(big))) == -1 && errno == EFBIG,
	   "what does not fit is not written");
	ok(file_write_new("h", 0600, blob_of(big, sizeof(big))) == -1 && errno == EFBIG,
	   "as a new file neither");
	setrlimit(RLIMIT_FSIZE, &limit);
	ok(holds("f", "three", 0600), "what was there stays");
	ok(count_files() == 2, "and nothing is left behind");
}

int main(void)
{
	if (!mkdtemp(folder) || chdir(folder) < 0)
		return 99;
	test_whole();
	test_failures();
	unlink("f");
	unlink("g");
	if (chdir("/") < 0 || rmdir(folder) < 0)
		return 99;
	return done();
}
