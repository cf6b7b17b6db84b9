#include "ca/answers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/store_answer.h"

/* Per process: 2 MiB. */
enum { SLOTS = 1024, MAX_ANSWER = 2048 };

#define RETRY CLOCK_MINUTE	/* until a file that could not be opened is tried again */
#define OVERLAP CLOCK_SECOND	/* between the begins of requests of which one waited for the other */

struct slot {
	struct answer_key key;
	struct answer_stamp stamp;
	int64_t made_at;	/* 0: empty */
	int64_t this_update, next_update;
	unsigned char sha256[SHA256_LEN];
	size_t len;
	unsigned char der[MAX_ANSWER];
};

static struct {
	struct slot *slots;	/* NULL: none yet */
	struct db *file;	/* NULL: not open */
	int64_t failed_at;	/* monotonic; 0: it did not */
	bool complained;
} cache;

/*
 * Signed anew at the middle of its time, or up to an eighth earlier, so that what was first asked for
 * in one moment is not signed anew in one. A clock that was set back makes an answer one of the
 * future: it is not used. One that was made while this request waited is not of the future, although
 * its maker may have begun later.
 */
static bool is_young(const struct env *env, const struct answer_key *key,
		     const struct kept_answer *k)
{
	int64_t life = k->next_update - k->made_at;
	int64_t use = life / 2 - life / 8 * key->sha256[SHA256_LEN - 1] / 256;

	return env->now > k->made_at - OVERLAP && env->now < k->made_at + use &&
	       k->next_update - env->now > env->conf->ocsp.max_age;
}

/* One place per key; a newer one takes it. */
static struct slot *slot_of(const struct answer_key *key)
{
	unsigned n;

	memcpy(&n, key->sha256, sizeof(n));
	return &cache.slots[n % SLOTS];
}

static bool find_own(const struct env *env, const struct answer_key *key,
		     const struct answer_stamp *stamp, struct kept_answer *out)
{
	const struct slot *s = cache.slots ? slot_of(key) : NULL;

	if (!s || !s->made_at || memcmp(&s->key, key, sizeof(*key)) != 0 ||
	    memcmp(&s->stamp, stamp, sizeof(*stamp)) != 0)
		return false;
	*out = (struct kept_answer){ .made_at = s->made_at,
				     .this_update = s->this_update,
				     .next_update = s->next_update };
	if (!is_young(env, key, out))
		return false;
	memcpy(out->sha256, s->sha256, sizeof(out->sha256));
	out->der = arena_blob(env->arena, s->der, s->len);
	return true;
}

static void keep_own(const struct answer_key *key, const struct answer_stamp *stamp,
		     const struct kept_answer *k)
{
	struct slot *s;

	if (k->der.len > MAX_ANSWER)
		return;
	if (!cache.slots)
		cache.slots = calloc(SLOTS, sizeof(*cache.slots));
	if (!cache.slots)
		return;
	s = slot_of(key);
	s->key = *key;
	s->stamp = *stamp;
	s->made_at = k->made_at;
	s->this_update = k->this_update;
	s->next_update = k->next_update;
	memcpy(s->sha256, k->sha256, sizeof(s->sha256));
	s->len = k->der.len;
	memcpy(s->der, k->der.data, k->der.len);
}

const char *answers_dir(const struct env *env)
{
	const char *dir = env->conf->ocsp.cache_dir;

	if (!dir)
		dir = arena_printf(env->arena, "%s/ocsp", env->conf->state_dir);
	if (mkdir(dir, 0700) == 0 || errno == EEXIST)
		return dir;
	if (!cache.complained)
		log_msg(LOG_WARN, "answers are not kept: %s: %s", dir, strerror(errno));
	cache.complained = true;
	return NULL;
}

static const char *file_path(const struct env *env, const char *dir, const char *suffix)
{
	return arena_printf(env->arena, "%s/answers.db%s", dir, suffix);
}

static void fail(const struct err *e)
{
	if (!cache.complained)
		log_msg(LOG_WARN, "answers are not kept: %s", err_log_text(e));
	cache.complained = true;
	cache.failed_at = clock_monotonic();
	db_close(cache.file);
	cache.file = NULL;
}

