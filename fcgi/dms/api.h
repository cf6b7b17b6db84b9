/*
 * The API of DMSs, devices, certificates, CAs, operators, profiles and events: JSON shapes, names
 * and error texts are Lamassu's, statuses are HTTP's. The handlers know nothing of FastCGI; the
 * command line tool calls them through serve_dispatch(&dms_service, ctx).
 *
 * A handler reads the body through field rows, opens one transaction, changes, adds the event,
 * commits, and answers.
 */
#ifndef FCGI_DMS_API_H
#define FCGI_DMS_API_H

#include "auth/who.h"
#include "base/problems.h"
#include "ca/env.h"
#include "data/field.h"
#include "fleet/dms.h"
#include "store/store_ca.h"
#include "store/store_cert.h"
#include "web/serve.h"

extern const struct service dms_service;
extern const struct route dms_routes[];
extern const size_t dms_nroutes;

/* What the core's functions work in, for this request. */
struct env api_env(const struct ctx *c);
struct problems *api_problems(struct ctx *c);

/* The body as JSON: NULL and ERR_MALFORMED with line and column. */
const struct doc *api_read_body(struct ctx *c);
/* The body through rows: -1 when it is no JSON object; what is wrong with members goes to p. */
int api_read_fields(struct ctx *c, const struct field *rows, void *out, struct problems *p);

/* The base64 of a PEM text, or the PEM text itself; NULL and a problem at the pointer. */
const char *api_read_pem(struct ctx *c, const char *value, const char *pointer, struct problems *p);
struct csr;
/* The same for a CSR, with its signature checked. */
const struct csr *api_read_csr(struct ctx *c, const char *value, const char *pointer,
			       struct problems *p);
/* The base64 of the PEM text of a certificate. */
const char *api_write_pem(struct arena *a, struct blob der);

/* A JSON text from the database; NULL and a fault that names it. */
struct doc *api_stored_doc(struct ctx *c, const char *what, const char *json);

/* 0, or ERR_FORBIDDEN when the DMS (NULL: none) is outside the operator's reach. */
int api_check_reach(struct ctx *c, const char *dms);
/* The DMS that lists are confined to: the one given; or the only one in reach; NULL: several. */
const char *api_list_dms(const struct ctx *c, const char *given);

#define api_refuse(c, ...) (err_set((c)->err, __VA_ARGS__), resp_problem(c))

/*
 * Lists. A filter is "field[op]value" as Lamassu writes it; a query parameter such as ?dms=x is
 * another way to write one. The bookmark of the next page carries filters, page size and the key
 * where the page ended, and no authority: what is asked for is checked again with each page.
 */
enum filter_type { FILTER_TEXT, FILTER_TIME };

struct filter_field {
	const char *name;		/* NULL ends the list */
	const char *param;		/* query parameter that means name[eq]; NULL: none */
	enum filter_type type;
};

struct filter;

struct page {
	size_t size;
	const struct filter_field *fields;
	struct filter *filters;
	size_t nfilters;
	const struct doc *texts;	/* the filters as they were written */
	const struct doc *key;		/* array; NULL: the first page */
};

int page_read(struct ctx *c, const struct filter_field *fields, struct page *p);
/* {"next", "list"}; key: of the last row, NULL: this was the last page. */
struct answer *page_answer(struct ctx *c, const struct page *p, struct doc *list, struct doc *key);
/* Members of the key; NULL and 0 on the first page, or where a tampered bookmark has none. */
const char *page_key_text(const struct page *p, size_t i);
int64_t page_key_int(const struct page *p, size_t i);

bool filter_match(const struct page *p, size_t field, const char *value);
bool filter_match_time(const struct page *p, size_t field, int64_t us);
/* The value that the field must equal; NULL: it may have several. */
const char *filter_value(const struct page *p, size_t field);
bool filter_any(const struct page *p, size_t field);	/* no filter on it */

/* A page with filters that no index serves looks at so many rows; then it ends early, and its
 * bookmark goes on. */
