#include "base/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"

enum { SLOTS = 4096, PROBES = 64 };

struct slot {
	uint64_t key;	/* 0: free; never freed again */
	uint64_t n;
};

struct tally {
	struct slot *slots;
};

/* A hole would be a SIGBUS when the disk is full. */
static bool is_allocated(int fd, off_t size)
{
	errno = posix_fallocate(fd, 0, size);
	return errno == 0;
}

struct tally *tally_open(const char *path, struct err *e)
{
	const size_t size = SLOTS * sizeof(struct slot);
	AUTO_FD fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct tally *t;
	void *map;

	if (fd < 0 || !is_allocated(fd, (off_t)size)) {
		err_fault(e, ERR_BUSY, "tally", "%s: %m", path);
		return NULL;
	}
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		err_fault(e, ERR_BUSY, "tally", "%s: %m", path);
		return NULL;
	}
	t = malloc(sizeof(*t));
	if (!t)
		err_die("no memory");
	t->slots = map;
	return t;
}

void tally_close(struct tally *t)
{
	if (!t)
		return;
	munmap(t->slots, SLOTS * sizeof(struct slot));
	free(t);
}

/* FNV-1a: keys are named by who administers this system, and aim at nothing. */
static uint64_t hash(const char *key)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *key; key++)
		h = (h ^ (unsigned char)*key) * UINT64_C(0x100000001b3);
	return h ? h : 1;
}

static struct slot *find(struct tally *t, const char *key, bool claim)
{
	const uint64_t h = hash(key);

	for (uint64_t i = 0; i < PROBES; i++) {
		struct slot *s = &t->slots[(h + i) % SLOTS];
		uint64_t k = __atomic_load_n(&s->key, __ATOMIC_ACQUIRE);

		/* who loses the race reads in k whose it became */
		if (k == 0 &&
		    (!claim || __atomic_compare_exchange_n(&s->key, &k, h, false, __ATOMIC_ACQ_REL,
							   __ATOMIC_ACQUIRE)))
			return claim ? s : NULL;
		if (k == h)
			return s;
	}
	return NULL;
}

void tally_add(struct tally *t, const char *key, uint64_t n)
{
	struct slot *s = find(t, key, true);

	if (s)
		__atomic_fetch_add(&s->n, n, __ATOMIC_RELAXED);
}

uint64_t tally_take(struct tally *t, const char *key)
{
	struct slot *s = find(t, key, false);

	return s ? __atomic_exchange_n(&s->n, 0, __ATOMIC_RELAXED) : 0;
}
