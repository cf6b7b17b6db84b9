/*
 * The CRLs of an issuer, made in rounds. A round reads the list once, signs outside of the
 * transaction what is due, and stores all of it with one number: the complete CRL and its delta
 * share their numbers (RFC 5280 5.2.3), and a shard's may have gaps.
 */
#include "ca/upkeep.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ca/ca.h"
#include "ca/crl_scope.h"
#include "ca/revoked.h"

/*
 * The first revocation after a quiet time makes a CRL at once. While they go on, each CRL waits twice
 * as long as the one before, up to LONGEST_PAUSE; and for SHARE times as long as the last one took,
 * so that making them leaves most of the time to others, up to LONGEST_REST: a tick that was stopped
 * for an hour, or waited for a token, makes no pause of ten. The last one has all.
 */
#define FIRST_PAUSE CLOCK_SECOND
#define LONGEST_PAUSE (15 * CLOCK_SECOND)
#define LONGEST_REST (5 * CLOCK_MINUTE)
enum { SHARE = 10 };

struct round {
	const struct env *env;
	struct issuer_row issuer;
	struct crl_series series;
	struct crl_row *rows;		/* as they are, without the DER */
	size_t nrows;
	struct validation settings;
	int64_t validity;
	bool all;			/* each CRL is due */
	bool dirty;			/* a revocation makes them due now */
	bool complete, delta;		/* due by time or settings */
	bool shards;			/* one of them is */
	int64_t due_at;			/* when the next is by time, as it was before this round */
	int64_t began;			/* monotonic */
	struct revoked list;
	const struct cert *cert;
	const struct key *key;
	int64_t number;
	struct crl_row *made;
	size_t nmade, room;
};

