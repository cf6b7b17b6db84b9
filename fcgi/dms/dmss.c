/* DMSs: the whole document is written, checked and compared through one table of fields. */
#include "fcgi/dms/api.h"

#include <string.h>

#include "base/text.h"
#include "fleet/event.h"
#include "store/store_approval.h"
#include "store/store_device.h"
#include "store/store_meta.h"
#include "store/store_secret.h"

struct dms_document {
	const char *id, *name;
	struct doc *metadata;
	struct dms_settings settings;
	int64_t creation_ts;
	int64_t version;
};

#define F(member) offsetof(struct dms_document, member)
/* clang-format off */
static const struct field fields[] = {
	{ .name = "id", .type = FIELD_TEXT, .offset = F(id), .max = 128,
	  .help = "The DMS, as it stands in EST paths." },
	{ .name = "name", .type = FIELD_TEXT, .offset = F(name), .max = 256,
	  .help = "For people; default: the id." },
	{ .name = "metadata", .type = FIELD_DOC, .offset = F(metadata), .help = "Anything." },
	{ .name = "creation_ts", .type = FIELD_TIME, .offset = F(creation_ts),
	  .flags = FIELD_READ_ONLY, .help = "When it was created." },
	{ .name = "version", .type = FIELD_INT, .offset = F(version),
	  .help = "Grows with each change; a change that names another one is refused." },
	{ .name = "settings", .type = FIELD_OBJECT, .offset = F(settings), .sub = dms_settings_fields,
	  .help = "How devices enroll." },
	FIELD_END
};
/* clang-format on */
#undef F

enum { F_ID, F_NAME, F_CREATED };
/* clang-format off */
static const struct filter_field filters[] = {
	[F_ID] = { "id", NULL, FILTER_TEXT },
	[F_NAME] = { "name", NULL, FILTER_TEXT },
	[F_CREATED] = { "creation_date", NULL, FILTER_TIME },
	{ NULL, NULL, FILTER_TEXT },
};
/* clang-format on */

static int read_stored(struct ctx *c, const struct dms_row *row, struct dms_document *d)
{
	struct doc *metadata = api_stored_doc(c, "metadata of a DMS", row->metadata);
	struct dms dms;

	if (!metadata || dms_read(c->arena, row, &dms, c->err) < 0)
		return -1;
	*d = (struct dms_document){
		.id = row->id,
		.name = row->name,
		.metadata = metadata,
		.settings = dms.settings,
		.creation_ts = row->created_at,
		.version = row->version,
	};
	return 0;
}

/* As clients see it: secrets are not written. */
static struct answer *answer(struct ctx *c, int status, const struct dms_row *row)
{
	struct dms_document d;

	if (read_stored(c, row, &d) < 0)
		return resp_problem(c);
	return resp_doc(c, status, fields_write(c->arena, fields, &d, 0));
}

/* What the document says of itself, and against what the database has. */
static int check(struct ctx *c, struct dms_document *d, struct problems *p)
{
	struct err why = { 0 };

	if (!d->id || !*d->id)
		problems_add(p, "/id", "expected the id of the DMS, got none");
	else if (text_check_id("DMS", d->id, &why) < 0)
		problems_add(p, "/id", "%s", why.text);
	if (!d->name || !*d->name)
		d->name = d->id;
	settings_check(&d->settings, "/settings", p);
	if (dms_check(c->db, c->arena, &d->settings, "/settings", p, c->err) < 0)
		return -1;
	return problems_check(p, c->err);
}

static void fill_row(struct ctx *c, const struct dms_document *d, struct dms_row *row)
{
	struct arena *a = c->arena;

	row->id = d->id;
	row->name = d->name;
	row->metadata = d->metadata ? doc_write(a, d->metadata) : "{}";
	row->settings =
		doc_write(a, fields_write(a, dms_settings_fields, &d->settings, FIELDS_SECRETS));
	row->enrollment_ca = d->settings.enrollment_settings.enrollment_ca;
}

