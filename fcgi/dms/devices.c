/* Devices: what is registered, with the status computed, the identity slot and what happened. */
#include "fcgi/dms/api.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/text.h"
#include "ca/revoke.h"
#include "fleet/device.h"
#include "fleet/event.h"

struct device_body {
	const char *id, *alias, *dms_id, *icon, *icon_color;
	struct texts tags;
	struct doc *metadata;
};

#define F(member) offsetof(struct device_body, member)
/* clang-format off */
static const struct field fields[] = {
	{ .name = "id", .type = FIELD_TEXT, .offset = F(id), .help = "The common name in its CSRs." },
	{ .name = "alias", .type = FIELD_TEXT, .offset = F(alias), .flags = FIELD_READ_ONLY },
	{ .name = "dms_id", .type = FIELD_TEXT, .offset = F(dms_id), .help = "The DMS it enrolls with." },
	{ .name = "dms_owner", .type = FIELD_TEXT, .offset = F(dms_id), .flags = FIELD_HIDDEN },
	{ .name = "icon", .type = FIELD_TEXT, .offset = F(icon), .max = 128 },
	{ .name = "icon_color", .type = FIELD_TEXT, .offset = F(icon_color), .max = 128 },
	{ .name = "tags", .type = FIELD_TEXTS, .offset = F(tags), .max = 128 },
	{ .name = "metadata", .type = FIELD_DOC, .offset = F(metadata) },
	FIELD_END
};
/* clang-format on */
#undef F

/* Lamassu's maps keyed by time: what happened in one transaction has one time, so each further
 * entry is a microsecond later. */
static void add_entry(struct ctx *c, struct doc *map, int64_t at, const char *type,
		      const char *description)
{
	struct doc *entry = doc_object(c->arena);
	char *key = clock_write(c->arena, at);

	while (doc_find(map, key))
		key = clock_write(c->arena, ++at);
	doc_set_text(entry, "type", type);
	doc_set_text(entry, "description", description);
	doc_set(map, key, entry);
}

static const char *slot_status(enum device_status status)
{
	/* the slot of a device that is out of service holds a revoked identity (lamassu.md 2.4) */
	return token_name(device_statuses,
			  status == STATUS_DECOMMISSIONED ? STATUS_REVOKED : (int)status);
}

static int slot_doc(struct ctx *c, const struct device_row *d, enum device_status status,
		    struct doc **out)
{
	struct doc *slot = doc_object(c->arena), *versions = doc_object(c->arena);
	struct doc *events = doc_object(c->arena);
	struct slot_row *rows;
	size_t n;

	if (store_slot_list(c->db, c->arena, d->id, &rows, &n, c->err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *version = arena_printf(c->arena, "%lld", (long long)rows[i].version);
		const char *description = "";

		if (rows[i].version)
			description =
				arena_printf(c->arena, "New Active Version set to %s", version);
		doc_set_text(versions, version, hex_write(c->arena, rows[i].serial));
		add_entry(c, events, rows[i].at, rows[i].event, description);
	}
	doc_set_text(slot, "status", slot_status(status));
	doc_set_int(slot, "active_version", d->active_version);
	doc_set_text(slot, "type", "x509");
	doc_set(slot, "versions", versions);
	doc_set_time(slot, "expiration_date", d->active_not_after);
	doc_set(slot, "events", events);
	*out = slot;
	return 0;
}

int device_doc(struct ctx *c, const struct device_row *d, const struct dms *dms, struct doc **out)
{
	enum device_status status = device_status(d, &dms->settings, clock_now());
	struct doc *o = doc_object(c->arena), *slot = NULL;
	struct doc *tags = api_stored_doc(c, "tags of a device", d->tags);
	struct doc *metadata = api_stored_doc(c, "metadata of a device", d->metadata);

	if (!tags || !metadata)
		return -1;
	if (d->active_version >= 0 && slot_doc(c, d, status, &slot) < 0)
		return -1;
	doc_set_text(o, "id", d->id);
	doc_set(o, "tags", tags);
	doc_set_text(o, "status", token_name(device_statuses, (int)status));
	doc_set_text(o, "icon", d->icon ? d->icon : "");
	doc_set_text(o, "icon_color", d->icon_color ? d->icon_color : "");
	doc_set_time(o, "creation_timestamp", d->created_at);
	doc_set(o, "metadata", metadata);
	doc_set_text(o, "dms_owner", d->dms);
	if (slot)
		doc_set(o, "identity", slot);
	doc_set(o, "slots", doc_object(c->arena));
	doc_set(o, "events", doc_object(c->arena));
	*out = o;
	return 0;
}

/* The slot tells of identities, /events of all else. */
static bool is_shown(const struct event_row *v)
{
	return strcmp(v->type, EVENT_DEVICE_CREATE) == 0 ||
	       strcmp(v->type, EVENT_DEVICE_STATUS) == 0;
}

static int add_event_entry(struct ctx *c, const struct event_row *v, struct doc *map)
{
	const struct doc *data = api_stored_doc(c, "data of an event", v->data);
	const char *from = doc_find_text(data, "previous"), *to = doc_find_text(data, "updated");
	const char *type = "STATUS-UPDATED", *text = "";

	if (!data)
		return -1;
	if (strcmp(v->type, EVENT_DEVICE_CREATE) == 0)
		type = "CREATED";
	else if (to && strcmp(to, "DECOMMISSIONED") == 0)
		type = to;
	if (from && to)
		text = arena_printf(c->arena, "Status updated from '%s' to '%s'", from, to);
	add_entry(c, map, v->at, type, text);
	return 0;
}

/* One page of it. Its rows are not kept: together they may be long. */
static int add_event_page(struct ctx *c, const char *device, int64_t *after, size_t *n,
			  struct doc *map)
{
	AUTO(arena) *page = arena_new();
	struct event_row *rows;