/* A file that is no database, or a damaged one, is of no use to anybody. */
static void discard(const struct env *env)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	const char *dir = answers_dir(env);

	for (size_t i = 0; dir && i < ARRAY_LEN(suffixes); i++)
		unlink(file_path(env, dir, suffixes[i]));
}

/* ERR_BUSY: another process has it in hand, or the folder does not let us: nothing is damaged. */
static void note_fault(const struct env *env, const struct err *e)
{
	if (strcmp(e->code, "busy") == 0)
		return;
	fail(e);
	if (e->kind != ERR_BUSY)
		discard(env);
}

static struct db *open_file(const struct env *env)
{
	struct err e = { 0 };
	const char *dir;

	if (cache.file || env->conf->ocsp.cache_entries == 0)
		return cache.file;
	if (cache.failed_at && clock_monotonic() - cache.failed_at < RETRY)
		return NULL;
	dir = answers_dir(env);
	if (!dir) {
		cache.failed_at = clock_monotonic();
		return NULL;
	}
	cache.file = store_answer_open(file_path(env, dir, ""), &e);
	if (!cache.file)
		note_fault(env, &e);
	return cache.file;
}

bool answers_are_shared(const struct env *env)
{
	return env->conf->ocsp.cache_entries > 0 && (cache.file || !cache.failed_at);
}

static struct blob make_digest(struct arena *a, const struct answer_row *r)
{
	const int64_t numbers[] = { r->ca_change, r->change, r->made_at, r->this_update,
				    r->next_update };
	size_t len = r->key.len + r->epoch.len + sizeof(numbers);
	unsigned char *all = arena_alloc(a, len + r->der.len);

	memcpy(all, r->key.data, r->key.len);
	memcpy(all + r->key.len, r->epoch.data, r->epoch.len);
	memcpy(all + r->key.len + r->epoch.len, numbers, sizeof(numbers));
	memcpy(all + len, r->der.data, r->der.len);
	return digest_make_sha256(a, blob_of(all, len + r->der.len));
}

static struct answer_row make_row(const struct answer_key *key, const struct answer_stamp *stamp)
{
	return (struct answer_row){
		.key = blob_of(key->sha256, sizeof(key->sha256)),
		.epoch = blob_of(stamp->authority.epoch, sizeof(stamp->authority.epoch)),
		.ca_change = stamp->authority.ca_change,
		.change = stamp->change,
	};
}

bool answers_find_shared(const struct env *env, const struct answer_key *key,
			 const struct answer_stamp *stamp, struct kept_answer *out)
{
	struct answer_row r = make_row(key, stamp);
	struct err e = { 0 };
	struct db *file = open_file(env);
	int found =
		file ? store_answer_load(file, env->arena, env->conf->ocsp.cache_entries, &r, &e)
		     : 0;

	if (found < 0)
		note_fault(env, &e);
	if (found <= 0 || !blob_equal(r.sha256, make_digest(env->arena, &r)))
		return false;
	*out = (struct kept_answer){ .der = r.der,
				     .made_at = r.made_at,
				     .this_update = r.this_update,
				     .next_update = r.next_update };
	digest_sha256(r.der, out->sha256);
	if (!is_young(env, key, out))
		return false;
	keep_own(key, stamp, out);
	return true;
}

bool answers_find(const struct env *env, const struct answer_key *key,
		  const struct answer_stamp *stamp, struct kept_answer *out)
{
	return find_own(env, key, stamp, out) || answers_find_shared(env, key, stamp, out);
}

void answers_keep(const struct env *env, const struct answer_key *key,
		  const struct answer_stamp *stamp, const struct kept_answer *k)
{
	struct answer_row r = make_row(key, stamp);
	struct err e = { 0 };
	struct db *file = open_file(env);

	if (env->conf->ocsp.cache_entries > 0)
		keep_own(key, stamp, k);
	if (!file)
		return;
	r.made_at = k->made_at;
	r.this_update = k->this_update;
	r.next_update = k->next_update;
	r.der = k->der;
	r.sha256 = make_digest(env->arena, &r);
	if (store_answer_save(file, env->conf->ocsp.cache_entries, &r, &e) < 0)
		note_fault(env, &e);
}

void answers_close(void)
{
	db_close(cache.file);
	free(cache.slots);
	memset(&cache, 0, sizeof(cache));
}
