/* Issuance profiles: what certificates look like, named once and used by CAs and DMSs. */
#include "fcgi/dms/api.h"

#include <string.h>

#include "base/hex.h"
#include "base/rand.h"
#include "base/text.h"
#include "fleet/event.h"
#include "store/store_dms.h"

enum { F_ID, F_NAME };
/* clang-format off */
static const struct filter_field filters[] = {
	[F_ID] = { "id", NULL, FILTER_TEXT },
	[F_NAME] = { "name", NULL, FILTER_TEXT },
	{ NULL, NULL, FILTER_TEXT },
};
/* clang-format on */

struct answer *profiles_list(struct ctx *c)
{
	struct doc *list = doc_array(c->arena), *key, *o;
	struct profile_row *rows;
	const char *after;
	struct page p;
	size_t n;

	if (page_read(c, filters, &p) < 0)
		return resp_problem(c);
	after = page_key_text(&p, 0);
	do {
		if (store_profile_list(c->db, c->arena, after, p.size + 1, &rows, &n, c->err) < 0)
			return resp_problem(c);
		for (size_t i = 0; i < n; i++) {
			if (doc_len(list) == p.size) {
				key = doc_array(c->arena);
				doc_add(key, doc_text(c->arena, after));
				return page_answer(c, &p, list, key);
			}
			after = rows[i].id;
			if (!filter_match(&p, F_ID, rows[i].id) ||
			    !filter_match(&p, F_NAME, rows[i].name))
				continue;
			o = api_stored_doc(c, "issuance profile", rows[i].profile);
			if (!o)
				return resp_problem(c);
			doc_add(list, o);
		}
	} while (n == p.size + 1);
	return page_answer(c, &p, list, NULL);
}

struct answer *profiles_get(struct ctx *c)
{
	struct profile_row row;
	int found = store_profile_load(c->db, c->arena, req_param(c->req, "profile"), &row, c->err);
	struct doc *o;

	if (found == 0)
		err_set(c->err, ERR_NOT_FOUND, "profile_not_found", "issuance profile not found");
	o = found > 0 ? api_stored_doc(c, "issuance profile", row.profile) : NULL;
	return o ? resp_doc(c, 200, o) : resp_problem(c);
}

static const char *make_id(struct arena *a)
{
	unsigned char b[16];
	const char *h;

	rand_fill(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);	/* RFC 9562 5.4: a UUID of version 4 */
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	h = hex_write(a, blob_of(b, sizeof(b)));
	return arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", h, h + 8, h + 12, h + 16, h + 20);
}

static int check(struct ctx *c, struct profile *f, struct problems *p)
{
	struct err why = { 0 };

	if (!f->id || !*f->id)
		f->id = make_id(c->arena);
	if (text_check_id("issuance profile", f->id, &why) < 0)
		problems_add(p, "/id", "%s", why.text);
	if (!f->name || !*f->name)
		f->name = f->id;
	profile_check(f, "", p);
	return problems_check(p, c->err);
}

static int create(struct ctx *c, const struct profile *f, const struct doc *doc)
{
	struct env env = api_env(c);
	struct profile_row row = {
		.id = f->id,
		.name = f->name,
		.profile = doc_write(c->arena, doc),
		.created_at = env.now,
	};
	struct event v = {
		.type = EVENT_PROFILE_CREATE,
		.subject = arena_printf(c->arena, "profile/%s", f->id),
		.data = doc_copy(c->arena, doc),
	};
	struct profile_row old;
	int found = store_profile_load(c->db, c->arena, f->id, &old, c->err);

	if (found < 0)
		return -1;
	if (found)
		return err_set(c->err, ERR_CONFLICT, "profile_exists",
			       "issuance profile already exists");
	if (store_profile_add(c->db, &row, c->err) < 0)
		return -1;
	return event_add(c->db, c->arena, env.actor, env.now, &v, c->err);
}

struct answer *profiles_create(struct ctx *c)
{
	struct problems *p = api_problems(c);
	struct profile f;
	struct doc *doc;

	if (api_read_fields(c, profile_fields, &f, p) < 0 || check(c, &f, p) < 0)
		return resp_problem(c);
	doc = fields_write(c->arena, profile_fields, &f, FIELDS_SECRETS);

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || create(c, &f, doc) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return resp_doc(c, 201, doc);
}

/* Who enrolls under it, or signs by it where nothing else says how; both NULL: nobody. */
struct users {
	const char *profile;
	const char *dms, *ca;
	size_t dmss, cas;
};

enum { PAGE = 100 };

static int each_dms(struct ctx *c, int (*see)(struct ctx *c, const struct dms *d, void *arg),
		    void *arg)
{
	struct dms_row *rows;
	const char *after = NULL;
	size_t n;

	do {
		if (store_dms_list(c->db, c->arena, after, PAGE, &rows, &n, c->err) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			struct dms dms;

			if (dms_read(c->arena, &rows[i], &dms, c->err) < 0 || see(c, &dms, arg) < 0)
				return -1;
			after = rows[i].id;
		}
	} while (n == PAGE);
	return 0;
}

