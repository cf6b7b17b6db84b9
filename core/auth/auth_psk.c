/*
 * PSK: an enrollment secret that we made, by HTTP Basic (RFC 7030 3.2.3, RFC 7617): the user name is
 * the secret's id.
 *
 * Here the secret is recognised, and nothing else. Whether it may still be used - not revoked, not
 * expired, a use left - is judged where uses are counted, in the transaction (ca/policy).
 *
 * Failed guesses take tokens of the bucket of the address that they come from, an IPv6 one by its
 * /64; while it is empty nobody is heard from there, not with the right secret either, or the limit
 * would not limit anything. From any other address the secret goes on working: what strangers do
 * never locks it.
 */
#include <string.h>

#include "auth/auth.h"
#include "auth/secret.h"
#include "base/address.h"
#include "base/b64.h"
#include "base/bucket.h"
#include "base/clock.h"
#include "base/text.h"
#include "pki/digest.h"

/* A factory behind one address has a few wrong ones, too. */
enum { GUESSES = 20 };
#define GUESS_EVERY (10 * CLOCK_SECOND)

struct credentials {
	const char *id, *secret;
};

static int refuse(struct err *e, const char *code, const char *got)
{
	return err_set(e, ERR_UNAUTHENTICATED, code,
		       "expected the id of an enrollment secret as user name and the secret as "
		       "password by HTTP Basic (RFC 7030 3.2.3, RFC 7617), got %s",
		       got);
}

/* "Basic" and the base64 of ID:SECRET; the first colon parts them. */
static int read_credentials(const struct auth_input *in, struct credentials *out, struct err *e)
{
	const char *s = in->authorization;
	size_t n = s ? strcspn(s, " ") : 0;
	struct err why = { 0 };
	struct blob pair;
	char *text, *colon;

	if (!s || !*s)
		return refuse(e, "no_secret", "none");
	if (!text_equal_nocase(arena_strndup(in->arena, s, n), "Basic"))
		return refuse(e, "no_secret", "another scheme");
	s += n;
	s += strspn(s, " ");
	if (b64_read(in->arena, s, strlen(s), B64_NO_PAD, &pair, &why) < 0)
		return refuse(e, "secret_malformed", "what is no base64");
	text = arena_strndup(in->arena, (const char *)pair.data, pair.len);
	colon = strchr(text, ':');
	if (strlen(text) != pair.len || !text_is_utf8(text, pair.len) || !colon)
		return refuse(e, "secret_malformed",
			      "what is no user name and password with a colon between them");
	*colon = '\0';
	*out = (struct credentials){ text, colon + 1 };
	return 0;
}

static int too_many(int64_t wait, struct err *e)
{
	err_set(e, ERR_BUSY, "too_many_guesses",
		"too many failed attempts from this address; nothing from it is looked at before "
		"Retry-After, while the secret works from others");
	e->retry_after = (int)((wait + CLOCK_SECOND - 1) / CLOCK_SECOND);
	return -1;
}

/* 1: it is the secret in *row, 0: not, -1. */
static int find(const struct auth_input *in, const struct credentials *given,
		struct secret_row *row, struct err *e)
{
	int found = store_secret_load(in->db, in->arena, given->id, row, e);

	if (found < 0)
		return -1;
	if (found && strcmp(row->dms, in->dms->row.id) != 0)
		found = 0;
	return secret_verify(in->conf, in->arena, found ? row : NULL, given->secret, e);
}

static int guess(const struct auth_input *in, const struct credentials *given,
		 struct secret_row *row, struct err *e)
{
	const char *path = arena_printf(in->arena, "%s/guesses", in->conf->state_dir);
	AUTO(buckets) *guesses = buckets_open(path, e);
	struct blob source = address_source(in->arena, in->remote_addr ? in->remote_addr : "");
	int64_t wait = 0;
	int rc;

	if (!guesses)
		return -1;
	if (!bucket_has(guesses, source, GUESSES, GUESS_EVERY, in->now, &wait))
		return too_many(wait, e);
	rc = find(in, given, row, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	bucket_take(guesses, source, GUESSES, GUESS_EVERY, in->now, NULL);
	return refuse(e, "secret_wrong", "a user name or a password that is wrong");
}

static int check(const struct auth_input *in, struct who *who, struct err *e)
{
	struct credentials given;
	struct secret_row row;
	const char *identity;

	*who = (struct who){ .name = "anonymous" };
	if (read_credentials(in, &given, e) < 0 || guess(in, &given, &row, e) < 0)
		return -1;
	identity = arena_printf(in->arena, "shedu secret %s", row.id);
	who->name = arena_printf(in->arena, "psk:%s", row.id);
	who->credential = digest_make_sha256(in->arena, blob_of(identity, strlen(identity)));
	who->device = row.device;
	who->secret = row.id;
	return 0;
}

const struct auth_mode auth_psk = {
	.id = AUTH_PSK,
	.challenge = "Basic",
	.check = check,
};
