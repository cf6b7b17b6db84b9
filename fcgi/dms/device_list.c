/* The list of devices: pages of a million by index, whatever the status that is asked for. */
#include "fcgi/dms/api.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fleet/device.h"

enum { F_ID, F_DMS, F_STATUS, F_CREATED };
/* clang-format off */
static const struct filter_field filters[] = {
	[F_ID] = { "id", NULL, FILTER_TEXT },
	[F_DMS] = { "dms_owner", "dms", FILTER_TEXT },
	[F_STATUS] = { "status", "status", FILTER_TEXT },
	[F_CREATED] = { "creation_timestamp", NULL, FILTER_TIME },
	{ NULL, NULL, FILTER_TEXT },
};
/* clang-format on */

/*
 * A list walks segments: DMS by DMS, status by status, each an index range; or, when no status is
 * asked for, one segment per DMS by id, or one of all devices. The key of a page is
 * [DMS, segment, active_not_after, device].
 */
enum { SEGMENT_ALL = -1 };	/* by id; else the value of enum device_status */
enum { STATUSES = STATUS_DECOMMISSIONED + 1 };

struct walk {
	struct ctx *c;
	struct page page;
	struct dms dms;		/* of the present segment, or of the last device */
	bool by_status;
	int64_t now;
	size_t seen;
	struct doc *list, *key;
	struct doc *last;	/* the key of the last device seen */
};

static struct doc *make_key(struct arena *a, const char *dms, int segment,
			    const struct device_row *d)
{
	struct doc *key = doc_array(a);

	doc_add(key, doc_text(a, dms));
	doc_add(key, doc_int(a, segment));
	doc_add(key, doc_int(a, d->active_not_after));
	doc_add(key, doc_text(a, d->id));
	return key;
}

/* 1: the page is full, or long enough was looked for. */
static int take(struct walk *w, const char *segment_dms, int segment, const struct device_row *d)
{
	struct ctx *c = w->c;
	struct doc *o;

	if (doc_len(w->list) == w->page.size || w->seen == PAGE_SCAN) {
		w->key = w->last;
		return 1;
	}
	w->seen++;
	w->last = make_key(c->arena, segment_dms, segment, d);
	if (!filter_match(&w->page, F_ID, d->id) || !filter_match(&w->page, F_DMS, d->dms) ||
	    !filter_match_time(&w->page, F_CREATED, d->created_at))
		return 0;
	if ((!w->dms.row.id || strcmp(w->dms.row.id, d->dms) != 0) &&
	    device_load_dms(c, d->dms, &w->dms) < 0)
		return -1;
	if (device_doc(c, d, &w->dms, &o) < 0)
		return -1;
	doc_add(w->list, o);
	return 0;
}

struct cursor {			/* where to begin in a segment; id NULL: at its start */
	const char *dms;
	int segment;
	int64_t not_after;
	const char *id;
};

static int fetch(struct walk *w, const char *dms, int segment, const struct cursor *at,
		 struct device_row **v, size_t *n)
{
	struct ctx *c = w->c;
	struct device_range r = {
		.dms = dms,
		.after_not_after = at->not_after,
		.after_id = at->id,
	};

	if (segment == SEGMENT_ALL)
		return store_device_list(c->db, c->arena, dms, at->id, w->page.size + 1, v, n,
					 c->err);
	device_status_range((enum device_status)segment, &w->dms.settings, w->now, &r);
	return store_device_list_range(c->db, c->arena, &r, w->page.size + 1, v, n, c->err);
}

/* One segment to its end: 0, 1 when the page is done, -1. dms NULL: all. */
static int walk_segment(struct walk *w, const char *dms, int segment, struct cursor at)
{
	struct device_row *rows;
	size_t n;
	int done = 0;

	do {
		if (fetch(w, dms, segment, &at, &rows, &n) < 0)
			return -1;
		for (size_t i = 0; i < n && !done; i++)
			done = take(w, dms ? dms : "", segment, &rows[i]);
		if (n) {
			at.not_after = rows[n - 1].active_not_after;
			at.id = rows[n - 1].id;
		}
	} while (!done && n == w->page.size + 1);
	return done;
}

