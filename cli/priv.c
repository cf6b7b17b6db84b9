#include "cli/priv.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int priv_become(uid_t uid, gid_t gid, struct err *e)
{
	if (geteuid() != 0 || uid == 0)
		return 0;
	/* Groups first: without root they cannot be changed any more. */
	if (setgroups(0, NULL) || setgid(gid) || setuid(uid))
		return err_fault(e, ERR_INTERNAL, "privileges",
				 "cannot become uid %ld, gid %ld: %s", (long)uid, (long)gid,
				 strerror(errno));
	if (setuid(0) == 0)
		return err_fault(e, ERR_INTERNAL, "privileges", "root came back after setuid");
	return 0;
}

int priv_become_owner(const char *dir, struct err *e)
{
	struct stat st;

	if (geteuid() != 0)
		return 0;
	if (stat(dir, &st))
		return err_set(e, ERR_NOT_FOUND, "state_dir", "state_dir %s: %s; run shedu init",
			       dir, strerror(errno));
	return priv_become(st.st_uid, st.st_gid, e);
}

static int read_number(const char *s, unsigned long *n)
{
	char *end;

	if (!*s || strspn(s, "0123456789") != strlen(s))
		return -1;
	errno = 0;
	*n = strtoul(s, &end, 10);
	return errno || *n >= UINT32_MAX ? -1 : 0;
}

static int find_group(const char *name, gid_t *gid, struct err *e)
{
	const struct group *gr = getgrnam(name);
	unsigned long n;

	if (gr)
		*gid = gr->gr_gid;
	else if (!read_number(name, &n))
		*gid = (gid_t)n;
	else
		return err_set(e, ERR_NOT_FOUND, "group", "there is no group '%s'", name);
	return 0;
}

int priv_read_owner(const char *text, uid_t *uid, gid_t *gid, struct err *e)
{
	const char *colon = strchr(text, ':');
	char user[64];
	unsigned long n;
	size_t len = colon ? (size_t)(colon - text) : strlen(text);

	if (len >= sizeof(user))
		return err_set(e, ERR_NOT_FOUND, "user", "there is no user '%s'", text);
	memcpy(user, text, len);
	user[len] = '\0';
	const struct passwd *pw = getpwnam(user);
	if (!pw && !read_number(user, &n))
		pw = getpwuid((uid_t)n);
	if (pw) {
		*uid = pw->pw_uid;
		*gid = pw->pw_gid;
	} else if (!read_number(user, &n)) {
		*uid = (uid_t)n;
		*gid = (gid_t)n;
	} else {
		return err_set(e, ERR_NOT_FOUND, "user", "there is no user '%s'", user);
	}
	return colon ? find_group(colon + 1, gid, e) : 0;
}
