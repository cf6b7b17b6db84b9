#define _GNU_SOURCE	/* syncfs, mkostemp */

#include "cli/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "ca/publish_path.h"
#include "ca/status.h"

enum { PAGE = 1000, MAX_FILE = 16384, CURSOR_MAX = 400 };

static int fault(struct err *e, const char *doing, const char *path)
{
	return err_fault(e, ERR_INTERNAL, "export", "cannot %s %s: %s", doing, path,
			 strerror(errno));
}

static const char *below(struct arena *a, const struct export *x, const char *name)
{
	return arena_printf(a, "%s/%s", x->dir, name);
}

/* What the web server gives out is changed under locks, which are not taken here. */
static int check_apart(const struct export *x, const struct env *env, struct err *e)
{
	const char *ours = env->conf->ocsp.publish_dir;
	char *here = realpath(x->dir, NULL), *there = ours ? realpath(ours, NULL) : NULL;
	size_t len = there ? strlen(there) : 0;
	bool inside =
		here && there && strncmp(here, there, len) == 0 && (here[len] == '/' || !here[len]);

	free(here);
	free(there);
	if (inside)
		return err_set(e, ERR_REJECTED, "export",
			       "expected a folder apart from ocsp.publish_dir, got %s", x->dir);
	return 0;
}

static void set_place(struct export *x, struct blob serial, struct blob issuer)
{
	const struct blob parts[] = { serial, issuer };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		memcpy(x->place[i], parts[i].data, parts[i].len);
	x->after.serial = blob_of(x->place[0], serial.len);
	x->after.issuer = blob_of(x->place[1], issuer.len);
}

static bool fits(const struct export *x, const struct cert_place *p)
{
	return p->serial.len <= sizeof(x->place[0]) && p->issuer.len <= sizeof(x->place[1]);
}

/* "SINCE BEGAN SERIAL ISSUER"; where there is none, the run begins at the start. */
static int read_cursor(struct export *x, struct arena *a, struct err *e)
{
	const char *path = below(a, x, "cursor");
	char text[CURSOR_MAX + 1], serial[CURSOR_MAX + 1], issuer[CURSOR_MAX + 1];
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, CURSOR_MAX);
	long long since, began;
	struct cert_place p;

	if (n < 0)
		return errno == ENOENT ? 0 : fault(e, "read", path);
	text[n] = '\0';
	if (sscanf(text, "%lld %lld %400s %400s", &since, &began, serial, issuer) != 4 ||
	    hex_read(a, serial, &p.serial, e) < 0 || hex_read(a, issuer, &p.issuer, e) < 0 ||
	    !fits(x, &p))
		return err_set(e, ERR_MALFORMED, "export", "%s is no cursor of such a run", path);
	x->since = since;
	x->began = began;
	set_place(x, p.serial, p.issuer);
	return 0;
}

/* What was written is on the disk before the cursor says so. */
static int save_cursor(const struct export *x, struct err *e)
{
	AUTO_FD fd = open(x->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *path = below(x->arena, x, "cursor");
	const char *text = arena_printf(x->arena, "%lld %lld %s %s\n", (long long)x->since,
					(long long)x->began, hex_write(x->arena, x->after.serial),
					hex_write(x->arena, x->after.issuer));

	if (fd < 0 || syncfs(fd) != 0)
		return fault(e, "sync", x->dir);
	if (file_replace(path, 0644, blob_of(text, strlen(text))) != 0)
		return fault(e, "write", path);
	return 0;
}

static int load_issuers(struct export *x, const struct env *env, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_READ, e);

	if (!t)
		return -1;
	return store_issuer_list(env->db, env->arena, &x->issuers, &x->nissuers, e);
}

int export_begin(struct export *x, const struct env *env, bool resume, struct err *e)
{
	if (mkdir(x->dir, 0755) != 0 && errno != EEXIST)
		return fault(e, "make", x->dir);
	x->began = env->now;
	x->after = (struct cert_place){ .serial = { 0 } };
	/* Each is asked for once: nothing is gained by keeping it. */
	x->conf = *env->conf;
	x->conf.ocsp.cache_entries = 0;
	x->arena = arena_new();
	if (check_apart(x, env, e) < 0 || (resume && read_cursor(x, env->arena, e) < 0))
		return -1;
	return load_issuers(x, env, e);
}

static const struct issuer_row *find_issuer(const struct export *x, struct blob ski)
{
	for (size_t i = 0; i < x->nissuers; i++) {
		if (blob_equal(x->issuers[i].ski, ski))
			return &x->issuers[i];
	}
	return NULL;
}

/* The end of a CA may be one of all that stands below it. */
static bool has_revoked_above(const struct export *x, const struct issuer_row *issuer)
{
	for (size_t n = 0; issuer && n < x->nissuers; n++) {
		if (issuer->revoked_at)
			return true;
		issuer = issuer->parent.len ? find_issuer(x, issuer->parent) : NULL;
	}
	return false;
}