enum { PAGE_DEFAULT = 25, PAGE_MAX = 1000, PAGE_SCAN = 10000 };

/* Changes a document as the Content-Type says: merge patch, JSON patch, or Lamassu's
 * {"patches": [...]}. */
struct doc *api_patch(struct ctx *c, const struct doc *target);

/* devices.c: Lamassu's device, without the map of events. */
struct device_row;
int device_doc(struct ctx *c, const struct device_row *d, const struct dms *dms, struct doc **out);
int device_load_dms(struct ctx *c, const char *id, struct dms *dms);
/* certificates.c: Lamassu's certificate; row.der must be there. */
struct doc *certificate_doc(struct ctx *c, const struct cert_row *row);
struct doc *ca_certificate_doc(struct ctx *c, const struct issuer_row *row);
/* cas.c: the CA as it is now; what is wrong with a CA's validity. */
struct answer *ca_answer(struct ctx *c, int status, const char *id);
void ca_check_expiration(const struct validity *v, int64_t now, struct problems *p);
/* cas_rekey.c: the members "issuers", the present one first, and "cross_certificates". */
int ca_set_eras(struct ctx *c, const struct ca_row *ca, struct doc *o);
/* cas_validation.c: the member "validation". */
int ca_set_validation(struct ctx *c, const char *ca, struct doc *o);
/* events.c: a page of the events of a device, or of all in reach. */
struct answer *events_answer(struct ctx *c, const char *device);

/* Handlers, a file per resource. */
struct answer *dmss_list(struct ctx *c);
struct answer *dmss_create(struct ctx *c);
struct answer *dmss_get(struct ctx *c);
struct answer *dmss_put(struct ctx *c);
struct answer *dmss_patch(struct ctx *c);
struct answer *dmss_patch_metadata(struct ctx *c);
struct answer *dmss_delete(struct ctx *c);
struct answer *devices_list(struct ctx *c);
struct answer *devices_create(struct ctx *c);
struct answer *devices_get(struct ctx *c);
struct answer *devices_decommission(struct ctx *c);
struct answer *devices_patch_metadata(struct ctx *c);
struct answer *devices_events(struct ctx *c);
struct answer *certificates_list(struct ctx *c);
struct answer *certificates_get(struct ctx *c);
struct answer *certificates_status(struct ctx *c);
struct answer *certificates_escrow(struct ctx *c);
struct answer *cas_list(struct ctx *c);
struct answer *cas_create(struct ctx *c);
struct answer *cas_import(struct ctx *c);
struct answer *cas_get(struct ctx *c);
struct answer *cas_sign(struct ctx *c);
struct answer *cas_rekey(struct ctx *c);
struct answer *cas_crl(struct ctx *c);
struct answer *cas_validation_get(struct ctx *c);
struct answer *cas_validation_put(struct ctx *c);
struct answer *cas_validation_patch(struct ctx *c);
struct answer *va_role_get(struct ctx *c);
struct answer *va_role_put(struct ctx *c);
struct answer *operators_list(struct ctx *c);
struct answer *operators_create(struct ctx *c);
struct answer *operators_delete(struct ctx *c);
struct answer *profiles_list(struct ctx *c);
struct answer *profiles_create(struct ctx *c);
struct answer *profiles_get(struct ctx *c);
struct answer *profiles_put(struct ctx *c);
struct answer *profiles_delete(struct ctx *c);
struct answer *secrets_list(struct ctx *c);
struct answer *secrets_create(struct ctx *c);
struct answer *secrets_get(struct ctx *c);
struct answer *secrets_delete(struct ctx *c);
struct answer *events_list(struct ctx *c);
struct answer *approvals_list(struct ctx *c);
struct answer *approvals_get(struct ctx *c);
struct answer *approvals_approve(struct ctx *c);
struct answer *approvals_deny(struct ctx *c);
struct answer *refusals_list(struct ctx *c);
struct answer *explain_post(struct ctx *c);
struct answer *health_get(struct ctx *c);
struct answer *ready_get(struct ctx *c);

#endif
