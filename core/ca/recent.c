#include "ca/recent.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1024, MAX_ANSWER = 2048 };

struct slot {
	struct recent_facts facts;
	int64_t made_at;	/* 0: empty */
	int64_t this_update, next_update;
	size_t len;
	unsigned char der[MAX_ANSWER];
};
static struct slot *slots;	/* made at the first answer; NULL: none yet */

/* One place per request; a newer one takes it. */
static struct slot *slot_of(const struct recent_facts *f)
{
	unsigned n;

	memcpy(&n, f->request, sizeof(n));
	return &slots[n % SLOTS];
}

bool recent_find(struct arena *a, const struct recent_facts *f, int64_t now, int64_t age,
		 struct status_answer *out)
{
	const struct slot *s = slots ? slot_of(f) : NULL;

	if (!s || !s->made_at || memcmp(&s->facts, f, sizeof(*f)) != 0)
		return false;
	if (now < s->made_at || now - s->made_at >= age || now >= s->next_update)
		return false;
	out->der = arena_blob(a, s->der, s->len);
	out->cacheable = true;
	out->this_update = s->this_update;
	out->next_update = s->next_update;
	return true;
}

void recent_keep(const struct recent_facts *f, int64_t now, const struct status_answer *answer)
{
	struct slot *s;

	if (answer->der.len > MAX_ANSWER)
		return;
	if (!slots)
		slots = calloc(SLOTS, sizeof(*slots));
	if (!slots)
		return;
	s = slot_of(f);
	s->facts = *f;
	s->made_at = now;
	s->this_update = answer->this_update;
	s->next_update = answer->next_update;
	s->len = answer->der.len;
	memcpy(s->der, answer->der.data, answer->der.len);
}
