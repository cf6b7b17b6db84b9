#include "ca/crl_scope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "store/store_crl.h"

const char *crl_scope_shard(struct arena *a, unsigned n, unsigned k)
{
	return arena_printf(a, "%u-%u", n, k);
}

bool crl_scope_is_shard(const char *scope, unsigned *n, unsigned *k)
{
	char again[32];

	if (sscanf(scope, "%3u-%3u", n, k) != 2 || *n > CRL_MAX_SHARDS || *k >= *n)
		return false;
	snprintf(again, sizeof(again), "%u-%u", *n, *k);
	return strcmp(again, scope) == 0;	/* there is one way to write it */
}

unsigned crl_scope_of_serial(struct blob serial, unsigned n)
{
	uint32_t last = 0;
	size_t i = serial.len > sizeof(last) ? serial.len - sizeof(last) : 0;

	for (; i < serial.len; i++)
		last = last << 8 | serial.data[i];
	return last % n;
}

const char *crl_scope_path(struct arena *a, struct blob ski, const char *scope)
{
	return arena_printf(a, "crl/%s%s%s", scope, *scope ? "/" : "", hex_write(a, ski));
}

const char *crl_scope_url(const struct env *env, struct blob ski, const char *scope)
{
	const char *base = env->conf->public.http_url;

	if (!base || !*base)
		return NULL;
	return arena_printf(env->arena, "%s/%s", base, crl_scope_path(env->arena, ski, scope));
}

bool crl_scope_has_url(const char *urls, const char *url)
{
	size_t n = strlen(url);

	for (const char *p = urls; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		if (strcspn(p, "\n") == n && memcmp(p, url, n) == 0)
			return true;
	}
	return false;
}

int crl_load_settings(const struct env *env, const char *ca, struct validation *v, struct err *e)
{
	const char *json;
	int found = store_ca_load_validation(env->db, env->arena, ca, &json, e);

	if (found < 0)
		return -1;
	return validation_read(env->arena, found ? json : "{}", v, e);
}

int crl_find_url(const struct env *env, const struct issuer_row *issuer, struct blob serial,
		 const char **url, struct err *e)
{
	const char *scope, *shard, *urls;
	struct validation v;
	unsigned n;
	int found;

	*url = crl_scope_url(env, issuer->ski, CRL_COMPLETE);
	if (!*url)
		return 0;
	if (crl_load_settings(env, issuer->ca, &v, e) < 0)
		return -1;
	n = (unsigned)v.crl.shards;
	if (!n)
		return 0;
	scope = crl_scope_shard(env->arena, n, crl_scope_of_serial(serial, n));
	shard = crl_scope_url(env, issuer->ski, scope);
	found = store_crl_load_urls(env->db, env->arena, issuer->ski, scope, &urls, e);
	if (found > 0 && crl_scope_has_url(urls, shard))
		*url = shard;
	return found < 0 ? -1 : 0;
}
