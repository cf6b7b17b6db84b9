/*
 * Signs the head of the event chain with a key that is kept outside the database, keeps the
 * signature beside it, and logs it. Who rewrites or cuts the chain in the database can then be
 * found out by what is in state_dir/audit.head and in the log.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/log.h"
#include "cli/file.h"
#include "cli/tick/tick.h"
#include "data/doc.h"
#include "pki/key.h"
#include "store/store_event.h"

static const char *head_path(const struct conf *conf, struct arena *a)
{
	return arena_printf(a, "%s/audit.head", conf->state_dir);
}

static int bad_head(const char *path, const char *why, struct err *e)
{
	return err_fault(e, ERR_INTERNAL, "audit_head", "%s: %s", path, why);
}

static int read_hex(struct arena *a, const struct doc *d, const char *member, struct blob *out,
		    struct err *e)
{
	const char *s = doc_find_text(d, member);

	return hex_read(a, s ? s : "", out, e);
}

int audit_load(const struct conf *conf, struct arena *a, struct audit_head *h, struct err *e)
{
	const char *path = head_path(conf, a);
	struct err why = { 0 };
	struct blob text;

	*h = (struct audit_head){ 0 };
	if (access(path, F_OK) && errno == ENOENT)
		return 0;
	if (file_read(a, path, &text, e))
		return -1;
	const struct doc *d = doc_read(a, (const char *)text.data, text.len, &why);
	if (!d || read_hex(a, d, "hash", &h->hash, &why) ||
	    read_hex(a, d, "signature", &h->signature, &why))
		return bad_head(path, err_log_text(&why), e);
	h->seq = doc_get_int(doc_find(d, "seq"));
	return 0;
}

int audit_put_away(const struct conf *conf, struct arena *a, const struct audit_head *h,
		   struct err *e)
{
	const char *path = head_path(conf, a);
	const char *to = arena_printf(a, "%s-%lld", path, (long long)h->seq);

	if (h->seq == 0 || rename(path, to) == 0)
		return 0;
	return err_fault(e, ERR_INTERNAL, "audit_head", "%s: %s", to, strerror(errno));
}

int audit_sign(const struct conf *conf, struct arena *a, int64_t seq, struct blob hash,
	       struct blob *signature, struct err *e)
{
	const char *uri = arena_printf(a, "file:%s/audit.key", conf->state_dir);
	const char *text =
		arena_printf(a, "shedu event %lld %s", (long long)seq, hex_write(a, hash));
	const struct key *key = key_load(a, uri, conf->keys.passphrase_file, e);

	return key ? key_sign(a, key, blob_of(text, strlen(text)), signature, e) : -1;
}

/* Whoever reads it sees the old head or the new one. */
static int write_head(const struct env *env, const struct doc *d, struct err *e)
{
	const char *path = head_path(env->conf, env->arena);
	const char *text = doc_write_pretty(env->arena, d);

	if (!file_replace(path, 0640, blob_of(text, strlen(text))))
		return 0;
	return bad_head(path, strerror(errno), e);
}

static int sign_head(struct tick *t, const struct event_row *head, struct err *e)
{
	struct doc *d = doc_object(t->env.arena);
	const char *hash = hex_write(t->env.arena, head->hash), *hex;
	struct blob signature;
	struct log_line l;

	if (audit_sign(t->env.conf, t->env.arena, head->seq, head->hash, &signature, e))
		return -1;
	hex = hex_write(t->env.arena, signature);
	doc_set_int(d, "seq", head->seq);
	doc_set_text(d, "hash", hash);
	doc_set_text(d, "signature", hex);
	doc_set_time(d, "at", t->env.now);
	if (write_head(&t->env, d, e))
		return -1;
	log_begin(&l, LOG_INFO, "audit");
	log_int(&l, "seq", head->seq);
	log_str(&l, "hash", hash);
	log_str(&l, "signature", hex);
	log_end(&l);
	return 0;
}

/* A head that went back is for doctor to tell: signing it would hide that. */
static int check_forward(const struct audit_head *last, const struct event_row *head, struct err *e)
{
	if (head->seq > last->seq || (head->seq == last->seq && blob_equal(head->hash, last->hash)))
		return 0;
	return err_fault(e, ERR_INTERNAL, "audit_rollback",
			 "the event chain ends at %lld, and its end was signed at %lld before: "
			 "events were removed or altered, or an old database was put back",
			 (long long)head->seq, (long long)last->seq);
}

int tick_audit(struct tick *t, struct err *e)
{
	struct event_row head;
	struct audit_head last;
	int found = store_event_load_head(t->env.db, t->env.arena, &head, e);

	if (found <= 0)
		return found;
	if (head.seq == t->audit_seq)
		return 0;
	if (audit_load(t->env.conf, t->env.arena, &last, e) || check_forward(&last, &head, e))
		return -1;
	if (last.seq != head.seq && sign_head(t, &head, e))
		return -1;
	t->audit_seq = head.seq;
	return 0;
}