static int count_user(struct ctx *c, const struct dms *d, void *arg)
{
	const char *used = d->settings.issuance_profile_id;
	struct users *u = arg;

	(void)c;
	if (!used || strcmp(used, u->profile) != 0)
		return 0;
	u->dms = u->dms ? u->dms : d->row.id;
	u->dmss++;
	return 0;
}

/* What holds for the profile when the DMS is written holds when the profile is: else its devices get
 * a 5xx for what nobody told the operator. */
static int check_user(struct ctx *c, const struct dms *d, void *arg)
{
	const struct profile *f = arg;
	struct problems p;
	int found = dms_has_profile(c->db, c->arena, &d->settings, f->id, c->err);

	problems_init(&p, c->arena);
	if (found <= 0)
		return found;
	if (dms_check_profile(c->db, c->arena, &d->settings, f, "", &p, c->err) < 0)
		return -1;
	return p.n == 0 ? 0
			: err_set(c->err, ERR_CONFLICT, "profile_in_use",
				  "DMS \"%s\" enrolls by it: %s", d->row.id, p.v[0].text);
}

/* A CA keeps the profile's text, with its id; replace: its new text, NULL: they keep theirs. */
static int find_ca_users(struct ctx *c, const char *replace, struct users *u)
{
	const char *after = NULL, *used;
	struct ca_row *rows;
	size_t n;

	do {
		if (store_ca_list(c->db, c->arena, after, PAGE, &rows, &n, c->err) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			const struct doc *o = NULL;

			after = rows[i].id;
			if (rows[i].profile &&
			    !(o = api_stored_doc(c, "profile of a CA", rows[i].profile)))
				return -1;
			used = o ? doc_find_text(o, "id") : NULL;
			if (!used || strcmp(used, u->profile) != 0)
				continue;
			u->ca = u->ca ? u->ca : rows[i].id;
			u->cas++;
			if (replace && store_ca_set_profile(c->db, rows[i].id, replace, c->err) < 0)
				return -1;
		}
	} while (n == PAGE);
	return 0;
}

static int load(struct ctx *c, struct profile_row *row)
{
	int found = store_profile_load(c->db, c->arena, req_param(c->req, "profile"), row, c->err);

	if (found > 0)
		return 0;
	return found < 0 ? -1
			 : err_set(c->err, ERR_NOT_FOUND, "profile_not_found",
				   "issuance profile not found");
}

static int add_event(struct ctx *c, const char *type, const char *id, struct doc *data)
{
	struct env env = api_env(c);
	struct event v = { .type = type,
			   .subject = arena_printf(c->arena, "profile/%s", id),
			   .data = data };

	return event_add(c->db, c->arena, env.actor, env.now, &v, c->err);
}

static int replace(struct ctx *c, struct profile *f, struct doc **doc, struct problems *p)
{
	struct profile_row row;
	struct users u = { 0 };

	if (load(c, &row) < 0)
		return -1;
	if (f->id && *f->id && strcmp(f->id, row.id) != 0)
		problems_add(p, "/id", "expected \"%s\" as in the path, got \"%s\"", row.id, f->id);
	f->id = row.id;
	if (check(c, f, p) < 0)
		return -1;
	*doc = fields_write(c->arena, profile_fields, f, FIELDS_SECRETS);
	row.name = f->name;
	row.profile = doc_write(c->arena, *doc);
	u.profile = row.id;
	if (each_dms(c, check_user, f) < 0 || find_ca_users(c, row.profile, &u) < 0)
		return -1;
	if (store_profile_save(c->db, &row, c->err) < 0)
		return -1;
	return add_event(c, EVENT_PROFILE_UPDATE, row.id, doc_copy(c->arena, *doc));
}

struct answer *profiles_put(struct ctx *c)
{
	struct problems *p = api_problems(c);
	struct profile f;
	struct doc *doc;

	if (api_read_fields(c, profile_fields, &f, p) < 0)
		return resp_problem(c);

	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || replace(c, &f, &doc, p) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return resp_doc(c, 200, doc);
}

static int delete (struct ctx *c)
{
	struct profile_row row;
	struct users u = { 0 };

	if (load(c, &row) < 0)
		return -1;
	u.profile = row.id;
	if (each_dms(c, count_user, &u) < 0 || find_ca_users(c, NULL, &u) < 0)
		return -1;
	if (u.dms || u.ca)
		return err_set(
			c->err, ERR_CONFLICT, "profile_in_use",
			"expected an issuance profile that nobody uses, but %zu DMSs and %zu "
			"CAs do: \"%s\"",
			u.dmss, u.cas, u.dms ? u.dms : u.ca);
	if (store_profile_remove(c->db, row.id, c->err) < 0)
		return -1;
	return add_event(c, EVENT_PROFILE_DELETE, row.id, NULL);
}

struct answer *profiles_delete(struct ctx *c)
{
	AUTO(db_txn) *t = db_begin(c->db, DB_WRITE, c->err);

	if (!t || delete (c) < 0 || store_commit(&t, c->err) < 0)
		return resp_problem(c);
	return resp_empty(c, 204);
}