static const struct crl_row *find_row(const struct round *r, const char *scope)
{
	for (size_t i = 0; i < r->nrows; i++) {
		if (strcmp(r->rows[i].scope, scope) == 0)
			return &r->rows[i];
	}
	return NULL;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Of a new one; settings that became stricter hold for those that are there. */
static int64_t wanted_life(const struct round *r, const struct crl_row *row)
{
	return strcmp(row->scope, CRL_DELTA) == 0 ? r->settings.crl.delta_validity : r->validity;
}

/* A CRL is due after the refresh interval; and after half of its life where that is not set, or longer
 * than this one lives. One from the future is due, too: the clock was wrong when it was made, and
 * nobody takes it as valid yet. Another tick's may be a little newer than this one's look at it. */
static int64_t row_due_at(const struct round *r, const struct crl_row *row)
{
	int64_t life = earlier(row->next_update - row->this_update, wanted_life(r, row));
	int64_t interval = r->settings.crl.refresh_interval;

	if (r->env->now < row->this_update - CLOCK_MINUTE)
		return r->env->now;
	if (strcmp(row->scope, CRL_DELTA) == 0 || !interval || interval >= life)
		interval = life / 2;
	return row->this_update + interval;
}

static bool is_row_due(struct round *r, const struct crl_row *row)
{
	int64_t at = row_due_at(r, row);

	r->due_at = earlier(r->due_at, at);
	return r->env->now >= at;
}

/* A URL that certificates get from now on is missing in it. */
static bool lacks_url(const struct round *r, const struct crl_row *row)
{
	const char *url = crl_scope_url(r->env, r->issuer.ski, row->scope);

	return url && !crl_scope_has_url(row->urls, url);
}

static bool wants_delta(const struct round *r)
{
	return r->settings.crl.delta_validity > 0 &&
	       crl_scope_url(r->env, r->issuer.ski, CRL_DELTA) != NULL;
}

/* Without a URL no certificate can name one. */
static unsigned wanted_shards(const struct round *r)
{
	return crl_scope_url(r->env, r->issuer.ski, CRL_COMPLETE) ? (unsigned)r->settings.crl.shards
								  : 0;
}

static bool is_missing(const struct round *r, unsigned n)
{
	for (unsigned k = 0; k < n; k++) {
		if (!find_row(r, crl_scope_shard(r->env->arena, n, k)))
			return true;
	}
	return false;
}

static void look_at_rows(struct round *r)
{
	unsigned n, k;

	r->shards = is_missing(r, wanted_shards(r));
	for (size_t i = 0; i < r->nrows; i++) {
		const struct crl_row *row = &r->rows[i];
		bool due = is_row_due(r, row);

		if (strcmp(row->scope, CRL_DELTA) == 0)
			r->delta = due && wants_delta(r);
		else if (!crl_scope_is_shard(row->scope, &n, &k))
			r->complete = r->complete || due;
		else
			r->shards = r->shards || due || lacks_url(r, row);
	}
	/* The complete CRL says where the delta is. */
	if (!find_row(r, CRL_COMPLETE) || wants_delta(r) != (find_row(r, CRL_DELTA) != NULL))
		r->complete = true;
}

int64_t upkeep_crl_paused_until(const struct crl_series *s)
{
	return s->made_at + earlier(s->pause, LONGEST_REST);
}

/* A clock that was set back makes no pause of hours. */
static bool is_paused(const struct round *r)
{
	return r->env->now >= r->series.made_at &&
	       r->env->now < upkeep_crl_paused_until(&r->series);
}

/* 1: something is due; 0: nothing to do. */
static int read_round(struct round *r, struct blob ski, bool paced, struct err *e)
{
	const struct env *env = r->env;
	int found = store_issuer_load(env->db, env->arena, ski, &r->issuer, e);

	if (found <= 0)
		return found;
	/* A CA that has ended signs no more; its last CRLs stay. */
	if (!r->issuer.key_uri || env->now >= r->issuer.not_after)
		return 0;
	if (store_crl_load_series(env->db, ski, &r->series, e) < 0 ||
	    store_crl_list(env->db, env->arena, ski, &r->rows, &r->nrows, e) < 0 ||
	    crl_load_settings(env, r->issuer.ca, &r->settings, e) < 0)
		return -1;
	r->validity = r->settings.crl.validity ? r->settings.crl.validity : env->conf->crl.validity;
	look_at_rows(r);
	r->all = !r->series.made_at;
	r->complete = r->complete || r->all;
	r->dirty = r->series.dirty && r->settings.crl.regenerate_on_revoke;
	if (r->dirty && paced && is_paused(r)) {
		r->due_at = earlier(r->due_at, upkeep_crl_paused_until(&r->series));
		r->dirty = false;
	}
	return r->complete || r->dirty || r->delta || r->shards;
}

/* An expired certificate leaves the CRL one period after its end, and not before a CRL that was
 * issued after its end had it (RFC 5280 3.3). A delta's base has it. */
static int64_t entries_since(const struct round *r)
{
	int64_t since = r->env->now - r->validity;

	for (size_t i = 0; i < r->nrows; i++) {
		if (strcmp(r->rows[i].scope, CRL_DELTA) != 0)
			since = earlier(since, r->rows[i].this_update);
	}
	return since;
}

static int read_number(struct round *r, struct err *e)
{
	int64_t highest = 0;

	r->number = r->series.number + 1;
	if (r->series.number)
		return 0;
	if (store_crl_load_highest(r->env->db, r->issuer.ski, &highest, e) < 0)
		return -1;
	r->number = highest + 1;
	return 0;
}

/* All of it in one snapshot. */
static int read_due(struct round *r, struct blob ski, bool paced, struct err *e)
{
	AUTO(db_txn) *t = db_begin(r->env->db, DB_READ, e);
	int due = t ? read_round(r, ski, paced, e) : -1;

	if (due <= 0)
		return due;
	if (read_number(r, e) < 0 ||
	    revoked_load(r->env, &r->issuer, entries_since(r), &r->list, e) < 0)
		return -1;
	return 1;
}

static int sign(struct round *r, const char *scope, struct crl_spec *s, int64_t validity,
		const char *urls, struct err *e)
{
	struct arena *a = r->env->arena;
	struct crl_row *c;

	if (r->nmade == r->room) {
		size_t room = r->room ? 2 * r->room : 4;
		struct crl_row *v = arena_array(a, room, sizeof(*v));

		if (r->nmade)
			memcpy(v, r->made, r->nmade * sizeof(*v));
		r->made = v;
		r->room = room;
	}
	s->number = r->number;
	s->this_update = r->env->now;
	s->next_update = earlier(r->env->now + validity, r->issuer.not_after);
	c = &r->made[r->nmade++];
	*c = (struct crl_row){
		.issuer = r->issuer.ski,
		.scope = scope,
		.number = s->number,
		.this_update = s->this_update,
		.next_update = s->next_update,
		.entries = crl_digest_entries(a, s->v, s->n),
		.urls = urls,
	};
	return crl_make(a, r->cert, r->key, s, &c->der, e);
}

static int sign_complete(struct round *r, struct err *e)
{
	struct crl_spec s = { .v = r->list.v, .n = r->list.n };

	if (wants_delta(r))
		s.delta_url = crl_scope_url(r->env, r->issuer.ski, CRL_DELTA);
	return sign(r, CRL_COMPLETE, &s, r->validity, "", e);
}

/* Of the base that is made in the same round, nothing has changed yet. */
static int sign_delta(struct round *r, bool new_base, struct err *e)
{
	struct crl_row base = { 0 }, last = { 0 };
	struct revoked changes = { 0 };
	struct crl_spec s = { .base = r->number };

	if (!new_base) {
		int found = store_crl_load(r->env->db, r->env->arena, r->issuer.ski, CRL_COMPLETE,
					   &base, e);
		if (found > 0)
			found = store_crl_load(r->env->db, r->env->arena, r->issuer.ski, CRL_DELTA,
					       &last, e);
		if (found < 0 ||
		    revoked_changes(&r->list, base.der,
				    last.number > base.number ? last.der : (struct blob){ 0 },
				    &changes, e) < 0)
			return -1;
		s.base = base.number;
	}
	s.v = changes.v;
	s.n = changes.n;
	return sign(r, CRL_DELTA, &s, r->settings.crl.delta_validity, "", e);
}

static struct texts split_lines(struct arena *a, const char *lines)
{
	char *rest = arena_strdup(a, lines), *line;
	struct texts t = { .v = arena_array(a, strlen(lines) + 1, sizeof(*t.v)) };

	while ((line = strsep(&rest, "\n"))) {
		if (*line)
			t.v[t.n++] = line;
	}
	return t;
}

/* The names it has had stay: certificates carry them. */
static const char *add_url(struct round *r, const char *urls, const char *scope)
{
	const char *url = crl_scope_url(r->env, r->issuer.ski, scope);

	if (!url || crl_scope_has_url(urls, url))
		return urls;
	return arena_printf(r->env->arena, "%s%s%s", urls, *urls ? "\n" : "", url);
}

static int sign_shard(struct round *r, const char *scope, const struct revoked *l, struct err *e)
{
	const struct crl_row *row = find_row(r, scope);
	const char *urls = add_url(r, row ? row->urls : "", scope);
	struct crl_spec s = { .v = l->v, .n = l->n };

	if (row && !r->all && r->env->now < row_due_at(r, row) && strcmp(urls, row->urls) == 0 &&
	    blob_equal(row->entries, crl_digest_entries(r->env->arena, l->v, l->n)))
		return 0;
	s.urls = split_lines(r->env->arena, urls);
	return sign(r, scope, &s, r->validity, urls, e);
}

static int sign_shards_of(struct round *r, unsigned n, struct err *e)
{
	const struct revoked *parts = revoked_split(&r->list, n);

	for (unsigned k = 0; k < n; k++) {
		if (sign_shard(r, crl_scope_shard(r->env->arena, n, k), &parts[k], e) < 0)
			return -1;
	}
	return 0;
}

/* Of each number of shards that there ever was. */
static int sign_shards(struct round *r, struct err *e)
{
	unsigned wanted = wanted_shards(r), n, k;

	for (size_t i = 0; i < r->nrows; i++) {
		if (!crl_scope_is_shard(r->rows[i].scope, &n, &k) || k != 0 || n == wanted)
			continue;
		if (sign_shards_of(r, n, e) < 0)
			return -1;
	}
	return wanted ? sign_shards_of(r, wanted, e) : 0;
}

/* With delta CRLs a revocation leaves the base as it is. */
static int sign_round(struct round *r, struct err *e)
{
	bool complete = r->complete || (r->dirty && !wants_delta(r));
	const struct crl_row *last = find_row(r, CRL_COMPLETE);

	r->key = ca_key(r->env, &r->issuer, e);
	r->cert = r->key ? cert_read(r->env->arena, r->issuer.der, e) : NULL;
	if (!r->cert)
		return -1;
	/* What shards have, the complete one has too: who asks for either is told the same. */
	if (!complete && !wants_delta(r))
		complete = !blob_equal(last->entries,
				       crl_digest_entries(r->env->arena, r->list.v, r->list.n));
	if (complete && sign_complete(r, e) < 0)
		return -1;
	if (wants_delta(r) && sign_delta(r, complete, e) < 0)
		return -1;
	return sign_shards(r, e);
}

static int64_t next_pause(const struct round *r)
{
	int64_t gap = r->env->now - r->series.made_at, last = r->series.pause, pause;
	int64_t least = SHARE * (clock_monotonic() - r->began);

	if (!r->dirty || !r->series.made_at)
		return r->series.dirty ? last : 0;
	pause = gap < 0 || gap > 2 * last + 2 * CLOCK_SECOND ? FIRST_PAUSE : 2 * last;
	if (pause < FIRST_PAUSE)
		pause = FIRST_PAUSE;
	if (pause > LONGEST_PAUSE)
		pause = LONGEST_PAUSE;
	return pause < least ? least : pause;
}

/* What was revoked while the CRLs were being signed keeps them due. What somebody else stored
 * meanwhile stays: ours would have its number. */
static int store_round(const struct round *r, bool *made, struct err *e)
{
	AUTO(db_txn) *t = db_begin(r->env->db, DB_WRITE, e);
	struct crl_series s = r->series;
	int first;

	s.number = r->number;
	s.made_at = r->env->now;
	s.pause = next_pause(r);
	first = t ? store_crl_save_series(r->env->db, r->issuer.ski, &s, r->series.number, e) : -1;
	if (first <= 0)
		return first;
	for (size_t i = 0; i < r->nmade; i++) {
		if (store_crl_save(r->env->db, &r->made[i], e) < 0)
			return -1;
	}
	if (!wants_delta(r) && store_crl_delete(r->env->db, r->issuer.ski, CRL_DELTA, e) < 0)
		return -1;
	if (store_commit(&t, e) < 0)
		return -1;
	*made = true;
	return 0;
}

/* When the first of those that were made is due again. */
static int64_t made_due_at(const struct round *r)
{
	int64_t at = INT64_MAX;

	for (size_t i = 0; i < r->nmade; i++)
		at = earlier(at, row_due_at(r, &r->made[i]));
	return at;
}

static int upkeep(const struct env *env, const struct issuer *i, bool paced, bool *made,
		  int64_t *due_at, struct err *e)
{
	AUTO(arena) *a = arena_new();
	struct env own = *env;
	struct round r = { .env = &own, .due_at = INT64_MAX, .began = clock_monotonic() };
	int due;

	own.arena = a;
	*made = false;
	due = read_due(&r, i->row.ski, paced, e);
	if (due < 0)
		return -1;
	*due_at = r.due_at;
	if (!due)
		return 0;
	if (sign_round(&r, e) < 0)
		return err_in(e, "CRL of CA %s", r.issuer.ca);
	if (store_round(&r, made, e) < 0)
		return -1;
	*due_at = *made ? made_due_at(&r) : env->now;
	return 0;
}

int upkeep_crl(const struct env *env, const struct issuer *i, bool *made, struct err *e)
{
	int64_t due_at;

	return upkeep(env, i, false, made, &due_at, e);
}

int upkeep_crl_paced(const struct env *env, const struct issuer *i, bool *made, int64_t *due_at,
		     struct err *e)
{
	return upkeep(env, i, true, made, due_at, e);
}
