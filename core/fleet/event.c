#include "fleet/event.h"

#include <string.h>

#include "base/text.h"
#include "pki/digest.h"

/* Members are length-prefixed, so that no two rows have one encoding; an absent text has a length
 * that no text can have. */
static void put_int(struct text *t, uint64_t v)
{
	unsigned char b[8];

	for (int i = 0; i < 8; i++)
		b[i] = (unsigned char)(v >> (56 - 8 * i));
	text_add_mem(t, b, sizeof(b));
}

static void put_mem(struct text *t, const void *p, size_t n)
{
	put_int(t, n);
	text_add_mem(t, p, n);
}

static void put_text(struct text *t, const char *s)
{
	if (s)
		put_mem(t, s, strlen(s));
	else
		put_int(t, UINT64_MAX);
}

struct blob event_hash(struct arena *a, const struct event_row *v)
{
	struct text t;

	text_init(&t, a);
	put_mem(&t, v->previous.data, v->previous.len);
	put_int(&t, (uint64_t)v->seq);
	put_int(&t, (uint64_t)v->at);
	put_text(&t, v->type);
	put_text(&t, v->subject);
	put_text(&t, v->dms);
	put_text(&t, v->device);
	put_text(&t, v->actor);
	put_text(&t, v->data);
	return digest_make_sha256(a, blob_of(t.s, t.len));
}

int event_add(struct db *db, struct arena *a, const char *actor, int64_t at, const struct event *v,
	      struct err *e)
{
	struct event_row head = { 0 };
	int found = store_event_load_head(db, a, &head, e);

	if (found < 0)
		return -1;

	struct event_row row = {
		.seq = found ? head.seq + 1 : 1,
		.at = at,
		.type = v->type,
		.subject = v->subject,
		.dms = v->dms,
		.device = v->device,
		.actor = actor,
		.data = v->data ? doc_write(a, v->data) : "{}",
		.previous = found ? head.hash : (struct blob){ NULL, 0 },
	};

	row.hash = event_hash(a, &row);
	return store_event_add(db, &row, e);
}
