/* Enrollment secrets of the DMSs that authenticate by PSK. A secret is shown when it is made, and
 * never again: nobody has it. */
#include "fcgi/dms/api.h"

#include <string.h>

#include "auth/secret.h"
#include "base/clock.h"
#include "fleet/event.h"
#include "store/store_device.h"
#include "store/store_secret.h"

struct secret_body {
	const char *device;
	int64_t validity, uses;
};

static int check_device(const char *value, struct err *e)
{
	return text_check_device_id(value, strlen(value), e);
}

#define F(member) offsetof(struct secret_body, member)
/* clang-format off */
static const struct field fields[] = {
	{ .name = "device", .type = FIELD_TEXT, .offset = F(device), .check = check_device,
	  .help = "The only device that it enrolls; absent: any of the DMS." },
	{ .name = "validity", .type = FIELD_DURATION, .offset = F(validity), .min = CLOCK_SECOND,
	  .max = 1000 * 364 * CLOCK_DAY, .help = "Default: psk_settings.validity of the DMS." },
	{ .name = "uses", .type = FIELD_INT, .offset = F(uses), .min = 1, .max = 1000000,
	  .help = "Default: psk_settings.uses of the DMS." },
	FIELD_END
};
/* clang-format on */
#undef F

enum { F_DMS, F_DEVICE, F_STATUS, F_CREATED };
/* clang-format off */
static const struct filter_field filters[] = {
	[F_DMS] = { "dms", "dms", FILTER_TEXT },
	[F_DEVICE] = { "device", "device", FILTER_TEXT },
	[F_STATUS] = { "status", "status", FILTER_TEXT },
	[F_CREATED] = { "creation_date", NULL, FILTER_TIME },
	{ NULL, NULL, FILTER_TEXT },
};
/* clang-format on */

static const char *status_of(const struct secret_row *s, int64_t now)
{
	if (s->revoked_at)
		return "REVOKED";
	if (s->used >= s->uses_max)
		return "USED";
	return now >= s->expires_at ? "EXPIRED" : "ACTIVE";
}

static struct doc *secret_doc(struct ctx *c, const struct secret_row *s)
{
	struct doc *o = doc_object(c->arena);

	doc_set_text(o, "id", s->id);
	doc_set_text(o, "dms", s->dms);
	doc_set_text(o, "device", s->device);
	doc_set_text(o, "status", status_of(s, clock_now()));
	doc_set_int(o, "uses", s->uses_max);
	doc_set_int(o, "used", s->used);
	doc_set_time(o, "creation_ts", s->created_at);
	doc_set_text(o, "created_by", s->created_by);
	doc_set_time(o, "expiration_ts", s->expires_at);
	if (s->revoked_at)
		doc_set_time(o, "revocation_ts", s->revoked_at);
	return o;
}

static int add_event(const struct env *env, const char *type, const struct secret_row *s,
		     struct err *e)
{
	struct doc *data = doc_object(env->arena);
	struct event v = {
		.type = type,
		.subject = arena_printf(env->arena, "secret/%s", s->id),
		.dms = s->dms,
		.device = s->device,
		.data = data,
	};

	doc_set_int(data, "uses", s->uses_max);
	doc_set_int(data, "used", s->used);
	doc_set_time(data, "expiration_ts", s->expires_at);
	return event_add(env->db, env->arena, env->actor, env->now, &v, e);
}

static int load_dms(struct ctx *c, const char *id, struct dms *dms)
{
	int found;

	if (api_check_reach(c, id) < 0)
		return -1;
	found = dms_load(c->db, c->arena, id, dms, c->err);
	if (found == 0)
		return err_set(c->err, ERR_NOT_FOUND, "dms_not_found", "DMS not found");
	return found < 0 ? -1 : 0;
}

static bool wanted(struct ctx *c, const struct page *p, const struct secret_row *s)
{
	return who_may_dms(c->who, s->dms) && filter_match(p, F_DMS, s->dms) &&
	       filter_match(p, F_DEVICE, s->device) &&
	       filter_match(p, F_STATUS, status_of(s, clock_now())) &&
	       filter_match_time(p, F_CREATED, s->created_at);
}

static struct doc *make_key(struct arena *a, const char *after)
{
	struct doc *key = doc_array(a);

	doc_add(key, doc_text(a, after));
	return key;
}

static struct answer *list_page(struct ctx *c, const struct page *p, const char *dms)
{
	struct doc *list = doc_array(c->arena);
	const char *after = page_key_text(p, 0);
	struct secret_row *rows;
	size_t n, seen = 0;

	do {
		if (store_secret_list(c->db, c->arena, dms, after, p->size + 1, &rows, &n, c->err) <
		    0)
			return resp_problem(c);
		for (size_t i = 0; i < n; i++) {
			if (doc_len(list) == p->size || seen++ == PAGE_SCAN)
				return page_answer(c, p, list, make_key(c->arena, after));
			after = rows[i].id;
			if (wanted(c, p, &rows[i]))
				doc_add(list, secret_doc(c, &rows[i]));
		}
	} while (n == p->size + 1);
	return page_answer(c, p, list, NULL);
}

