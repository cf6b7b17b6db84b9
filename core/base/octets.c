#define _GNU_SOURCE	/* F_OFD_SETLK */

#include "base/octets.h"

#include <fcntl.h>

int octets_open(const char *path)
{
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static bool set(int fd, int64_t octet, int type)
{
	struct flock lock = {
		.l_type = (short)type, .l_whence = SEEK_SET, .l_start = octet, .l_len = 1
	};

	return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

bool octets_try(int fd, int64_t octet)
{
	return set(fd, octet, F_WRLCK);
}

void octets_free(int fd, int64_t octet)
{
	set(fd, octet, F_UNLCK);
}
