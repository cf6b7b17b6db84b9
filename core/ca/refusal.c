#include "ca/refusal.h"

#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/tally.h"
#include "ca/limit.h"
#include "fleet/event.h"

/*
 * A source is an address, which may be a proxy's or a whole site's; a credential may be the
 * bootstrap certificate of all devices of a line. The DMS's bound is what a database grows by at
 * worst: 8640 events a day, about 6 MB.
 */
static const struct limit of_source = { "refusal of an address", 60, CLOCK_MINUTE };
static const struct limit of_credential = { "refusal of a credential", 200, 30 * CLOCK_SECOND };
static const struct limit of_dms = { "refusal by a DMS", 1000, 10 * CLOCK_SECOND };

/* The narrow ones first: who has used up his own takes nothing from the others. 1, 0, -1. */
static int within_limits(const struct env *env, const char *dms, const struct who *w, struct err *e)
{
	struct blob source = address_source(env->arena, env->client);
	int rc = source.len ? limit_take(env, &of_source, source, NULL, e) : 1;

	if (rc > 0 && w->credential.len)
		rc = limit_take(env, &of_credential, w->credential, NULL, e);
	return rc > 0 ? limit_take(env, &of_dms, blob_of(dms, strlen(dms)), NULL, e) : rc;
}

/* What was left out, by DMS. The process's; without it nothing is counted, and that is all. */
static struct {
	struct tally *tally;
	char *state_dir;
} suppressed;

static struct tally *open_tally(const struct env *env)
{
	const char *dir = env->conf->state_dir;
	struct err e = { 0 };

	if (suppressed.state_dir && strcmp(suppressed.state_dir, dir) == 0)
		return suppressed.tally;
	tally_close(suppressed.tally);
	free(suppressed.state_dir);
	suppressed.state_dir = strdup(dir);
	suppressed.tally = tally_open(arena_printf(env->arena, "%s/refusals", dir), &e);
	if (!suppressed.tally)
		log_msg(LOG_WARN, "refusals left out are not counted: %s", err_log_text(&e));
	return suppressed.tally;
}

static void count(const struct env *env, const char *dms, uint64_t n)
{
	struct tally *t = open_tally(env);

	if (t)
		tally_add(t, dms, n);
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
			    uint64_t left_out)
{
	struct doc *data = doc_object(env->arena);

	doc_set_text(data, "operation", operation_name(op));
	doc_set_text(data, "step", why->step ? why->step : "request");
	doc_set_text(data, "code", why->code);
	doc_set_text(data, "text", why->text);
	if (env->client)
		doc_set_text(data, "client", env->client);
	if (left_out)
		doc_set_int(data, "suppressed", (int64_t)left_out);
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
	struct tally *t;
	uint64_t left_out;
	int rc;

	if (!is_refusal(why->kind))
		return;
	rc = within_limits(env, dms->row.id, w, &e);
	if (rc < 0)
		log_msg(LOG_WARN, "refusals are not recorded: %s", err_log_text(&e));
	if (rc == 0)
		count(env, dms->row.id, 1);
	if (rc <= 0)
		return;
	t = open_tally(env);
	left_out = t ? tally_take(t, dms->row.id) : 0;
	v.data = describe(env, op, why, left_out);
	v.subject = device ? arena_printf(env->arena, "device/%s", device)
			   : arena_printf(env->arena, "dms/%s", dms->row.id);
	if (record(env, &v, w->name, &e) == 0)
		return;
	count(env, dms->row.id, left_out + 1);
	log_msg(LOG_WARN, "a refusal was not recorded: %s", err_log_text(&e));
}