/* The reason and the date, too: that a key is compromised may be told after a revocation. */
static bool says_row(struct blob answer, const struct cert_place *c)
{
	const struct cert_status_row row = {
		.status = c->status,
		.reason = c->reason,
		.revoked_at = c->revoked_at,
	};
	struct ocsp_single said, now = { 0 };

	status_say_row(&row, &now);
	return ocsp_response_read_status(answer, &said) && said.status == now.status &&
	       said.reason == now.reason &&
	       said.revoked_at / CLOCK_SECOND == now.revoked_at / CLOCK_SECOND;
}

/* What the file says is compared, too: a change may have been committed after the run before had read
 * the row, and be dated before that run, and a restored database is an older one. One from the future
 * was made while the clock was ahead. */
static bool is_current(const struct export *x, const struct env *env, const struct cert_place *c,
		       const char *file)
{
	unsigned char buf[MAX_FILE];
	int64_t this_update, next_update;
	AUTO_FD fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf));

	return n > 0 &&
	       ocsp_response_read_times(blob_of(buf, (size_t)n), &this_update, &next_update) &&
	       this_update <= env->now && next_update - env->now > x->conf.ocsp.validity / 2 &&
	       says_row(blob_of(buf, (size_t)n), c);
}

static int make_folders(const struct export *x, const char *file)
{
	for (const char *p = file + strlen(x->dir) + 1; (p = strchr(p, '/')); p++) {
		if (mkdir(arena_strndup(x->arena, file, (size_t)(p - file)), 0755) != 0 &&
		    errno != EEXIST)
			return -1;
	}
	return 0;
}

static int write_file(const struct export *x, const char *file, struct blob der, struct err *e)
{
	char *temp = arena_printf(x->arena, "%s/.XXXXXX", x->dir);
	AUTO_FD fd = make_folders(x, file) == 0 ? mkostemp(temp, O_CLOEXEC) : -1;

	if (fd < 0)
		return fault(e, "write", file);
	if (write(fd, der.data, der.len) == (ssize_t)der.len && fchmod(fd, 0644) == 0 &&
	    rename(temp, file) == 0)
		return 0;
	fault(e, "write", file);
	unlink(temp);
	return -1;
}

static int write_answer(struct export *x, const struct env *env, struct blob request,
			const char *file, struct err *e)
{
	struct status_answer answer;
	struct err why = { 0 };

	if (status_answer(env, request, &answer, &why) < 0) {
		if (x->failed++ == 0)
			x->failure = why;
		return 0;
	}
	if (!answer.cacheable)	/* it is gone meanwhile */
		return 0;
	x->written++;
	return write_file(x, file, answer.der, e);
}

static int export_one(struct export *x, const struct env *env, const struct cert_place *c,
		      struct err *e)
{
	const struct issuer_row *issuer = find_issuer(x, c->issuer);
	struct blob requests[PUBLISH_HASHES];
	bool may_keep;

	if (!issuer || !issuer->key_uri)
		return 0;
	may_keep = x->since && c->status_at < x->since && !has_revoked_above(x, issuer);
	x->certificates++;
	publish_requests(x->arena, issuer, c->serial, requests);
	for (size_t i = 0; i < PUBLISH_HASHES; i++) {
		const char *path = publish_path(x->arena, requests[i]), *file;

		if (!path) {
			x->left_out++;
			continue;
		}
		file = arena_printf(x->arena, "%s/ocsp/%s", x->dir, path);
		if (may_keep && is_current(x, env, c, file))
			x->kept++;
		else if (write_answer(x, env, requests[i], file, e) < 0)
			return -1;
	}
	return 0;
}

static int list_page(const struct export *x, const struct env *env, struct cert_place **v,
		     size_t *n, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_READ, e);

	return t ? store_cert_list_by_key(env->db, x->arena, &x->after, PAGE, v, n, e) : -1;
}

int export_page(struct export *x, const struct env *env, struct err *e)
{
	struct env own = *env;
	struct cert_place *v;
	size_t n;

	arena_reset(x->arena);
	own.arena = x->arena;
	own.conf = &x->conf;
	own.now = clock_now();
	if (list_page(x, &own, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (export_one(x, &own, &v[i], e) < 0)
			return -1;
	}
	if (n < PAGE)
		return 0;
	if (!fits(x, &v[n - 1]))
		return err_fault(e, ERR_INTERNAL, "export", "a serial of %zu octets",
				 v[n - 1].serial.len);
	set_place(x, v[n - 1].serial, v[n - 1].issuer);
	return save_cursor(x, e) < 0 ? -1 : 1;
}

int export_end(struct export *x, struct err *e)
{
	AUTO_FD fd = open(x->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *path = below(x->arena, x, "cursor");
	int rc = 0;

	if (fd < 0 || syncfs(fd) != 0)
		rc = fault(e, "sync", x->dir);
	else if (unlink(path) != 0 && errno != ENOENT)
		rc = fault(e, "remove", path);
	arena_free(steal(&x->arena));
	status_close();
	return rc;
}
