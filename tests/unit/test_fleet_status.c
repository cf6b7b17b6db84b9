/* The status of a device, and the index range that finds the devices of a status, are one rule. */
#include "fleet/device.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rand.h"
#include "store/store_dms.h"
#include "tests/unit/tap.h"

enum { DEVICES = 1500, ROUNDS = 8, PAGE = 7 };

static const int64_t now = INT64_C(1790000000) * CLOCK_SECOND;

static uint64_t roll(uint64_t n)
{
	uint64_t v;

	rand_fill(&v, sizeof(v));
	return v % n;
}

/* Often exactly on an edge, or a microsecond beside it. */
static int64_t random_not_after(const struct dms_settings *s)
{
	const int64_t edges[] = { 0, s->reenrollment_settings.critical_delta,
				  s->reenrollment_settings.preventive_delta };

	if (roll(3) == 0)
		return now + edges[roll(3)] + (int64_t)roll(3) - 1;
	return now + (int64_t)roll(400 * CLOCK_DAY) - 150 * CLOCK_DAY;
}

static void random_deltas(struct dms_settings *s)
{
	memset(s, 0, sizeof(*s));
	s->reenrollment_settings.critical_delta = (int64_t)roll(3) * (int64_t)roll(60 * CLOCK_DAY);
	s->reenrollment_settings.preventive_delta =
		s->reenrollment_settings.critical_delta +
		(int64_t)roll(2) * (int64_t)roll(90 * CLOCK_DAY);
}

/* The rule as the documentation says it, without edges and ranges. */
static enum device_status plain(const struct device_row *d, const struct dms_settings *s)
{
	int64_t left = d->active_not_after - now;

	if (d->state == DEVICE_NONE)
		return STATUS_NO_IDENTITY;
	if (d->state == DEVICE_REVOKED)
		return STATUS_REVOKED;
	if (d->state == DEVICE_DECOMMISSIONED)
		return STATUS_DECOMMISSIONED;
	if (left <= 0)
		return STATUS_EXPIRED;
	if (left < s->reenrollment_settings.critical_delta)
		return STATUS_EXPIRING_SOON;
	return left < s->reenrollment_settings.preventive_delta ? STATUS_RENEWAL_PENDING
								: STATUS_ACTIVE;
}

static struct db *make_db(const char *dir, struct arena *a, struct err *e)
{
	struct db *db = db_open(arena_printf(a, "%s/t.db", dir), DB_CREATE, e);
	const struct dms_row dms = { .id = "d",
				     .name = "d",
				     .settings = "{}",
				     .metadata = "{}",
				     .enrollment_ca = "ca",
				     .version = 1 };
	AUTO(db_txn) *t = NULL;

	if (!db || db_migrate(db, e) < 0 || !(t = db_begin(db, DB_WRITE, e)) ||
	    store_dms_add(db, &dms, e) < 0 || store_commit(&t, e) < 0)
		return NULL;
	return db;
}

static int fill(struct db *db, struct arena *a, const struct dms_settings *s, struct device_row *v,
		int round, struct err *e)
{
	AUTO(db_txn) *t = db_begin(db, DB_WRITE, e);

	for (size_t i = 0; t && i < DEVICES; i++) {
		device_init(&v[i], arena_printf(a, "r%d-%zu", round, i), "d", now);
		v[i].state = (int)roll(4);
		if (v[i].state != DEVICE_NONE) {
			v[i].active_version = 0;
			v[i].active_not_after = random_not_after(s);
		}
		if (store_device_add(db, &v[i], e) < 0)
			return -1;
	}
	return t ? store_commit(&t, e) : -1;
}

/* Pages through the range: the number of devices of this round, or -1 when one does not belong. */
static int walk(struct db *db, struct arena *a, const struct dms_settings *s, int status, int round,
		struct err *e)
{
	const char *mine = arena_printf(a, "r%d-", round);
	struct device_range r = { .dms = "d" };
	struct device_row *rows;
	size_t n;
	int count = 0;

	device_status_range((enum device_status)status, s, now, &r);
	do {
		if (store_device_list_range(db, a, &r, PAGE, &rows, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if ((int)device_status(&rows[i], s, now) != status)
				return -1;
			count += strncmp(rows[i].id, mine, strlen(mine)) == 0;
			r.after_not_after = rows[i].active_not_after;
			r.after_id = rows[i].id;
		}
	} while (n == PAGE);
	return count;
}

static void run_round(struct db *db, struct arena *a, int round)
{
	struct device_row *v = arena_array(a, DEVICES, sizeof(*v));
	int want[STATUS_DECOMMISSIONED + 1] = { 0 };
	struct dms_settings s;
	struct err e = { 0 };
	bool same = true, found = true;

	random_deltas(&s);
	if (!ok(fill(db, a, &s, v, round, &e) == 0, "round %d: devices are stored %s", round,
		e.detail))
		return;
	for (size_t i = 0; i < DEVICES; i++) {
		same &= device_status(&v[i], &s, now) == plain(&v[i], &s);
		want[plain(&v[i], &s)]++;
	}
	for (int i = 0; i <= STATUS_DECOMMISSIONED; i++)
		found &= walk(db, a, &s, i, round, &e) == want[i];
	ok(same, "round %d: the status is the plain expression's", round);
	ok(found, "round %d: each range pages exactly the devices of its status %s", round,
	   e.detail);
}

static void remove_files(struct arena *a, const char *dir)
{
	static const char *const names[] = { "t.db", "t.db-wal", "t.db-shm", "t.db.writer" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unlink(arena_printf(a, "%s/%s", dir, names[i]));
	rmdir(dir);
}

int main(void)
{
	char dir[] = "/tmp/shedu-fleet.XXXXXX";
	AUTO(arena) *a = arena_new();
	struct err e = { 0 };
	struct db *db;

	if (!mkdtemp(dir))
		return 99;
	db = make_db(dir, a, &e);
	if (ok(db != NULL, "a database is made %s", e.detail)) {
		for (int i = 0; i < ROUNDS; i++)
			run_round(db, a, i);
	}
	db_close(db);
	remove_files(a, dir);
	return done();
}
