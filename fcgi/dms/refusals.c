/* Refusals: why the devices of a DMS did not get what they asked for, newest first. */
#include "fcgi/dms/api.h"

#include "store/store_event.h"

enum { F_DEVICE, F_STEP, F_CODE, F_OPERATION, F_TIME };
/* clang-format off */
static const struct filter_field filters[] = {
	[F_DEVICE] = { "device", "device", FILTER_TEXT },
	[F_STEP] = { "step", "step", FILTER_TEXT },
	[F_CODE] = { "code", "code", FILTER_TEXT },
	[F_OPERATION] = { "operation", "operation", FILTER_TEXT },
	[F_TIME] = { "time", NULL, FILTER_TIME },
	{ NULL, NULL, FILTER_TEXT },
};
/* clang-format on */

static void copy_text(struct doc *o, const struct doc *data, const char *name)
{
	doc_set_text(o, name, doc_find_text(data, name));
}

static struct doc *refusal_doc(struct ctx *c, const struct event_row *v, const struct doc *data)
{
	struct doc *o = doc_object(c->arena);
	const struct doc *suppressed = doc_find(data, "suppressed");

	doc_set_text(o, "event", arena_printf(c->arena, "%lld", (long long)v->seq));
	doc_set_time(o, "time", v->at);
	doc_set_text(o, "dms", v->dms);
	doc_set_text(o, "device", v->device);
	copy_text(o, data, "operation");
	copy_text(o, data, "step");
	copy_text(o, data, "code");
	copy_text(o, data, "text");
	doc_set_text(o, "authid", v->actor);
	copy_text(o, data, "client");
	doc_set_int(o, "suppressed", suppressed ? doc_get_int(suppressed) : 0);
	return o;
}

static bool wanted(const struct page *p, const struct event_row *v, const struct doc *data)
{
	return filter_match(p, F_DEVICE, v->device) &&
	       filter_match(p, F_STEP, doc_find_text(data, "step")) &&
	       filter_match(p, F_CODE, doc_find_text(data, "code")) &&
	       filter_match(p, F_OPERATION, doc_find_text(data, "operation")) &&
	       filter_match_time(p, F_TIME, v->at);
}

static struct doc *make_key(struct arena *a, int64_t seq)
{
	struct doc *key = doc_array(a);

	doc_add(key, doc_int(a, seq));
	return key;
}

static struct answer *list_page(struct ctx *c, const struct page *p, const char *dms)
{
	const char *device = filter_value(p, F_DEVICE);
	struct doc *list = doc_array(c->arena);
	int64_t before = p->key ? page_key_int(p, 0) : INT64_MAX;
	struct event_row *rows;
	size_t n, seen = 0;

	do {
		if (store_event_list_refusals(c->db, c->arena, dms, device, before, p->size + 1,
					      &rows, &n, c->err) < 0)
			return resp_problem(c);
		for (size_t i = 0; i < n; i++) {
			const struct doc *data;

			if (doc_len(list) == p->size || seen++ == PAGE_SCAN)
				return page_answer(c, p, list, make_key(c->arena, before));
			before = rows[i].seq;
			data = api_stored_doc(c, "data of an event", rows[i].data);
			if (!data)
				return resp_problem(c);
			if (wanted(p, &rows[i], data))
				doc_add(list, refusal_doc(c, &rows[i], data));
		}
	} while (n == p->size + 1);
	return page_answer(c, p, list, NULL);
}

struct answer *refusals_list(struct ctx *c)
{
	const char *id = req_param(c->req, "dms");
	struct dms_row dms;
	struct page p;
	int found;

	if (page_read(c, filters, &p) < 0 || api_check_reach(c, id) < 0)
		return resp_problem(c);
	found = store_dms_load(c->db, c->arena, id, &dms, c->err);
	if (found < 0)
		return resp_problem(c);
	if (!found)
		return api_refuse(c, ERR_NOT_FOUND, "dms_not_found", "DMS not found");
	return list_page(c, &p, id);
}
