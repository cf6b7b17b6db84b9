#include "fcgi/dms/api.h"

#include "auth/auth.h"
#include "base/clock.h"
#include "ca/published.h"
#include "web/problem.h"

#define JSON "application/json"
#define PATCH JSON " application/merge-patch+json application/json-patch+json"

enum { SMALL = 64 << 10, LARGE = 256 << 10 };

#define GET METHOD_GET
#define POST METHOD_POST
#define PUT METHOD_PUT
#define DELETE METHOD_DELETE

/* The rows of one resource under a prefix: the canonical one and Lamassu's. */
/* clang-format off */
#define DMS_ROWS(prefix)                                                                           \
	{ GET, prefix "/dms", ACCESS_AUDITOR, NULL, JSON, 0, dmss_list, "list DMSs" },             \
	{ POST, prefix "/dms", ACCESS_ADMIN, JSON, JSON, LARGE, dmss_create, "create a DMS" },     \
	{ GET, prefix "/dms/{dms}", ACCESS_AUDITOR, NULL, JSON, 0, dmss_get, "show a DMS" },       \
	{ PUT, prefix "/dms/{dms}", ACCESS_ADMIN, JSON, JSON, LARGE, dmss_put, "replace a DMS" },  \
	{ METHOD_PATCH, prefix "/dms/{dms}", ACCESS_ADMIN, PATCH, JSON, LARGE, dmss_patch,         \
	  "change a DMS" },                                                                        \
	{ DELETE, prefix "/dms/{dms}", ACCESS_ADMIN, NULL, NULL, 0, dmss_delete, "delete a DMS" }, \
	{ PUT | METHOD_PATCH, prefix "/dms/{dms}/metadata", ACCESS_ADMIN, PATCH, JSON, LARGE,      \
	  dmss_patch_metadata, "change the metadata of a DMS" }

#define DEVICE_ROWS(prefix)                                                                        \
	{ GET, prefix "/devices", ACCESS_AUDITOR, NULL, JSON, 0, devices_list, "list devices" },   \
	{ POST, prefix "/devices", ACCESS_OPERATOR, JSON, JSON, SMALL, devices_create,             \
	  "register a device" },                                                                   \
	{ GET, prefix "/devices/{device}", ACCESS_AUDITOR, NULL, JSON, 0, devices_get,             \
	  "show a device" },                                                                       \
	{ DELETE, prefix "/devices/{device}/decommission", ACCESS_OPERATOR, NULL, JSON, 0,         \
	  devices_decommission, "put a device out of service for good" },                          \
	{ POST, prefix "/devices/{device}/decommission", ACCESS_OPERATOR, "*", JSON, SMALL,        \
	  devices_decommission, "put a device out of service for good" },                          \
	{ PUT | METHOD_PATCH, prefix "/devices/{device}/metadata", ACCESS_OPERATOR, PATCH, JSON,   \
	  LARGE, devices_patch_metadata, "change the metadata of a device" },                      \
	{ GET, prefix "/devices/{device}/events", ACCESS_AUDITOR, NULL, JSON, 0, devices_events,   \
	  "list the events of a device" }