static int add_event(const struct env *env, const char *type, const char *id, struct doc *data,
		     struct err *e)
{
	struct event v = {
		.type = type,
		.subject = arena_printf(env->arena, "dms/%s", id),
		.dms = id,
		.data = data,
	};

	return event_add(env->db, env->arena, env->actor, env->now, &v, e);
}

static int not_found(struct ctx *c)
{
	return err_set(c->err, ERR_NOT_FOUND, "dms_not_found", "DMS not found");
}

/* The row that the path names, within the operator's reach. */
static int load(struct ctx *c, struct dms_row *row)
{
	const char *id = req_param(c->req, "dms");
	int found;

	if (api_check_reach(c, id) < 0)
		return -1;
	found = store_dms_load(c->db, c->arena, id, row, c->err);
	if (found == 0)
		return not_found(c);
	return found < 0 ? -1 : 0;
}

struct answer *dmss_list(struct ctx *c)
{
	struct doc *list = doc_array(c->arena), *key = NULL;
	struct page p;
	struct dms_row *rows;
	size_t n;
	const char *after;

	if (page_read(c, filters, &p) < 0)
		return resp_problem(c);
	after = page_key_text(&p, 0);
	do {
		if (store_dms_list(c->db, c->arena, after, p.size, &rows, &n, c->err) < 0)
			return resp_problem(c);
		for (size_t i = 0; i < n; i++) {
			struct dms_document d;

			if (doc_len(list) == p.size) {
				key = doc_array(c->arena);
				doc_add(key, doc_text(c->arena, after));
				return page_answer(c, &p, list, key);
			}
			after = rows[i].id;
			if (!who_may_dms(c->who, rows[i].id) ||
			    !filter_match(&p, F_ID, rows[i].id) ||
			    !filter_match(&p, F_NAME, rows[i].name) ||
			    !filter_match_time(&p, F_CREATED, rows[i].created_at))
				continue;
			if (read_stored(c, &rows[i], &d) < 0)
				return resp_problem(c);
			doc_add(list, fields_write(c->arena, fields, &d, 0));
		}
	} while (n == p.size);
	return page_answer(c, &p, list, NULL);
}

static int create(struct ctx *c, struct dms_document *d, struct dms_row *row, struct problems *p)
{
	struct env env = api_env(c);
	int found = d->id ? store_dms_load(c->db, c->arena, d->id, row, c->err) : 0;
	struct doc *data = doc_object(c->arena);
	struct dms_document none;

	if (found < 0)
		return -1;
	if (found)
		return err_set(c->err, ERR_CONFLICT, "dms_exists", "DMS already exists");
	if (check(c, d, p) < 0 || dms_check_name_free(c->db, c->arena, d->id, c->err) < 0)
		return -1;
	*row = (struct dms_row){ .version = 1, .created_at = env.now, .updated_at = env.now };
	fill_row(c, d, row);
	doc_set_text(data, "name", row->name);
	fields_defaults(c->arena, fields, &none);
	doc_set(data, "changes", fields_diff(c->arena, fields, &none, d));
	if (store_dms_add(c->db, row, c->err) < 0 || store_meta_bump_trust(c->db, c->err) < 0)
		return -1;
	return add_event(&env, EVENT_DMS_CREATE, row->id, data, c->err);
}

struct answer *dmss_create(struct ctx *c)
{
	struct problems *p = api_problems(c);
	struct dms_document d;
	struct dms_row row;

	if (api_read_fields(c, fields, &d, p) < 0)
		return resp_problem(c);

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || create(c, &d, &row, p) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	resp_header(c, "Location", "/v2/dms/%s", row.id);
	return answer(c, 201, &row);
}

struct answer *dmss_get(struct ctx *c)
{
	struct dms_row row;

	if (load(c, &row) < 0)
		return resp_problem(c);
	return answer(c, 200, &row);
}