	if (store_event_list(c->db, page, device, NULL, *after, PAGE_MAX, &rows, n, c->err) < 0)
		return -1;
	for (size_t i = 0; i < *n; i++) {
		*after = rows[i].seq;
		if (is_shown(&rows[i]) && add_event_entry(c, &rows[i], map) < 0)
			return -1;
	}
	return 0;
}

/* The device's history as Lamassu's map; of a very long one the beginning. /events pages it all. */
static int add_events(struct ctx *c, const char *device, struct doc *out)
{
	struct doc *map = doc_object(c->arena);
	int64_t after = 0;
	size_t n, seen = 0;

	do {
		if (add_event_page(c, device, &after, &n, map) < 0)
			return -1;
		seen += n;
	} while (n == PAGE_MAX && seen < PAGE_SCAN);
	doc_set(out, "events", map);
	return 0;
}

/* The device that the path names, within the operator's reach. */
static int load(struct ctx *c, struct device_row *d)
{
	int found = store_device_load(c->db, c->arena, req_param(c->req, "device"), d, c->err);

	if (found == 0)
		return err_set(c->err, ERR_NOT_FOUND, "device_not_found", "device not found");
	return found < 0 ? -1 : api_check_reach(c, d->dms);
}

int device_load_dms(struct ctx *c, const char *id, struct dms *dms)
{
	int found = dms_load(c->db, c->arena, id, dms, c->err);

	if (found == 0)
		return err_fault(c->err, ERR_INTERNAL, "device_dms", "DMS %s of a device is gone",
				 id);
	return found < 0 ? -1 : 0;
}

static struct answer *answer(struct ctx *c, int status, const struct device_row *d)
{
	struct dms dms;
	struct doc *o;

	if (device_load_dms(c, d->dms, &dms) < 0 || device_doc(c, d, &dms, &o) < 0 ||
	    add_events(c, d->id, o) < 0)
		return resp_problem(c);
	return resp_doc(c, status, o);
}

struct answer *devices_get(struct ctx *c)
{
	struct device_row d;

	AUTO(db_txn) *t = db_begin(c->db, DB_READ, c->err);

