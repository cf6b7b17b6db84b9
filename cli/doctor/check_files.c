/* Modes and owners: of the state, and of the responders' sockets. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/doctor/doctor.h"

AUTO_TYPE(DIR, DIR, closedir)

static void check_one(struct doctor *d, const char *path, mode_t forbidden, bool ours)
{
	struct stat st;

	if (stat(path, &st)) {
		doctor_found(d, LEVEL_FAIL, "%s: %s", path, strerror(errno));
		return;
	}
	if (st.st_mode & forbidden)
		doctor_found(d, LEVEL_FAIL, "%s has the mode %04o, expected no more than %04o",
			     path, (unsigned)st.st_mode & 07777,
			     (unsigned)(st.st_mode & ~forbidden) & 07777);
	if (ours && st.st_uid != geteuid())
		doctor_found(d, LEVEL_FAIL, "%s belongs to uid %ld, expected %ld", path,
			     (long)st.st_uid, (long)geteuid());
}

static int check_folder(struct doctor *d, const char *path, mode_t forbidden, struct err *e)
{
	AUTO(DIR) *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return err_fault(e, ERR_INTERNAL, "folder", "%s: %s", path, strerror(errno));
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			check_one(d, arena_printf(d->env.arena, "%s/%s", path, entry->d_name),
				  forbidden, true);
	return 0;
}

int check_permissions(struct doctor *d, struct err *e)
{
	const struct conf *conf = d->cli->conf;
	const struct {
		const char *path;
		mode_t forbidden;
		bool ours, folder;
	} rows[] = {
		{ conf->path, S_IWOTH, false, false },
		{ conf->state_dir, S_IWGRP | 07, true, false },
		{ arena_printf(d->env.arena, "%s/keys", conf->state_dir), 077, true, true },
		{ arena_printf(d->env.arena, "%s/responders", conf->state_dir), S_IWGRP | 07, true,
		  true },
		{ arena_printf(d->env.arena, "%s/signers", conf->state_dir), 077, true, true },
		{ arena_printf(d->env.arena, "%s/audit.key", conf->state_dir), 077, true, false },
		{ conf->database, S_IWGRP | 07, true, false },
		{ arena_printf(d->env.arena, "%s-wal", conf->database), 07, true, false },
		{ arena_printf(d->env.arena, "%s-shm", conf->database), 07, true, false },
		{ conf->keys.passphrase_file, 07, false, false },
	};
	size_t before = d->count[LEVEL_FAIL];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!rows[i].path)
			continue;
		check_one(d, rows[i].path, rows[i].forbidden, rows[i].ours);
		if (rows[i].folder && check_folder(d, rows[i].path, rows[i].forbidden, e))
			return -1;
	}
	if (geteuid() == 0)
		doctor_advise(d, LEVEL_WARN,
			      "chown the state to a user of its own; see init --owner",
			      "%s belongs to root, and so the responders would run as root",
			      conf->state_dir);
	if (d->count[LEVEL_FAIL] == before)
		doctor_found(d, LEVEL_OK, "%s and what is in it are as they should be",
			     conf->state_dir);
	return 0;
}

static bool reachable_by_others(const char *folder)
{
	struct stat st;

	return stat(folder, &st) == 0 && (st.st_mode & S_IXOTH);
}

static size_t check_socket_folder(struct doctor *d, const char *folder)
{
	AUTO(DIR) *dir = opendir(folder);
	struct dirent *entry;
	size_t n = 0;

	while (dir && (entry = readdir(dir))) {
		const char *path = arena_printf(d->env.arena, "%s/%s", folder, entry->d_name);
		struct stat st;

		if (lstat(path, &st) || !S_ISSOCK(st.st_mode))
			continue;
		n++;
		if ((st.st_mode & S_IWOTH) && reachable_by_others(folder))
			doctor_found(d, LEVEL_FAIL, "everybody may write to %s", path);
	}
	return n;
}

/* Where the shipped configurations put them; a socket elsewhere is not seen. */
int check_sockets(struct doctor *d, struct err *e)
{
	const char *const folders[] = {
		LOCALSTATEDIR "/run/shedu",
		"/run/shedu",
		arena_printf(d->env.arena, "%s/run", d->cli->conf->state_dir),
		arena_printf(d->env.arena, "%s/../run", d->cli->conf->state_dir),
	};
	size_t n = 0, before = d->count[LEVEL_FAIL];

	(void)e;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		n += check_socket_folder(d, folders[i]);
	if (d->count[LEVEL_FAIL] == before)
		doctor_found(d, LEVEL_OK, "%zu found, none open to everybody", n);
	return 0;
}
