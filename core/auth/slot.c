#include "auth/slot.h"

#include <stdlib.h>

#include "base/octets.h"

enum { RETRY_SECONDS = 2 };

/* Half of the workers that the web server's configuration tells of, at least one. */
static int64_t slots(const struct conf *conf)
{
	const char *workers = getenv("SHEDU_WORKERS");
	int64_t n = conf->webhook.slots;

	if (n == 0 && workers)
		n = strtol(workers, NULL, 10) / 2;
	return n > 0 ? n : 1;
}

int slot_take(const struct conf *conf, struct arena *a, struct err *e)
{
	const char *path = arena_printf(a, "%s/outside.slots", conf->state_dir);
	AUTO_FD fd = octets_open(path);
	int64_t n = slots(conf);

	if (fd < 0)
		return err_fault(e, ERR_BUSY, "outside_slots", "%s: %m", path);
	/* A lock on the i-th octet of the file is the i-th slot. */
	for (int64_t i = 0; i < n; i++) {
		if (octets_try(fd, i)) {
			int taken = fd;

			fd = -1;
			return taken;
		}
	}
	err_fault(e, ERR_BUSY, "outside_busy", "all %lld slots for calls to others are taken",
		  (long long)n);
	e->retry_after = RETRY_SECONDS;
	return -1;
}