#define CA_ROWS(prefix)                                                                            \
	{ GET, prefix "/certificates", ACCESS_AUDITOR, NULL, JSON, 0, certificates_list,           \
	  "list certificates" },                                                                   \
	{ GET, prefix "/certificates/{serial}", ACCESS_AUDITOR, NULL, JSON, 0, certificates_get,   \
	  "show a certificate" },                                                                  \
	{ GET, prefix "/certificates/{serial}/escrow", ACCESS_ADMIN, NULL,                         \
	  "application/pkcs7-mime", 0, certificates_escrow,                                        \
	  "the key that is kept for a certificate, encrypted" },                                   \
	{ PUT, prefix "/certificates/{serial}/status", ACCESS_OPERATOR, JSON, JSON, SMALL,         \
	  certificates_status, "revoke or release a certificate" },                                \
	{ GET, prefix "/cas", ACCESS_AUDITOR, NULL, JSON, 0, cas_list, "list CAs" },               \
	{ POST, prefix "/cas", ACCESS_ADMIN, JSON, JSON, SMALL, cas_create, "create a CA" },       \
	{ POST, prefix "/cas/import", ACCESS_ADMIN, JSON, JSON, LARGE, cas_import,                 \
	  "import a CA" },                                                                         \
	{ GET, prefix "/cas/{ca}", ACCESS_AUDITOR, NULL, JSON, 0, cas_get, "show a CA" },          \
	{ POST, prefix "/cas/{ca}/certificates/sign", ACCESS_ADMIN, JSON, JSON, SMALL, cas_sign,   \
	  "sign a certificate" },                                                                  \
	{ GET, prefix "/profiles", ACCESS_AUDITOR, NULL, JSON, 0, profiles_list,                   \
	  "list issuance profiles" },                                                              \
	{ POST, prefix "/profiles", ACCESS_ADMIN, JSON, JSON, SMALL, profiles_create,              \
	  "create an issuance profile" },                                                          \
	{ GET, prefix "/profiles/{profile}", ACCESS_AUDITOR, NULL, JSON, 0, profiles_get,          \
	  "show an issuance profile" },                                                            \
	{ PUT, prefix "/profiles/{profile}", ACCESS_ADMIN, JSON, JSON, SMALL, profiles_put,        \
	  "replace an issuance profile" },                                                         \
	{ DELETE, prefix "/profiles/{profile}", ACCESS_ADMIN, NULL, NULL, 0, profiles_delete,      \
	  "delete an issuance profile" }

