#include "ca/delegate_key.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hex.h"
#include "store/store_ca.h"

static const char scheme[] = "file:";

static const char *folder(const struct env *env, const struct delegate_keys *d)
{
	return arena_printf(env->arena, "%s/%s", env->conf->state_dir, d->folder);
}

int delegate_key_save(const struct env *env, const struct delegate_keys *d, const struct key *key,
		      const char **file, struct err *e)
{
	struct arena *a = env->arena;
	const char *dir = folder(env, d);
	const char *passphrase = d->for_group ? NULL : env->conf->keys.passphrase_file;
	struct blob ski = key_make_ski(a, key_get_spki(a, key));
	struct stat st;

	if ((mkdir(dir, d->for_group ? 0750 : 0700) < 0 && errno != EEXIST) || stat(dir, &st) < 0)
		return err_fault(e, ERR_INTERNAL, "state_dir", "%s: %s", dir, strerror(errno));
	*file = arena_printf(a, "%s/%s.key", dir, hex_write(a, ski));
	if (key_save(key, *file, passphrase, e) < 0)
		return -1;
	if (!d->for_group)
		return 0;
	if (chown(*file, (uid_t)-1, st.st_gid) < 0 || chmod(*file, 0640) < 0) {
		err_fault(e, ERR_INTERNAL, "state_dir", "%s: %s", *file, strerror(errno));
		unlink(*file);
		return -1;
	}
	return 0;
}

void delegate_key_retire(const char *uri)
{
	if (strncmp(uri, scheme, strlen(scheme)) == 0)
		utimensat(AT_FDCWD, uri + strlen(scheme), NULL, AT_SYMLINK_NOFOLLOW);
}

/* The names of the files that rows name: 0, or -1 when the database does not say. */
static int list_named(const struct env *env, const struct delegate_keys *d, struct texts *named,
		      struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_READ, e);
	struct issuer_row *v;
	size_t n;

	if (!t || store_issuer_list(env->db, env->arena, &v, &n, e) < 0)
		return -1;
	named->v = arena_array(env->arena, n + 1, sizeof(*named->v));
	for (size_t i = 0; i < n; i++) {
		struct responder_row r;
		int found = d->load(env->db, env->arena, v[i].ski, &r, e);
		const char *slash = found > 0 ? strrchr(r.key_uri, '/') : NULL;

		if (found < 0)
			return -1;
		if (slash)
			named->v[named->n++] = slash + 1;
	}
	return 0;
}

static bool is_named(const struct texts *named, const char *file)
{
	for (size_t i = 0; i < named->n; i++) {
		if (strcmp(named->v[i], file) == 0)
			return true;
	}
	return false;
}

/* Keys, and the parts of keys that were being written. */
static void sweep_file(int dir, time_t now, const char *file)
{
	struct stat st;

	if (!strstr(file, ".key") || fstatat(dir, file, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return;
	if (now - st.st_mtim.tv_sec > CLOCK_DAY / CLOCK_SECOND)
		unlinkat(dir, file, 0);
}

void delegate_key_sweep(const struct env *env, const struct delegate_keys *keys)
{
	struct texts named = { 0 };
	struct err ignored = { 0 };
	struct stat st;
	DIR *d;

	if (list_named(env, keys, &named, &ignored) < 0)
		return;
	d = opendir(folder(env, keys));
	if (!d)
		return;
	/* The folder has just changed: files are as old as their file system says. */
	if (fstatat(dirfd(d), ".", &st, 0) < 0)
		st.st_mtim.tv_sec = 0;
	for (struct dirent *f = readdir(d); f; f = readdir(d)) {
		if (!is_named(&named, f->d_name))
			sweep_file(dirfd(d), st.st_mtim.tv_sec, f->d_name);
	}
	closedir(d);
}
