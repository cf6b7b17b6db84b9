#include "ca/flight.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/octets.h"

/* Octets of the lock file: the signing slots, and behind them one for each key, by its hash. */
enum { KEYS_AT = 1 << 16, KEYS = 1 << 16, RETRY_SECONDS = 1 };

#define PATIENCE (50 * CLOCK_SECOND / 1000)
#define PAUSE_NS 1000000

static struct {
	int fd;			/* 0: not open yet, -1: cannot be */
	int64_t key, slot;	/* octets that are held; -1: none */
} locks = { 0, -1, -1 };

static int open_file(const struct env *env)
{
	const char *dir = answers_dir(env), *path;
	int fd;

	if (!dir)
		return -1;
	path = arena_printf(env->arena, "%s/signing.locks", dir);
	fd = octets_open(path);
	if (fd < 0)
		log_msg(LOG_WARN, "no bound on answers that are signed at once: %s: %s", path,
			strerror(errno));
	return fd;
}

static bool open_locks(const struct env *env)
{
	if (locks.fd == 0)
		locks.fd = open_file(env);
	return locks.fd > 0;
}

/* Of an octet that was not had. Somebody holds it: 0; -1: nobody can have any, and it is done without
 * from now on. */
static int check_held(void)
{
	if (errno == EAGAIN || errno == EACCES || errno == EINTR)
		return 0;
	log_msg(LOG_WARN, "no bound on answers that are signed at once: locks: %s",
		strerror(errno));
	flight_close();
	locks.fd = -1;
	return -1;
}

static void pause_briefly(void)
{
	static const struct timespec t = { 0, PAUSE_NS };

	nanosleep(&t, NULL);
}

static int64_t octet_of(const struct answer_key *key)
{
	uint32_t n;

	memcpy(&n, key->sha256 + sizeof(n), sizeof(n));
	return KEYS_AT + n % KEYS;
}

bool flight_begin(const struct env *env, const struct answer_key *key)
{
	const int64_t octet = octet_of(key), end = clock_monotonic() + PATIENCE;

	if (!answers_are_shared(env) || !open_locks(env))
		return false;
	while (!octets_try(locks.fd, octet)) {
		if (check_held() < 0)
			return false;
		if (clock_monotonic() >= end)
			return true;
		pause_briefly();
	}
	locks.key = octet;
	return true;
}

static bool take_slot(int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		if (octets_try(locks.fd, i)) {
			locks.slot = i;
			return true;
		}
		if (check_held() < 0)
			return true;
	}
	return false;
}

int flight_sign(const struct env *env, struct err *e)
{
	const int64_t n = env->conf->ocsp.max_signing, end = clock_monotonic() + PATIENCE;

	if (n == 0 || !open_locks(env))
		return 0;
	while (!take_slot(n)) {
		if (clock_monotonic() >= end) {
			err_fault(e, ERR_BUSY, "signing_busy",
				  "%lld answers are being signed: ocsp.max_signing allows no more",
				  (long long)n);
			e->retry_after = RETRY_SECONDS;
			return -1;
		}
		pause_briefly();
	}
	return 0;
}

void flight_end(void)
{
	if (locks.key >= 0)
		octets_free(locks.fd, locks.key);
	if (locks.slot >= 0)
		octets_free(locks.fd, locks.slot);
	locks.key = locks.slot = -1;
}

void flight_close(void)
{
	if (locks.fd > 0)
		file_close(&locks.fd);
	locks.fd = 0;
	locks.key = locks.slot = -1;
}
