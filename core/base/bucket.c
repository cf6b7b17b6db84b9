#include "base/bucket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/rand.h"

/*
 * A bucket is one number: when it will be full again. Taking a token moves that moment on by one
 * refill, and the bucket is empty when it is more than capacity - 1 refills away. So a bucket, with
 * 20 bits that tell its key from others of its set, is one word, and one compare-and-swap takes a
 * token. A word of 0 is free.
 */
enum { SETS = 1 << 14, WAYS = 4, TAG_BITS = 20, STEP_BITS = 10 };

#define TAG_MASK ((UINT64_C(1) << TAG_BITS) - 1)
/* The slowest bucket. What is full later than this was written before the clock was set back. */
#define HORIZON ((30 * CLOCK_DAY) >> STEP_BITS)

typedef atomic_ullong word;
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a lock in a process's memory is not shared");

static const char magic[16] = "shedu buckets 1";

struct head {
	char magic[sizeof(magic)];
	uint64_t seed[2];
	char rest[4096 - sizeof(magic) - 2 * sizeof(uint64_t)];
};

struct buckets {
	struct head head;
	word sets[SETS][WAYS];
};

/* Where a bucket is, or where it would be put, and what it has. */
struct place {
	word *at;
	uint64_t old;	/* the word that is there */
	uint64_t tag;
	int64_t full;	/* in steps: when it is full; now, if it is */
};

/* In steps of the clock. */
struct rate {
	int64_t now, refill, room;	/* room: how far away "full" may be for a token to be there */
};

static uint64_t rotate(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static void mix(uint64_t v[4], unsigned rounds)
{
	while (rounds-- > 0) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] = rotate(v[0], 32) + v[3];
		v[2] += v[1];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] = rotate(v[2], 32);
	}
}

static void absorb(uint64_t v[4], uint64_t m)
{
	v[3] ^= m;
	mix(v, 2);
	v[0] ^= m;
}

