#include "ca/limit.h"

#include <stdlib.h>
#include <string.h>

#include "base/bucket.h"
#include "base/text.h"

/* The process's; opened when it is first needed. */
static struct {
	struct buckets *buckets;
	char *state_dir;
} shared;

static int open_shared(const struct env *env, struct err *e)
{
	const char *dir = env->conf->state_dir;

	if (shared.state_dir && strcmp(shared.state_dir, dir) == 0)
		return 0;
	buckets_close(shared.buckets);
	free(shared.state_dir);
	shared.state_dir = NULL;
	shared.buckets = buckets_open(arena_printf(env->arena, "%s/limits", dir), e);
	if (!shared.buckets)
		return -1;
	shared.state_dir = strdup(dir);
	return shared.state_dir ? 0 : err_fault(e, ERR_BUSY, "memory", "no memory");
}

int limit_take(const struct env *env, const struct limit *l, struct blob of, int64_t *wait,
	       struct err *e)
{
	struct text key;

	if (open_shared(env, e) < 0)
		return -1;
	text_init(&key, env->arena);
	text_addf(&key, "%s:", l->of);
	text_add_mem(&key, of.data, of.len);
	return bucket_take(shared.buckets, blob_of(key.s, key.len), l->capacity, l->refill,
			   env->now, wait);
}