static int walk_dms(struct walk *w, const char *dms, const struct cursor *at)
{
	bool resume = at->dms && strcmp(at->dms, dms) == 0;
	int found = dms_load(w->c->db, w->c->arena, dms, &w->dms, w->c->err);

	if (found <= 0)
		return found;	/* unknown: nothing to list, as Lamassu has it */
	if (!w->by_status)
		return walk_segment(w, dms, SEGMENT_ALL, resume ? *at : (struct cursor){ 0 });
	for (int s = resume && at->segment > 0 ? at->segment : 0; s < STATUSES; s++) {
		bool here = resume && s == at->segment;
		int done;

		if (!filter_match(&w->page, F_STATUS, token_name(device_statuses, s)))
			continue;
		done = walk_segment(w, dms, s, here ? *at : (struct cursor){ 0 });
		if (done)
			return done;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* An operator's DMSs, in order, from the one where the last page ended. */
static int walk_reach(struct walk *w, const struct cursor *at)
{
	const struct texts *reach = &w->c->who->dms;
	const char **ids = arena_array(w->c->arena, reach->n, sizeof(*ids));
	int done = 0;

	for (size_t i = 0; i < reach->n; i++)
		ids[i] = reach->v[i];
	qsort(ids, reach->n, sizeof(*ids), compare);
	for (size_t i = 0; i < reach->n && !done; i++) {
		if ((at->dms && strcmp(ids[i], at->dms) < 0) ||
		    !filter_match(&w->page, F_DMS, ids[i]))
			continue;
		done = walk_dms(w, ids[i], at);
	}
	return done;
}

static int walk_all(struct walk *w, const struct cursor *at)
{
	const char *after = NULL;
	struct dms_row *rows;
	size_t n;
	int done = 0;

	if (at->dms) {
		done = walk_dms(w, at->dms, at);
		after = at->dms;
	}
	while (!done) {
		if (store_dms_list(w->c->db, w->c->arena, after, 64, &rows, &n, w->c->err) < 0)
			return -1;
		for (size_t i = 0; i < n && !done; i++) {
			after = rows[i].id;
			if (filter_match(&w->page, F_DMS, after))
				done = walk_dms(w, after, at);
		}
		if (n < 64)
			break;
	}
	return done;
}

static int walk(struct walk *w)
{
	const char *dms = filter_value(&w->page, F_DMS);
	const struct cursor at = {
		.dms = page_key_text(&w->page, 0),
		.segment = (int)page_key_int(&w->page, 1),
		.not_after = page_key_int(&w->page, 2),
		.id = page_key_text(&w->page, 3),
	};

	if (dms)
		return api_check_reach(w->c, dms) < 0 ? -1 : walk_dms(w, dms, &at);
	if (!who_all_dms(w->c->who))
		return walk_reach(w, &at);
	if (!w->by_status && filter_any(&w->page, F_DMS))
		return walk_segment(w, NULL, SEGMENT_ALL, at);
	return walk_all(w, &at);
}

static int check_status(struct ctx *c, const struct page *p)
{
	const char *s = filter_value(p, F_STATUS);
	int value;

	if (!s || token_value(device_statuses, s, &value) == 0)
		return 0;
	return err_set(
		c->err, ERR_MALFORMED, "filter",
		"invalid filter operand: expected a status from NO_IDENTITY to DECOMMISSIONED, "
		"got \"%s\"",
		s);
}

struct answer *devices_list(struct ctx *c)
{
	struct walk w = { .c = c, .now = clock_now(), .list = doc_array(c->arena) };

	if (page_read(c, filters, &w.page) < 0 || check_status(c, &w.page) < 0)
		return resp_problem(c);
	w.by_status = !filter_any(&w.page, F_STATUS);

	AUTO(db_txn) *t = db_begin(c->db, DB_READ, c->err);

	if (!t || walk(&w) < 0)
		return resp_problem(c);
	return page_answer(c, &w.page, w.list, w.key);
}
