#include "fleet/device.h"

const struct token device_statuses[] = {
	{ "NO_IDENTITY", STATUS_NO_IDENTITY },
	{ "ACTIVE", STATUS_ACTIVE },
	{ "RENEWAL_PENDING", STATUS_RENEWAL_PENDING },
	{ "EXPIRING_SOON", STATUS_EXPIRING_SOON },
	{ "EXPIRED", STATUS_EXPIRED },
	{ "REVOKED", STATUS_REVOKED },
	{ "DECOMMISSIONED", STATUS_DECOMMISSIONED },
	{ NULL, 0 },
};

/*
 * A live device passes three edges. Each is a bound on active_not_after, so that one test per edge
 * serves a device and an index range alike:
 *
 *	active_not_after <= now			EXPIRED
 *	active_not_after <  now + critical	EXPIRING_SOON
 *	active_not_after <  now + preventive	RENEWAL_PENDING
 *	otherwise				ACTIVE
 *
 * A delta longer than the certificate's validity reaches back to its beginning and no further: the
 * certificate is then past that edge from its first moment, which is what the bound says.
 */
struct edges {
	int64_t expired, critical, preventive;
};

static int64_t add_clamped(int64_t a, int64_t b)
{
	int64_t sum;

	if (b < 0)
		return a;
	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static struct edges edges_of(const struct dms_settings *s, int64_t now)
{
	struct edges g = { .expired = now + 1 };

	g.critical = add_clamped(now, s->reenrollment_settings.critical_delta);
	g.preventive = add_clamped(now, s->reenrollment_settings.preventive_delta);
	if (g.critical < g.expired)
		g.critical = g.expired;
	if (g.preventive < g.critical)
		g.preventive = g.critical;
	return g;
}

enum device_status device_status(const struct device_row *d, const struct dms_settings *s,
				 int64_t now)
{
	struct edges g = edges_of(s, now);

	switch ((enum device_state)d->state) {
	case DEVICE_NONE:
		return STATUS_NO_IDENTITY;
	case DEVICE_REVOKED:
		return STATUS_REVOKED;
	case DEVICE_DECOMMISSIONED:
		return STATUS_DECOMMISSIONED;
	case DEVICE_LIVE:
		break;
	}
	if (d->active_not_after < g.expired)
		return STATUS_EXPIRED;
	if (d->active_not_after < g.critical)
		return STATUS_EXPIRING_SOON;
	if (d->active_not_after < g.preventive)
		return STATUS_RENEWAL_PENDING;
	return STATUS_ACTIVE;
}

static void set_range(struct device_range *r, enum device_state state, int64_t lo, int64_t hi)
{
	r->state = state;
	r->lo = lo;
	r->hi = hi;
}

void device_status_range(enum device_status status, const struct dms_settings *s, int64_t now,
			 struct device_range *r)
{
	struct edges g = edges_of(s, now);

	switch (status) {
	case STATUS_NO_IDENTITY:
		set_range(r, DEVICE_NONE, INT64_MIN, INT64_MAX);
		return;
	case STATUS_REVOKED:
		set_range(r, DEVICE_REVOKED, INT64_MIN, INT64_MAX);
		return;
	case STATUS_DECOMMISSIONED:
		set_range(r, DEVICE_DECOMMISSIONED, INT64_MIN, INT64_MAX);
		return;
	case STATUS_EXPIRED:
		set_range(r, DEVICE_LIVE, INT64_MIN, g.expired);
		return;
	case STATUS_EXPIRING_SOON:
		set_range(r, DEVICE_LIVE, g.expired, g.critical);
		return;
	case STATUS_RENEWAL_PENDING:
		set_range(r, DEVICE_LIVE, g.critical, g.preventive);
		return;
	case STATUS_ACTIVE:
		set_range(r, DEVICE_LIVE, g.preventive, INT64_MAX);
		return;
	}
}

void device_init(struct device_row *d, const char *id, const char *dms, int64_t now)
{
	*d = (struct device_row){
		.id = id,
		.dms = dms,
		.state = DEVICE_NONE,
		.active_version = -1,
		.tags = "[]",
		.metadata = "{}",
		.icon = "",
		.icon_color = "",
		.created_at = now,
		.updated_at = now,
	};
}
