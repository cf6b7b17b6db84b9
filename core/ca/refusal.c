#include "ca/refusal.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/bucket.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/tally.h"
#include "fleet/event.h"

/*
 * So many at once, then one in so long. A source is an address, which may be a proxy's or a whole
 * site's; a credential may be the bootstrap certificate of all devices of a line. The DMS's bound is
 * what a database grows by at worst: 8640 events a day, about 6 MB.
 */
static const struct limit {
	const char *of;
	unsigned capacity;
	int64_t refill;
} limits[] = {
	{ "address", 60, CLOCK_MINUTE },
	{ "credential", 200, 30 * CLOCK_SECOND },
	{ "dms", 1000, 10 * CLOCK_SECOND },
};
enum { OF_ADDRESS, OF_CREDENTIAL, OF_DMS };

/* The process's; opened when it is first needed. */
static struct {
	struct buckets *buckets;
	struct tally *suppressed;
	char *state_dir;
} shared;

static int open_shared(const struct env *env, struct err *e)
{
	const char *dir = env->conf->state_dir;

	if (shared.state_dir && strcmp(shared.state_dir, dir) == 0)
		return 0;
	buckets_close(shared.buckets);
	tally_close(shared.suppressed);
	free(shared.state_dir);
	shared.state_dir = NULL;
	shared.suppressed = NULL;
	shared.buckets = buckets_open(arena_printf(env->arena, "%s/refusals", dir), e);
	if (shared.buckets)
		shared.suppressed =
			tally_open(arena_printf(env->arena, "%s/refusals.suppressed", dir), e);
	if (!shared.suppressed)
		return -1;
	shared.state_dir = strdup(dir);
	return shared.state_dir ? 0 : err_fault(e, ERR_BUSY, "memory", "no memory");
}

static bool take(const struct env *env, const struct limit *l, struct blob of)
{
	struct text key;

	text_init(&key, env->arena);
	text_addf(&key, "%s:", l->of);
	text_add_mem(&key, of.data, of.len);
	return bucket_take(shared.buckets, blob_of(key.s, key.len), l->capacity, l->refill,
			   env->now, NULL);
}

/* Who has one IPv6 address has the 2^64 around it, too. */
static struct blob source(const struct env *env)
{
	unsigned char *in6 = arena_alloc(env->arena, 16);

	if (inet_pton(AF_INET6, env->client, in6) == 1)
		return blob_of(in6, 8);
	return blob_of(env->client, strlen(env->client));
}

/* The narrow ones first: who has used up his own takes nothing from the others. */
static bool within_limits(const struct env *env, const char *dms, const struct who *w)
{
	if (env->client && !take(env, &limits[OF_ADDRESS], source(env)))
		return false;
	if (w->credential.len && !take(env, &limits[OF_CREDENTIAL], w->credential))
		return false;
	return take(env, &limits[OF_DMS], blob_of(dms, strlen(dms)));
}

static bool is_refusal(enum err_kind kind)
{
	switch (kind) {
	case ERR_MALFORMED:
	case ERR_REJECTED:
	case ERR_UNAUTHENTICATED:
	case ERR_FORBIDDEN:
	case ERR_NOT_FOUND:
	case ERR_METHOD:
	case ERR_NOT_ACCEPTABLE:
	case ERR_CONFLICT:
	case ERR_TOO_LARGE:
	case ERR_MEDIA:
		return true;
	case ERR_NONE:
	case ERR_PENDING:
	case ERR_BUSY:
	case ERR_INTERNAL:
		break;
	}
	return false;
}

static struct doc *describe(const struct env *env, enum operation op, const struct err *why,
			    uint64_t suppressed)
{
	struct doc *data = doc_object(env->arena);

	doc_set_text(data, "operation", operation_name(op));
	doc_set_text(data, "step", why->step ? why->step : "request");
	doc_set_text(data, "code", why->code);
	doc_set_text(data, "text", why->text);
	if (env->client)
		doc_set_text(data, "client", env->client);
	if (suppressed)
		doc_set_int(data, "suppressed", (int64_t)suppressed);
	return data;
}

static int record(const struct env *env, const struct event *v, const char *actor, struct err *e)
{
	AUTO(db_txn) *t = db_begin(env->db, DB_WRITE, e);

	if (!t || event_add(env->db, env->arena, actor, env->now, v, e) < 0)
		return -1;
	return store_commit(&t, e);
}

void refusal_record(const struct env *env, const struct dms *dms, enum operation op,
		    const char *device, const struct who *w, const struct err *why)
{
	struct err e = { 0 };
	struct event v = { .type = EVENT_DMS_REFUSAL, .dms = dms->row.id, .device = device };
	uint64_t suppressed;

	if (!is_refusal(why->kind))
		return;
	if (open_shared(env, &e) < 0) {
		log_msg(LOG_WARN, "refusals are not recorded: %s", err_log_text(&e));
		return;
	}
	if (!within_limits(env, dms->row.id, w)) {
		tally_add(shared.suppressed, dms->row.id, 1);
		return;
	}
	suppressed = tally_take(shared.suppressed, dms->row.id);
	v.data = describe(env, op, why, suppressed);
	v.subject = device ? arena_printf(env->arena, "device/%s", device)
			   : arena_printf(env->arena, "dms/%s", dms->row.id);
	if (record(env, &v, w->name, &e) == 0)
		return;
	tally_add(shared.suppressed, dms->row.id, suppressed + 1);
	log_msg(LOG_WARN, "a refusal was not recorded: %s", err_log_text(&e));
}
