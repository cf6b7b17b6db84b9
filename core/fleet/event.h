/* Events: written in the transaction of the change they tell of, each chained to the one before by
 * SHA-256 over its members, so that a removed or altered row shows. */
#ifndef FLEET_EVENT_H
#define FLEET_EVENT_H

#include "data/doc.h"
#include "store/store_event.h"

struct event {
	const char *type;		/* EVENT_... */
	const char *subject;		/* "device/d1", "certificate/SERIAL", "dms/demo", "ca/ID" */
	const char *dms, *device;	/* NULL: none */
	struct doc *data;		/* NULL: {} */
};

#define EVENT_CA_CREATE "ca.create"
#define EVENT_CA_IMPORT "ca.import"
#define EVENT_CA_REKEY "ca.rekey"
#define EVENT_CA_CRL_NUMBER "ca.crl.number.update"
#define EVENT_CA_VALIDATION "ca.validation.update"
#define EVENT_CERT_CREATE "certificate.create"
#define EVENT_CERT_STATUS "certificate.status.update"
#define EVENT_CERT_ESCROW "certificate.escrow.read"
#define EVENT_DATABASE_RESTORE "database.restore"
#define EVENT_DMS_CREATE "dms.create"
#define EVENT_DMS_UPDATE "dms.update"
#define EVENT_DMS_DELETE "dms.delete"
#define EVENT_DMS_ENROLL "dms.enroll"
#define EVENT_DMS_REENROLL "dms.reenroll"
#define EVENT_DMS_REFUSAL "dms.refusal"
#define EVENT_DEVICE_CREATE "device.create"
#define EVENT_DEVICE_IDENTITY "device.identity.update"
#define EVENT_DEVICE_STATUS "device.status.update"
#define EVENT_DEVICE_METADATA "device.metadata.update"
#define EVENT_PROFILE_CREATE "profile.issuance.create"
#define EVENT_PROFILE_UPDATE "profile.issuance.update"
#define EVENT_PROFILE_DELETE "profile.issuance.delete"
#define EVENT_OPERATOR_ADD "operator.add"
#define EVENT_OPERATOR_REMOVE "operator.remove"
#define EVENT_SECRET_CREATE "secret.create"
#define EVENT_SECRET_REVOKE "secret.revoke"
#define EVENT_APPROVAL_REQUEST "approval.request"
#define EVENT_APPROVAL_APPROVE "approval.approve"
#define EVENT_APPROVAL_DENY "approval.deny"

/* In a write transaction. */
int event_add(struct db *db, struct arena *a, const char *actor, int64_t at, const struct event *v,
	      struct err *e);

/* The hash that the row must have; previous is part of it. */
struct blob event_hash(struct arena *a, const struct event_row *v);

#endif
