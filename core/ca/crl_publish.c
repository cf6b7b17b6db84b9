#include "ca/crl_publish.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "ca/crl_scope.h"
#include "ca/published.h"
#include "store/store_crl.h"

enum { FOLDER_MODE = 0755, FILE_MODE = 0644, LOCK_MODE = 0660 };

#define WAIT (CLOCK_SECOND / 2)	/* per CA */

static const char *below(const struct env *env, const char *name)
{
	return arena_printf(env->arena, "%s/%s", env->conf->ocsp.publish_dir, name);
}

static int fault(const char *doing, const char *path, struct err *e)
{
	return err_fault(e, ERR_BUSY, "publication", "cannot %s %s: %s", doing, path,
			 strerror(errno));
}

/* What is there stays as it is. */
static int make_folder(const char *path, struct err *e)
{
	if (file_make_folder(path, FOLDER_MODE) == 0 || errno == EEXIST)
		return 0;
	return fault("make", path, e);
}

/* Held from the reading of a row to the renaming of its file: so of two ticks neither puts an older
 * CRL in the place of a newer one. For a moment only; whoever keeps it longer must not hold up the
 * clock's other jobs. An fd for AUTO_FD. */
static int take_lock(const struct env *env, struct err *e)
{
	const struct timespec pause = { 0, 2000000 };
	const char *path = below(env, "locks/crl");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, LOCK_MODE);
	int64_t until = clock_monotonic() + WAIT;

	if (fd < 0)
		return fault("open", path, e);
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR || (errno == EWOULDBLOCK && clock_monotonic() < until)) {
			nanosleep(&pause, NULL);
			continue;
		}
		fault("lock", path, e);
		file_close(&fd);
		return -1;
	}
	return fd;
}

static const char *file_of(const struct env *env, struct blob ski, const char *scope)
{
	return arena_printf(env->arena, "%s/www/%s", env->conf->ocsp.publish_dir,
			    crl_scope_path(env->arena, ski, scope));
}

static int take_away(const char *path, struct err *e)
{
	if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
		return 0;
	return fault("remove", path, e);
}

static bool is_current(const char *path, const struct crl_row *c)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_mtim.tv_sec == c->this_update / CLOCK_SECOND &&
	       st.st_mtim.tv_nsec == c->this_update % CLOCK_SECOND * 1000;
}

static int write_file(const struct env *env, const struct crl_row *c, const char *path,
		      struct err *e)
{
	AUTO(arena) *a = arena_new();
	struct crl_row whole;
	int found = store_crl_load(env->db, a, c->issuer, c->scope, &whole, e);

	if (found <= 0)
		return found;
	if (*c->scope && make_folder(below(env, arena_printf(a, "www/crl/%s", c->scope)), e) < 0)
		return -1;
	if (file_place(below(env, "tmp"), path, FILE_MODE, whole.this_update, whole.der) < 0)
		return fault("write", path, e);
	return 0;
}

/* For as long as caches may keep it, it is not handed out as a file: the responder knows when to stop. */
static bool is_lapsed(const struct env *env, const struct issuer_row *i, const struct crl_row *c)
{
	return env->now >= c->next_update - env->conf->ocsp.max_age && env->now < i->not_after;
}

/* locked: files may be written. A file that is not the present CRL, and cannot be replaced, must not
 * go on to hide a revocation: without it the responder answers. */
static int follow_one(const struct env *env, const struct issuer_row *i, const struct crl_row *c,
		      bool locked, struct err *e)
{
	const char *path = file_of(env, i->ski, c->scope);
	struct err ignored = { 0 };

	if (is_lapsed(env, i, c))
		return take_away(path, e);
	if (is_current(path, c))
		return 0;
	if (!locked)
		return take_away(path, e);
	if (write_file(env, c, path, e) == 0)
		return 0;
	take_away(path, &ignored);
	return -1;
}

/* One that fails does not hold up the others. */
static int follow(const struct env *env, const struct issuer_row *i, bool locked, struct err *e)
{
	struct crl_row *v;
	bool delta = false;
	size_t n;
	int rc = 0;

	if (store_crl_list(env->db, env->arena, i->ski, &v, &n, e) < 0)
		return -1;
	for (size_t k = 0; k < n; k++) {
		struct err why = { 0 };

		delta = delta || strcmp(v[k].scope, CRL_DELTA) == 0;
		if (follow_one(env, i, &v[k], locked, &why) < 0 && !rc) {
			*e = why;
			rc = -1;
		}
	}
	return rc || delta ? rc : take_away(file_of(env, i->ski, CRL_DELTA), e);
}

static int is_ours(const struct env *env, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_READ, e);

	return t ? published_is_ours(env, e) : -1;
}

int crl_publish(const struct env *env, struct blob ski, struct err *e)
{
	struct err ignored = { 0 };
	struct issuer_row issuer;
	int found = is_ours(env, e);

	if (found <= 0)
		return found;
	found = store_issuer_load(env->db, env->arena, ski, &issuer, e);
	if (found <= 0)
		return found;

	AUTO_FD lock = take_lock(env, e);
	if (lock >= 0)
		return follow(env, &issuer, true, e);
	follow(env, &issuer, false, &ignored);
	return -1;
}