/* SipHash-2-4 */
static uint64_t hash(const uint64_t seed[2], struct blob key)
{
	uint64_t v[4] = { seed[0] ^ UINT64_C(0x736f6d6570736575),
			  seed[1] ^ UINT64_C(0x646f72616e646f6d),
			  seed[0] ^ UINT64_C(0x6c7967656e657261),
			  seed[1] ^ UINT64_C(0x7465646279746573) };
	uint64_t m = 0;
	size_t i;

	for (i = 0; i < key.len; i++) {
		m |= (uint64_t)key.data[i] << (i % 8 * 8);
		if (i % 8 == 7) {
			absorb(v, m);
			m = 0;
		}
	}
	absorb(v, m | (uint64_t)key.len << 56);
	v[2] ^= 0xff;
	mix(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Called with the file locked. It is never made shorter: others may have mapped it. */
static int make(int fd)
{
	static const char zeros[sizeof(struct buckets)];
	struct head head = { 0 };
	int error = posix_fallocate(fd, 0, sizeof(struct buckets));

	if (error != 0) {	/* a hole would be a SIGBUS when the disk is full */
		errno = error;
		return -1;
	}
	memcpy(head.magic, magic, sizeof(magic));
	rand_fill(head.seed, sizeof(head.seed));
	if (pwrite(fd, zeros, sizeof(zeros), 0) != (ssize_t)sizeof(zeros) ||
	    pwrite(fd, &head, sizeof(head), 0) != (ssize_t)sizeof(head))
		return -1;
	return ftruncate(fd, sizeof(struct buckets));
}

static int make_unless_good(int fd)
{
	char found[sizeof(magic)];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	if (st.st_size != sizeof(struct buckets) ||
	    pread(fd, found, sizeof(found), 0) != (ssize_t)sizeof(found) ||
	    memcmp(found, magic, sizeof(magic)) != 0)
		return make(fd);
	return 0;
}

static int prepare(int fd)
{
	int rc = flock(fd, LOCK_EX);

	if (rc == 0)
		rc = make_unless_good(fd);
	flock(fd, LOCK_UN);	/* a mapping would keep the lock when fd is closed */
	return rc;
}

struct buckets *buckets_open(const char *path, struct err *e)
{
	AUTO_FD fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct buckets *b;

	if (fd < 0 || prepare(fd) < 0) {
		err_fault(e, ERR_BUSY, "buckets", "%s: %s", path, strerror(errno));
		return NULL;
	}
	b = mmap(NULL, sizeof(*b), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (b == MAP_FAILED) {
		err_fault(e, ERR_BUSY, "buckets", "%s: %s", path, strerror(errno));
		return NULL;
	}
	return b;
}

void buckets_close(struct buckets *b)
{
	if (b)
		munmap(b, sizeof(*b));
}

static struct rate rate_of(unsigned capacity, int64_t refill, int64_t now)
{
	struct rate r = { .now = now < 0 ? 0 : now >> STEP_BITS };
	int64_t step = INT64_C(1) << STEP_BITS;

	r.refill = refill < step ? 1 : (refill - 1) / step + 1;
	if (r.refill > HORIZON)
		r.refill = HORIZON;
	if (capacity > HORIZON / r.refill)
		capacity = (unsigned)(HORIZON / r.refill);
	r.room = ((int64_t)capacity - 1) * r.refill;
	return r;
}

/* One that has been full for long is full now. */
static int64_t full_at(uint64_t w, int64_t now)
{
	int64_t full = (int64_t)(w >> TAG_BITS);

	return full < now || full > now + HORIZON ? now : full;
}

/* Puts a bucket of this key there, unless another process was faster. */
static bool put(const struct place *p, int64_t full)
{
	unsigned long long old = p->old;

	return atomic_compare_exchange_strong(p->at, &old, (uint64_t)full << TAG_BITS | p->tag);
}

static struct place find(struct buckets *b, struct blob key, struct rate r)
{
	uint64_t h = hash(b->head.seed, key);
	word *set = b->sets[h % SETS];
	struct place mine = { .tag = h >> (64 - TAG_BITS) }, other = mine;

	for (size_t i = 0; i < WAYS; i++) {
		uint64_t w = atomic_load(&set[i]);
		bool is_mine = w != 0 && (w & TAG_MASK) == mine.tag;
		struct place *p = is_mine ? &mine : &other;
		int64_t full = full_at(w, r.now);

		/* Two may have put in the same key at once: the emptier one counts. */
		if (p->at && (is_mine ? full <= p->full : full >= p->full))
			continue;
		p->at = &set[i];
		p->old = w;
		p->full = full;
	}
	if (!mine.at && other.full > r.now + r.room)
		other.full = r.room > 0 ? r.now + r.room : r.now;
	return mine.at ? mine : other;
}

/* Emptier than empty: from before the clock was set back. It is written down as empty now, or else
 * nothing would come back until the clock is there again. */
static struct place find_sane(struct buckets *b, struct blob key, struct rate r)
{
	for (;;) {
		struct place p = find(b, key, r);
		int64_t empty = r.now + r.room + r.refill;

		if (p.full <= empty)
			return p;
		put(&p, empty);
	}
}

static bool has(const struct place *p, struct rate r, int64_t *wait)
{
	int64_t missing = p->full - r.now - r.room;

	if (missing <= 0)
		return true;
	if (wait)
		*wait = missing << STEP_BITS;
	return false;
}

bool bucket_has(struct buckets *b, struct blob key, unsigned capacity, int64_t refill, int64_t now,
		int64_t *wait)
{
	struct rate r = rate_of(capacity, refill, now);
	struct place p = find_sane(b, key, r);

	return has(&p, r, wait);
}

bool bucket_take(struct buckets *b, struct blob key, unsigned capacity, int64_t refill, int64_t now,
		 int64_t *wait)
{
	struct rate r = rate_of(capacity, refill, now);

	for (;;) {
		struct place p = find_sane(b, key, r);

		if (!has(&p, r, wait))
			return false;
		if (put(&p, p.full + r.refill))
			return true;
	}
}