/* Writes d over the row, which the transaction has just read. */
static int replace(struct ctx *c, struct dms_row *row, struct dms_document *d, struct problems *p)
{
	struct env env = api_env(c);
	struct dms_document old;
	struct doc *changes, *data = doc_object(c->arena);

	if (read_stored(c, row, &old) < 0)
		return -1;
	if (!d->id)
		d->id = row->id;
	if (strcmp(d->id, row->id) != 0)
		problems_add(p, "/id",
			     "expected \"%s\", got \"%s\": the id of a DMS does not change",
			     row->id, d->id);
	if (check(c, d, p) < 0)
		return -1;
	if (d->version && d->version != row->version)
		return err_set(
			c->err, ERR_CONFLICT, "version",
			"expected version %lld of the DMS, got version %lld: it has changed, "
			"read it again",
			(long long)row->version, (long long)d->version);
	d->creation_ts = old.creation_ts;
	d->version = old.version;
	changes = fields_diff(c->arena, fields, &old, d);
	if (!doc_len(changes))
		return 0;
	fill_row(c, d, row);
	row->updated_at = env.now;
	doc_set(data, "changes", changes);
	if (store_dms_save(c->db, row, c->err) < 0 || store_meta_bump_trust(c->db, c->err) < 0)
		return -1;
	row->version++;
	return add_event(&env, EVENT_DMS_UPDATE, row->id, data, c->err);
}

struct answer *dmss_put(struct ctx *c)
{
	struct problems *p = api_problems(c);
	struct dms_document d, old;
	struct dms_row row;

	if (api_read_fields(c, fields, &d, p) < 0)
		return resp_problem(c);

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || load(c, &row) < 0 || read_stored(c, &row, &old) < 0)
		return resp_problem(c);
	fields_keep_secrets(dms_settings_fields, &old.settings, &d.settings);
	if (replace(c, &row, &d, p) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return answer(c, 200, &row);
}

/* The patch works on the stored document, or on one member of it. It sees no secret: what is copied
 * would be shown elsewhere, and a test would tell what it is. */
static struct doc *patched(struct ctx *c, const struct dms_document *d, const char *member)
{
	struct doc *whole = fields_write(c->arena, fields, d, FIELDS_MASKED);
	struct doc *part;

	if (!member)
		return api_patch(c, whole);
	part = api_patch(c, doc_find(whole, member));
	if (!part)
		return NULL;
	doc_set(whole, member, part);
	return whole;
}

static struct answer *patch(struct ctx *c, const char *member)
{
	struct problems *p = api_problems(c);
	struct dms_document d, old;
	struct dms_row row;
	struct doc *whole;

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || load(c, &row) < 0 || read_stored(c, &row, &old) < 0)
		return resp_problem(c);
	whole = patched(c, &old, member);
	if (!whole)
		return resp_problem(c);
	if (doc_kind(whole) != DOC_OBJECT)
		return api_refuse(c, ERR_REJECTED, "patch",
				  "expected a patch that leaves an object");
	fields_read(c->arena, fields, whole, &d, "", p);
	fields_keep_secrets(dms_settings_fields, &old.settings, &d.settings);
	if (replace(c, &row, &d, p) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return answer(c, 200, &row);
}

struct answer *dmss_patch(struct ctx *c)
{
	return patch(c, NULL);
}

struct answer *dmss_patch_metadata(struct ctx *c)
{
	return patch(c, "metadata");
}

static int delete (struct ctx *c)
{
	struct env env = api_env(c);
	struct dms_row row;
	int64_t devices;

	if (load(c, &row) < 0 || store_device_count(c->db, row.id, &devices, c->err) < 0)
		return -1;
	if (devices)
		return err_set(c->err, ERR_CONFLICT, "dms_has_devices",
			       "expected a DMS without devices, but \"%s\" owns %lld", row.id,
			       (long long)devices);
	if (store_secret_remove_by_dms(c->db, row.id, c->err) < 0 ||
	    store_approval_remove_by_dms(c->db, row.id, c->err) < 0 ||
	    store_dms_remove(c->db, row.id, c->err) < 0 || store_meta_bump_trust(c->db, c->err) < 0)
		return -1;
	return add_event(&env, EVENT_DMS_DELETE, row.id, NULL, c->err);
}

struct answer *dmss_delete(struct ctx *c)
{
	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || delete (c) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return resp_empty(c, 204);
}
