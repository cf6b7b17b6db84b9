#include "ca/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "auth/who.h"
#include "base/file.h"
#include "base/text.h"
#include "fleet/dms.h"
#include "fleet/issuer.h"
#include "store/store_meta.h"

/* The first line of the bundle. It ends in "pending" until the reload command has succeeded. */
static const char head[] = "# shedu trust generation ";
static const char pending[] = " pending";
enum { PAGE = 100, RELOAD_SECONDS = 30, MAX_BUNDLE = 16 << 20 };

/* The CAs whose certificates clients may come with: an issuer is wanted itself, or as the parent of
 * one that is. None is that is revoked, or below one that is. */
struct wanted {
	const struct env *env;
	struct issuer_row *rows;
	bool *is;
	size_t n;
};

/* The index of the CA above; n: it is a root, or that CA is not known here. */
static size_t find_parent(const struct wanted *w, size_t i)
{
	size_t p = 0;

	if (blob_equal(w->rows[i].ski, w->rows[i].parent))
		return w->n;
	while (p < w->n && !blob_equal(w->rows[p].ski, w->rows[i].parent))
		p++;
	return p;
}

/* It, or a CA above it: nothing that it signed counts, so the server need not ask for it. */
static bool is_revoked(const struct wanted *w, size_t i)
{
	for (size_t level = 0; i < w->n && level <= w->n; level++) {
		if (w->rows[i].revoked_at)
			return true;
		i = find_parent(w, i);
	}
	return false;
}

static void want_ca(struct wanted *w, const char *ca)
{
	for (size_t i = 0; ca && i < w->n; i++) {
		if (strcmp(w->rows[i].ca, ca) != 0 || is_revoked(w, i))
			continue;
		for (size_t p = i; p < w->n && !w->is[p]; p = find_parent(w, p))
			w->is[p] = true;
	}
}

static void want_cas(struct wanted *w, const struct texts *cas)
{
	for (size_t i = 0; i < cas->n; i++)
		want_ca(w, cas->v[i]);
}

static int want_dms(struct wanted *w, const struct dms_row *row, struct err *e)
{
	struct dms d;
	const struct dms_settings *s = &d.settings;

	if (dms_read(w->env->arena, row, &d, e) < 0)
		return -1;
	want_ca(w, s->enrollment_settings.enrollment_ca);
	want_cas(w, &s->enrollment_settings.est_rfc7030_settings.client_certificate_settings
			     .validation_cas);
	want_cas(w, &s->reenrollment_settings.est_rfc7030_settings.client_certificate_settings
			     .validation_cas);
	want_cas(w, &s->reenrollment_settings.additional_validation_cas);
	return 0;
}

static int want_dmss(struct wanted *w, struct err *e)
{
	const char *after = NULL;
	struct dms_row *v;
	size_t n;

	do {
		if (store_dms_list(w->env->db, w->env->arena, after, PAGE, &v, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (want_dms(w, &v[i], e) < 0)
				return -1;
		}
		after = n ? v[n - 1].id : NULL;
	} while (n == PAGE);
	return 0;
}

/* The certificates of the bundle, ordered by key: the same set is always the same text. */
static int make_certs(const struct env *env, struct text *certs, int64_t *generation, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_READ, e);
	struct wanted w = { .env = env };
	struct meta_row meta;

	if (!t || store_meta_load(env->db, env->arena, &meta, e) < 0 ||
	    store_issuer_list(env->db, env->arena, &w.rows, &w.n, e) < 0)
		return -1;
	w.is = arena_array(env->arena, w.n + 1, sizeof(*w.is));
	want_ca(&w, OPERATORS_CA);
	if (want_dmss(&w, e) < 0)
		return -1;
	text_init(certs, env->arena);
	for (size_t i = 0; i < w.n; i++) {
		if (w.is[i])
			text_add(certs, cert_write_pem(env->arena, w.rows[i].der));
	}
	*generation = meta.trust_generation;
	return 0;
}

