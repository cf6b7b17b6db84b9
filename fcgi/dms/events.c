/* Events: append-only rows in the order in which they happened. */
#include "fcgi/dms/api.h"

#include <string.h>

#include "base/hex.h"
#include "store/store_event.h"

enum { F_TYPE, F_SUBJECT, F_DMS, F_DEVICE, F_TIME };
/* clang-format off */
static const struct filter_field filters[] = {
	[F_TYPE] = { "type", "type", FILTER_TEXT },
	[F_SUBJECT] = { "subject", NULL, FILTER_TEXT },
	[F_DMS] = { "dms", "dms", FILTER_TEXT },
	[F_DEVICE] = { "device", "device", FILTER_TEXT },
	[F_TIME] = { "time", NULL, FILTER_TIME },
	{ NULL, NULL, FILTER_TEXT },
};
/* clang-format on */

/* CloudEvents' members, and what proves the chain. */
static struct doc *event_doc(struct ctx *c, const struct event_row *v)
{
	struct doc *o = doc_object(c->arena),
		   *data = api_stored_doc(c, "data of an event", v->data);

	if (!data)
		return NULL;
	doc_set_text(o, "specversion", "1.0");
	doc_set_text(o, "id", arena_printf(c->arena, "%lld", (long long)v->seq));
	doc_set_text(o, "source", "shedu");
	doc_set_text(o, "type", v->type);
	doc_set_text(o, "subject", v->subject);
	doc_set_time(o, "time", v->at);
	doc_set_text(o, "authid", v->actor);
	doc_set_text(o, "dms", v->dms);
	doc_set_text(o, "device", v->device);
	doc_set(o, "data", data);
	doc_set_text(o, "previous", v->previous.len ? hex_write(c->arena, v->previous) : "");
	doc_set_text(o, "hash", hex_write(c->arena, v->hash));
	return o;
}

static bool wanted(struct ctx *c, const struct page *p, const struct event_row *v)
{
	return who_may_dms(c->who, v->dms) && filter_match(p, F_TYPE, v->type) &&
	       filter_match(p, F_SUBJECT, v->subject) && filter_match(p, F_DMS, v->dms) &&
	       filter_match(p, F_DEVICE, v->device) && filter_match_time(p, F_TIME, v->at);
}

static struct doc *make_key(struct arena *a, int64_t seq)
{
	struct doc *key = doc_array(a);

	doc_add(key, doc_int(a, seq));
	return key;
}

static struct answer *list_page(struct ctx *c, const struct page *p, const char *device,
				const char *dms)
{
	struct doc *list = doc_array(c->arena);
	int64_t after = page_key_int(p, 0);
	struct event_row *rows;
	size_t n, seen = 0;
	struct doc *o;

	do {
		if (store_event_list(c->db, c->arena, device, dms, after, p->size + 1, &rows, &n,
				     c->err) < 0)
			return resp_problem(c);
		for (size_t i = 0; i < n; i++) {
			if (doc_len(list) == p->size || seen++ == PAGE_SCAN)
				return page_answer(c, p, list, make_key(c->arena, after));
			after = rows[i].seq;
			if (!wanted(c, p, &rows[i]))
				continue;
			o = event_doc(c, &rows[i]);
			if (!o)
				return resp_problem(c);
			doc_add(list, o);
		}
	} while (n == p->size + 1);
	return page_answer(c, p, list, NULL);
}

struct answer *events_answer(struct ctx *c, const char *device)
{
	struct page p;
	const char *dms;

	if (page_read(c, filters, &p) < 0)
		return resp_problem(c);
	dms = filter_value(&p, F_DMS);
	if (dms && api_check_reach(c, dms) < 0)
		return resp_problem(c);
	return list_page(c, &p, device ? device : filter_value(&p, F_DEVICE), api_list_dms(c, dms));
}

struct answer *events_list(struct ctx *c)
{
	return events_answer(c, NULL);
}
