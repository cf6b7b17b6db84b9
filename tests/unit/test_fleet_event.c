/* Events are a chain: what is altered, removed or put elsewhere shows. */
#include "fleet/event.h"

#include <string.h>

#include "tests/unit/tap.h"

static struct event_row row(struct arena *a)
{
	struct event_row v = {
		.seq = 7,
		.at = 1790000000000000,
		.type = EVENT_DEVICE_CREATE,
		.subject = "device/d1",
		.dms = "demo",
		.device = "d1",
		.actor = "cli:0",
		.data = "{}",
		.previous = arena_blob(a, "previous", 8),
	};

	return v;
}

static bool same(struct arena *a, const struct event_row *v)
{
	const struct event_row plain = row(a);

	return blob_equal(event_hash(a, v), event_hash(a, &plain));
}

int main(void)
{
	AUTO(arena) *a = arena_new();
	struct event_row v = row(a);

	ok(event_hash(a, &v).len == 32 && same(a, &v), "one row has one hash of 32 octets");
	v.seq++;
	ok(!same(a, &v), "the number counts");
	v = row(a), v.at++;
	ok(!same(a, &v), "the time counts");
	v = row(a), v.actor = "cli:1";
	ok(!same(a, &v), "the actor counts");
	v = row(a), v.data = "{\"a\":1}";
	ok(!same(a, &v), "the data count");
	v = row(a), v.previous = arena_blob(a, "pervious", 8);
	ok(!same(a, &v), "the row before counts");
	v = row(a), v.dms = "demod", v.device = "1";
	ok(!same(a, &v), "where a member ends counts");

	struct event_row none = row(a), empty = row(a);

	none.dms = NULL;
	empty.dms = "";
	ok(!blob_equal(event_hash(a, &none), event_hash(a, &empty)),
	   "none and empty are two things");
	return done();
}
