/* Runs every file of the corpora once: a test of what fuzzing found, without a fuzzer. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/tap.h"

enum { MAX_FILE = 1 << 20 };

static int replay_file(const struct fuzz_target *t, const char *path)
{
	AUTO(arena) *a = arena_new();
	unsigned char *data = malloc(MAX_FILE), *exact;
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f || !data)
		err_die("%s: %m", path);
	n = fread(data, 1, MAX_FILE, f);
	fclose(f);
	exact = malloc(n ? n : 1);	/* so that a read behind the end shows */
	if (!exact)
		err_die("out of memory");
	memcpy(exact, data, n);
	free(data);
	t->run(a, blob_of(exact, n));
	free(exact);
	return 1;
}

static int replay_folder(const struct fuzz_target *t, const char *folder)
{
	AUTO(arena) *a = arena_new();
	DIR *d = opendir(folder);
	const struct dirent *entry;
	int n = 0;

	if (!d)
		return 0;
	while ((entry = readdir(d))) {
		if (entry->d_name[0] != '.')
			n += replay_file(t, arena_printf(a, "%s/%s", folder, entry->d_name));
	}
	closedir(d);
	return n;
}

int main(void)
{
	AUTO(arena) *a = arena_new();
	const char *src = getenv("SHEDU_SRC");

	for (const struct fuzz_target *t = fuzz_targets; t->name; t++) {
		const char *folder =
			arena_printf(a, "%s/tests/fuzz/corpus/%s", src ? src : ".", t->name);
		int n = replay_folder(t, folder);

		ok(n > 0, "%s: %d files", t->name, n);
	}
	return done();
}
