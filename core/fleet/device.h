/*
 * Device status: computed from the facts of the row, now and the DMS's deltas, never stored. The
 * same rule serves one device and, as an index range, a page of a million.
 */
#ifndef FLEET_DEVICE_H
#define FLEET_DEVICE_H

#include "data/settings.h"
#include "store/store_device.h"

enum device_status {
	STATUS_NO_IDENTITY,
	STATUS_ACTIVE,
	STATUS_RENEWAL_PENDING,
	STATUS_EXPIRING_SOON,
	STATUS_EXPIRED,
	STATUS_REVOKED,
	STATUS_DECOMMISSIONED,
};
extern const struct token device_statuses[];	/* "NO_IDENTITY" ... */

enum device_status device_status(const struct device_row *d, const struct dms_settings *s,
				 int64_t now);

/* The devices of a DMS that have the status now: state, lo and hi of the range. */
void device_status_range(enum device_status status, const struct dms_settings *s, int64_t now,
			 struct device_range *r);

/* An empty row with defaults: no slot, state none. */
void device_init(struct device_row *d, const char *id, const char *dms, int64_t now);

#endif
