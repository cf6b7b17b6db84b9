#include "auth/issuer_keys.h"

#include <string.h>

#include "auth/slot.h"
#include "base/clock.h"
#include "base/hex.h"
#include "base/log.h"
#include "net/http.h"
#include "pki/digest.h"
#include "store/store_jwks.h"

#define FETCH_EVERY (30 * CLOCK_SECOND)
#define FETCH_TIMEOUT (5 * CLOCK_SECOND)
#define OLDEST CLOCK_DAY
enum { RETRY_SECONDS = 5 };

/* What is in the database, as far as it may still be used. */
struct kept {
	const char *url;
	const struct doc *set;		/* NULL: none that is young enough */
	int64_t fetched_at, tried_at;
};

/* A set is shared only by those who trust the same anchors. */
static const char *key_of(struct arena *a, const struct jwt_settings *s)
{
	struct blob ca;

	if (!s->jwks_ca)
		return s->jwks_url;
	ca = digest_make_sha256(a, blob_of(s->jwks_ca, strlen(s->jwks_ca)));
	return arena_printf(a, "%s %s", s->jwks_url, hex_write(a, ca));
}

/* An instant in the future is as good as none: the clock was set back. */
static bool is_within(int64_t at, int64_t now, int64_t age)
{
	return at <= now && now - at < age;
}

static int load(const struct auth_input *in, const struct jwt_settings *s, struct kept *k,
		struct err *e)
{
	struct jwks_row row;
	int rc;

	*k = (struct kept){ .url = key_of(in->arena, s) };
	rc = store_jwks_load(in->db, in->arena, k->url, &row, e);
	if (rc <= 0)
		return rc;
	k->fetched_at = row.fetched_at;
	k->tried_at = row.tried_at;
	if (!is_within(row.fetched_at, in->now, OLDEST))
		return 0;
	k->set = doc_read(in->arena, row.keys, strlen(row.keys), e);
	return k->set ? 0 : err_fault(e, ERR_INTERNAL, "jwks", "stored key set of %s", k->url);
}

/* Whoever begins says so before, so that no other worker does. 1, 0, -1. */
static int begin(const struct auth_input *in, const char *url, struct err *e)
{
	AUTO(db_txn) *t = db_begin(in->db, DB_WRITE, e);
	int rc;

	if (!t)
		return -1;
	rc = store_jwks_try(in->db, url, in->now, in->now - FETCH_EVERY, e);
	return rc > 0 && store_commit(&t, e) < 0 ? -1 : rc;
}

static int keep(const struct auth_input *in, const char *url, const struct doc *set, struct err *e)
{
	struct jwks_row row = { .url = url,
				.keys = doc_write(in->arena, set),
				.fetched_at = in->now };
	AUTO(db_txn) *t = db_begin(in->db, DB_WRITE, e);

	if (!t || store_jwks_save(in->db, &row, e) < 0)
		return -1;
	return store_commit(&t, e);
}

/* 1 and the set, 0: somebody else asks now or did a moment ago, -1 and *e. */
static int fetch(const struct auth_input *in, const struct jwt_settings *s, const char *url,
		 const struct doc **out, struct err *e)
{
	static const char *const headers[] = { "Accept: application/jwk-set+json, application/json",
					       NULL };
	struct http_request q = { .url = s->jwks_url,
				  .headers = headers,
				  .timeout = FETCH_TIMEOUT };
	AUTO_FD slot = slot_take(in->conf, in->arena, e);
	struct http_response r;
	int rc;

	if (slot < 0)
		return -1;
	rc = begin(in, url, e);
	if (rc <= 0)
		return rc;
	if (s->jwks_ca)
		q.ca = blob_of(s->jwks_ca, strlen(s->jwks_ca));
	if (http_send(in->arena, &q, &r, e) < 0)
		return -1;
	if (r.status != 200)
		return err_fault(e, ERR_BUSY, "jwks", "%s answered %d", s->jwks_url, r.status);
	*out = jwks_read(in->arena, (const char *)r.body.data, r.body.len, e);
	if (!*out)
		return err_fault(e, ERR_BUSY, "jwks", "%s gave no key set: %s", s->jwks_url,
				 e->text);
	return keep(in, url, *out, e) < 0 ? -1 : 1;
}

static int refuse(const char *url, struct err *e)
{
	err_fault(e, ERR_BUSY, "jwks", "the keys of %s could not be had a moment ago", url);
	e->retry_after = RETRY_SECONDS;
	return -1;
}

int issuer_keys_load(const struct auth_input *in, const struct jwt_settings *s, const struct jwt *t,
		     const struct doc **out, struct err *e)
{
	struct err why = { 0 };
	struct kept k;
	bool known;
	int rc;

	*out = s->jwks;
	if (s->jwks)
		return 0;
	if (load(in, s, &k, e) < 0)
		return -1;
	known = k.set && jwks_has_key(in->arena, k.set, t);
	*out = k.set;
	if (known && is_within(k.fetched_at, in->now, s->jwks_max_age))
		return 0;
	if (k.set && is_within(k.fetched_at, in->now, FETCH_EVERY))
		return 0;	/* so young that a key that it does not have is nobody's */
	if (is_within(k.tried_at, in->now, FETCH_EVERY))
		return known ? 0 : refuse(s->jwks_url, e);
	rc = fetch(in, s, k.url, out, &why);
	if (rc > 0)
		return 0;
	if (rc < 0)
		log_msg(LOG_WARN, "DMS %s: keys of the tokens' issuer%s: %s", in->dms->row.id,
			known ? ", those of before still serve" : "", err_log_text(&why));
	*out = k.set;
	if (known)
		return 0;
	if (rc == 0)
		return refuse(s->jwks_url, e);
	*e = why;
	return -1;
}