/* Of the DMS that the path names, or of all in reach. */
struct answer *secrets_list(struct ctx *c)
{
	const char *dms = req_param(c->req, "dms");
	struct page p;
	struct dms there;

	if (page_read(c, filters, &p) < 0 || (dms && load_dms(c, dms, &there) < 0))
		return resp_problem(c);
	if (!dms) {
		dms = filter_value(&p, F_DMS);
		if (dms && api_check_reach(c, dms) < 0)
			return resp_problem(c);
		dms = api_list_dms(c, dms);
	}
	return list_page(c, &p, dms);
}

/* Of the block that authenticates by PSK, enrollment first. */
static const struct psk_settings *settings_of(const struct dms *dms)
{
	const struct est_settings *first = &dms->settings.enrollment_settings.est_rfc7030_settings;
	const struct est_settings *renewal =
		&dms->settings.reenrollment_settings.est_rfc7030_settings;

	if (first->auth_mode == AUTH_PSK)
		return &first->psk_settings;
	return renewal->auth_mode == AUTH_PSK ? &renewal->psk_settings : NULL;
}

static int check_owner(struct ctx *c, const struct dms *dms, const char *device)
{
	struct device_row row;
	int found = device ? store_device_load(c->db, c->arena, device, &row, c->err) : 0;

	if (found <= 0)
		return found;
	if (strcmp(row.dms, dms->row.id) != 0)
		return err_set(c->err, ERR_CONFLICT, "other_dms",
			       "device \"%s\" belongs to another DMS than \"%s\"", device,
			       dms->row.id);
	return 0;
}

static int create(struct ctx *c, const struct secret_body *b, struct secret_row *row,
		  const char **text, struct problems *p)
{
	struct env env = api_env(c);
	const struct psk_settings *s;
	struct dms dms;

	if (load_dms(c, req_param(c->req, "dms"), &dms) < 0)
		return -1;
	s = settings_of(&dms);
	if (!s)
		return err_set(
			c->err, ERR_CONFLICT, "dms_not_psk",
			"expected a DMS with auth_mode PSK for enrollment or renewal; \"%s\" "
			"takes no secrets",
			dms.row.id);
	if (s->per_device && !b->device)
		problems_add(p, "/device",
			     "expected the id of a device: psk_settings.per_device of the DMS "
			     "demands one");
	if (problems_check(p, c->err) < 0 || check_owner(c, &dms, b->device) < 0)
		return -1;
	*row = (struct secret_row){
		.dms = dms.row.id,
		.device = b->device,
		.uses_max = b->uses ? b->uses : s->uses,
		.created_at = env.now,
		.created_by = env.actor,
		.expires_at = env.now + (b->validity ? b->validity : s->validity),
	};
	if (secret_make(c->conf, c->arena, row, text, c->err) < 0 ||
	    store_secret_add(c->db, row, c->err) < 0)
		return -1;
	return add_event(&env, EVENT_SECRET_CREATE, row, c->err);
}

struct answer *secrets_create(struct ctx *c)
{
	struct problems *p = api_problems(c);
	struct secret_body b;
	struct secret_row row;
	const char *text;
	struct doc *o;

	if (api_read_fields(c, fields, &b, p) < 0)
		return resp_problem(c);

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || create(c, &b, &row, &text, p) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	o = secret_doc(c, &row);
	doc_set_text(o, "secret", text);
	resp_header(c, "Location", "/v2/dms/%s/secrets/%s", row.dms, row.id);
	resp_header(c, "Cache-Control", "no-store");
	return resp_doc(c, 201, o);
}

/* Within the operator's reach, and of the DMS of the path where it names one. */
static int load(struct ctx *c, struct secret_row *row)
{
	const char *dms = req_param(c->req, "dms");
	int found;

	if (dms && api_check_reach(c, dms) < 0)
		return -1;
	found = store_secret_load(c->db, c->arena, req_param(c->req, "secret"), row, c->err);
	if (found < 0)
		return -1;
	if (found == 0 || (dms && strcmp(dms, row->dms) != 0))
		return err_set(c->err, ERR_NOT_FOUND, "secret_not_found", "secret not found");
	return api_check_reach(c, row->dms);
}

struct answer *secrets_get(struct ctx *c)
{
	struct secret_row row;

	if (load(c, &row) < 0)
		return resp_problem(c);
	return resp_doc(c, 200, secret_doc(c, &row));
}

/* It stays in the list, as revoked. */
static int revoke(struct ctx *c)
{
	struct env env = api_env(c);
	struct secret_row row;

	if (load(c, &row) < 0)
		return -1;
	if (row.revoked_at)
		return 0;
	if (store_secret_revoke(c->db, row.id, env.now, c->err) < 0)
		return -1;
	return add_event(&env, EVENT_SECRET_REVOKE, &row, c->err);
}

struct answer *secrets_delete(struct ctx *c)
{
	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || revoke(c) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return resp_empty(c, 204);
}