	if (!t || load(c, &d) < 0)
		return resp_problem(c);
	return answer(c, 200, &d);
}

static int check(struct ctx *c, const struct device_body *b, struct problems *p)
{
	struct err why = { 0 };
	struct dms_row dms;
	int found;

	if (text_check_device_id(b->id ? b->id : "", b->id ? strlen(b->id) : 0, &why) < 0)
		problems_add(p, "/id", "%s", why.text);
	if (!b->dms_id || !*b->dms_id) {
		problems_add(p, "/dms_id",
			     "expected the id of the DMS that owns the device, got none");
		return problems_check(p, c->err);
	}
	if (api_check_reach(c, b->dms_id) < 0)
		return -1;
	found = store_dms_load(c->db, c->arena, b->dms_id, &dms, c->err);
	if (found < 0)
		return -1;
	if (!found)
		problems_add(p, "/dms_id",
			     "expected the id of a DMS, got \"%s\", which does not exist",
			     b->dms_id);
	return problems_check(p, c->err);
}

static const char *write_tags(struct arena *a, const struct texts *tags)
{
	struct doc *list = doc_array(a);

	for (size_t i = 0; i < tags->n; i++)
		doc_add(list, doc_text(a, tags->v[i]));
	return doc_write(a, list);
}

static int create(struct ctx *c, const struct device_body *b, struct device_row *d,
		  struct problems *p)
{
	struct env env = api_env(c);
	struct event v = { .type = EVENT_DEVICE_CREATE, .dms = b->dms_id, .device = b->id };
	int found;

	if (check(c, b, p) < 0)
		return -1;
	found = store_device_load(c->db, c->arena, b->id, d, c->err);
	if (found < 0)
		return -1;
	if (found)
		return err_set(c->err, ERR_CONFLICT, "device_exists", "device already exists");
	device_init(d, b->id, b->dms_id, env.now);
	d->tags = write_tags(c->arena, &b->tags);
	d->metadata = b->metadata ? doc_write(c->arena, b->metadata) : d->metadata;
	d->icon = b->icon ? b->icon : d->icon;
	d->icon_color = b->icon_color ? b->icon_color : d->icon_color;
	v.subject = arena_printf(c->arena, "device/%s", d->id);
	if (store_device_add(c->db, d, c->err) < 0)
		return -1;
	return event_add(c->db, c->arena, env.actor, env.now, &v, c->err);
}

struct answer *devices_create(struct ctx *c)
{
	struct problems *p = api_problems(c);
	struct device_body b;
	struct device_row d;

	if (api_read_fields(c, fields, &b, p) < 0)
		return resp_problem(c);

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || create(c, &b, &d, p) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return answer(c, 201, &d);
}

struct answer *devices_decommission(struct ctx *c)
{
	struct env env = api_env(c);
	struct device_row d;

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || load(c, &d) < 0 || revoke_decommission(&env, d.id, c->err) < 0 ||
	    load(c, &d) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return answer(c, 200, &d);
}

/* What the patch leaves is checked as if it had come whole. */
static int read_patched(struct ctx *c, struct device_body *b)
{
	struct problems *p = api_problems(c);
	struct doc *whole = doc_object(c->arena), *now = api_patch(c, b->metadata);

	if (!now)
		return -1;
	if (doc_kind(now) != DOC_OBJECT)
		return err_set(c->err, ERR_REJECTED, "patch",
			       "expected a patch that leaves an object");
	doc_set(whole, "metadata", now);
	fields_read(c->arena, fields, whole, b, "", p);
	return problems_check(p, c->err);
}

static int patch_metadata(struct ctx *c, struct device_row *d)
{
	struct env env = api_env(c);
	struct doc *data = doc_object(c->arena);
	struct device_body was = { .metadata =
					   api_stored_doc(c, "metadata of a device", d->metadata) };
	struct device_body b = was;
	struct event v = {
		.type = EVENT_DEVICE_METADATA, .dms = d->dms, .device = d->id, .data = data
	};

	if (!was.metadata || read_patched(c, &b) < 0)
		return -1;
	d->metadata = doc_write(c->arena, b.metadata);
	d->updated_at = env.now;
	doc_set(data, "changes", fields_diff(c->arena, fields, &was, &b));
	v.subject = arena_printf(c->arena, "device/%s", d->id);
	if (store_device_save(c->db, d, c->err) < 0)
		return -1;
	return event_add(c->db, c->arena, env.actor, env.now, &v, c->err);
}

struct answer *devices_patch_metadata(struct ctx *c)
{
	struct device_row d;

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || load(c, &d) < 0 || patch_metadata(c, &d) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return answer(c, 200, &d);
}

struct answer *devices_events(struct ctx *c)
{
	struct device_row d;

	if (load(c, &d) < 0)
		return resp_problem(c);
	return events_answer(c, d.id);
}