const struct route dms_routes[] = {
	DMS_ROWS("/v2"),
	DEVICE_ROWS("/v2"),
	CA_ROWS("/v2"),
	{ POST, "/v2/cas/{ca}/rekey", ACCESS_ADMIN, "*", JSON, SMALL, cas_rekey,
	  "give a CA a new key" },
	{ POST, "/v2/cas/{ca}/crl", ACCESS_ADMIN, JSON, JSON, SMALL, cas_crl,
	  "let the numbers of a CA's CRLs go on from a higher one" },
	{ GET, "/v2/cas/{ca}/validation", ACCESS_AUDITOR, NULL, JSON, 0, cas_validation_get,
	  "show how a CA's certificates are answered for" },
	{ PUT, "/v2/cas/{ca}/validation", ACCESS_ADMIN, JSON, JSON, SMALL, cas_validation_put,
	  "replace how a CA's certificates are answered for" },
	{ METHOD_PATCH, "/v2/cas/{ca}/validation", ACCESS_ADMIN, PATCH, JSON, SMALL,
	  cas_validation_patch, "change how a CA's certificates are answered for" },
	{ GET, "/v2/operators", ACCESS_AUDITOR, NULL, JSON, 0, operators_list, "list operators" },
	{ POST, "/v2/operators", ACCESS_ADMIN, JSON, JSON, SMALL, operators_create,
	  "make an operator" },
	{ DELETE, "/v2/operators/{sha256}", ACCESS_ADMIN, NULL, NULL, 0, operators_delete,
	  "remove an operator" },
	{ GET, "/v2/dms/{dms}/secrets", ACCESS_AUDITOR, NULL, JSON, 0, secrets_list,
	  "list the enrollment secrets of a DMS" },
	{ POST, "/v2/dms/{dms}/secrets", ACCESS_OPERATOR, JSON, JSON, SMALL, secrets_create,
	  "make an enrollment secret" },
	{ GET, "/v2/dms/{dms}/secrets/{secret}", ACCESS_AUDITOR, NULL, JSON, 0, secrets_get,
	  "show an enrollment secret, without the secret" },
	{ DELETE, "/v2/dms/{dms}/secrets/{secret}", ACCESS_OPERATOR, NULL, NULL, 0, secrets_delete,
	  "revoke an enrollment secret" },
	{ GET, "/v2/secrets", ACCESS_AUDITOR, NULL, JSON, 0, secrets_list,
	  "list enrollment secrets" },
	{ GET, "/v2/secrets/{secret}", ACCESS_AUDITOR, NULL, JSON, 0, secrets_get,
	  "show an enrollment secret, without the secret" },
	{ DELETE, "/v2/secrets/{secret}", ACCESS_OPERATOR, NULL, NULL, 0, secrets_delete,
	  "revoke an enrollment secret" },
	{ GET, "/v2/events", ACCESS_AUDITOR, NULL, JSON, 0, events_list, "list events" },
	{ GET, "/v2/approvals", ACCESS_AUDITOR, NULL, JSON, 0, approvals_list,
	  "list what waits for approval, or was decided" },
	{ GET, "/v2/approvals/{approval}", ACCESS_AUDITOR, NULL, JSON, 0, approvals_get,
	  "show a request for approval" },
	{ POST, "/v2/approvals/{approval}/approve", ACCESS_OPERATOR, "*", JSON, SMALL,
	  approvals_approve, "approve an enrollment" },
	{ POST, "/v2/approvals/{approval}/deny", ACCESS_OPERATOR, "*", JSON, SMALL, approvals_deny,
	  "deny an enrollment" },
	{ GET, "/v2/dms/{dms}/refusals", ACCESS_AUDITOR, NULL, JSON, 0, refusals_list,
	  "list the refusals of a DMS, newest first" },
	{ POST, "/v2/dms/{dms}/explain", ACCESS_AUDITOR, JSON, JSON, LARGE, explain_post,
	  "what would an enrollment be answered, and why" },
	{ GET, "/health", ACCESS_PUBLIC, NULL, NULL, 0, health_get, "is the process alive?" },
	{ GET, "/ready", ACCESS_PUBLIC, NULL, NULL, 0, ready_get, "can it serve?" },

	/* The paths of Lamassu's gateway and of its web UI. */
	DMS_ROWS("/api/dmsmanager/v1"),
	DMS_ROWS("/api/dmsmanager/v2"),
	DEVICE_ROWS("/api/devmanager/v1"),
	CA_ROWS("/api/ca/v1"),
	{ GET, "/api/devmanager/v1/devices/dms/{dms}", ACCESS_AUDITOR, NULL, JSON, 0, devices_list,
	  "list the devices of a DMS" },
	{ GET, "/api/va/v1/roles/{ski}", ACCESS_AUDITOR, NULL, JSON, 0, va_role_get,
	  "show how CRLs of a CA are made" },
	{ PUT, "/api/va/v1/roles/{ski}", ACCESS_ADMIN, JSON, JSON, SMALL, va_role_put,
	  "set how CRLs of a CA are made" },
	{ GET, "/api/dmsmanager/health", ACCESS_PUBLIC, NULL, NULL, 0, health_get, "/health" },
	{ GET, "/api/devmanager/health", ACCESS_PUBLIC, NULL, NULL, 0, health_get, "/health" },
	{ GET, "/api/ca/health", ACCESS_PUBLIC, NULL, NULL, 0, health_get, "/health" },
};
/* clang-format on */
const size_t dms_nroutes = ARRAY_LEN(dms_routes);

static int authenticate(struct ctx *c)
{
	return auth_operator(c->db, c->arena, c->req->client_cert, clock_now(), c->who, c->err);
}

/* Whether the process lives and whether it can serve is told without a database, too. */
static struct answer *unavailable(struct ctx *c, const struct route *route)
{
	return route->access == ACCESS_PUBLIC ? route->handler(c) : problem_json(c);
}

const struct service dms_service = {
	.name = "dms",
	.routes = dms_routes,
	.nroutes = ARRAY_LEN(dms_routes),
	.open = published_open,
	.close = db_close,
	.authenticate = authenticate,
	.problem = problem_json,
	.unavailable = unavailable,
};