/* The file's text; NULL when there is none. */
static char *read_file(struct arena *a, const char *path)
{
	struct stat st;
	char *s = NULL;
	FILE *f = fopen(path, "re");

	if (!f)
		return NULL;
	if (fstat(fileno(f), &st) == 0 && st.st_size >= 0 && st.st_size < MAX_BUNDLE) {
		s = arena_alloc(a, (size_t)st.st_size + 1);
		s[fread(s, 1, (size_t)st.st_size, f)] = '\0';
	}
	fclose(f);
	return s;
}

/* The server never reads half of it. Readable for all, for it holds nothing secret. */
static int write_bundle(const struct env *env, int64_t generation, bool is_pending,
			const char *certs, struct err *e)
{
	const char *s = arena_printf(env->arena, "%s%lld%s\n%s", head, (long long)generation,
				     is_pending ? pending : "", certs);

	if (file_replace(env->conf->trust.bundle, 0644, blob_of(s, strlen(s))) == 0)
		return 0;
	return err_fault(e, ERR_INTERNAL, "trust_bundle", "%s: %s", env->conf->trust.bundle,
			 strerror(errno));
}

static pid_t start_command(const char *command)
{
	pid_t pid = fork();
	int null;

	if (pid != 0)
		return pid;
	null = open("/dev/null", O_RDONLY);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	setpgid(0, 0);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* A command that hangs must not stop the CRLs: after half a minute it is killed with its children. */
static int run_reload(const char *command, struct err *e)
{
	const struct timespec nap = { .tv_nsec = 20000000 };
	pid_t pid = start_command(command), ended = 0;
	int status = 0;

	if (pid < 0)
		return err_fault(e, ERR_BUSY, "reload_command", "fork: %s", strerror(errno));
	for (int i = 0; i < RELOAD_SECONDS * 50 && ended == 0; i++) {
		nanosleep(&nap, NULL);
		ended = waitpid(pid, &status, WNOHANG);
	}
	if (ended == 0) {
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		return err_fault(e, ERR_BUSY, "reload_command",
				 "trust.reload_command took over %d s", RELOAD_SECONDS);
	}
	if (ended < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_fault(e, ERR_BUSY, "reload_command",
				 "trust.reload_command failed (wait status %d)", status);
	return 0;
}

/* What follows the first line. */
static const char *body_of(const char *bundle)
{
	const char *end = bundle ? strchr(bundle, '\n') : NULL;

	return end ? end + 1 : "";
}

/* The number in the first line; -1: none, or the server has not taken the bundle yet. */
static int64_t generation_of(const char *bundle)
{
	char *end;
	long long n;

	if (!bundle || strncmp(bundle, head, strlen(head)) != 0)
		return -1;
	n = strtoll(bundle + strlen(head), &end, 10);
	return end != bundle + strlen(head) && *end == '\n' ? n : -1;
}

int trust_write(const struct env *env, bool *made, struct err *e)
{
	const char *path = env->conf->trust.bundle, *command = env->conf->trust.reload_command;
	struct text certs;
	int64_t generation;
	const char *old;
	bool reload;

	*made = false;
	if (!path)
		return 0;
	if (make_certs(env, &certs, &generation, e) < 0)
		return -1;
	old = read_file(env->arena, path);
	/* Servers refuse a bundle of no certificate: the one that is there stays, and doctor tells that
	 * it is an old one. What it offers too much, the responders refuse. */
	if (!certs.len)
		return old ? 0 : write_bundle(env, generation, false, "", e);
	reload = !old || strcmp(body_of(old), certs.s) != 0 || generation_of(old) < 0;
	if (!reload && generation_of(old) == generation)
		return 0;
	if (reload && command) {
		if (write_bundle(env, generation, true, certs.s, e) < 0 ||
		    run_reload(command, e) < 0)
			return -1;
	}
	if (write_bundle(env, generation, false, certs.s, e) < 0)
		return -1;
	*made = true;
	return 0;
}

int64_t trust_generation(const struct conf *conf)
{
	AUTO(arena) *a = arena_new();

	return conf->trust.bundle ? generation_of(read_file(a, conf->trust.bundle)) : -1;
}
