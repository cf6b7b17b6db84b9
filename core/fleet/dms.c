#include "fleet/dms.h"

#include <string.h>

#include "base/b64.h"
#include "fleet/issuer.h"
#include "pki/csrattrs.h"

/*
 * Settings that were read, by their text: the same text always has the same meaning, so nothing
 * here can be stale, whatever happened to the database. An entry lives while a request's arena
 * holds it; when all are held, the settings are read into the request's arena instead.
 */
struct entry {
	struct arena *arena;
	const char *text;
	struct dms_settings settings;
	unsigned held;
};

static struct entry cache[16];
static size_t cache_next;

static void release(void *p)
{
	struct entry *c = p;

	c->held--;
}

static struct entry *cache_find(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(cache); i++) {
		if (cache[i].text && strcmp(cache[i].text, text) == 0)
			return &cache[i];
	}
	return NULL;
}

/* A place that nobody holds, emptied; NULL: there is none. */
static struct entry *cache_place(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cache); i++) {
		struct entry *c = &cache[cache_next++ % ARRAY_LEN(cache)];

		if (c->held)
			continue;
		c->text = NULL;
		if (c->arena)
			arena_reset(c->arena);
		else
			c->arena = arena_new();
		return c;
	}
	return NULL;
}

static int read_settings(struct arena *a, const struct dms_row *row, struct dms_settings *s,
			 struct err *e)
{
	struct err why = { 0 };
	struct problems p;
	const struct doc *d = doc_read(a, row->settings, strlen(row->settings), &why);

	problems_init(&p, a);
	if (d)
		fields_read(a, dms_settings_fields, d, s, "/settings", &p);
	if (!d || problems_check(&p, &why) < 0)
		return err_fault(e, ERR_INTERNAL, "dms_settings", "stored settings of DMS %s: %s",
				 row->id, err_log_text(&why));
	return 0;
}

int dms_read(struct arena *a, const struct dms_row *row, struct dms *d, struct err *e)
{
	struct entry *c = cache_find(row->settings);

	d->row = *row;
	if (!c && (c = cache_place())) {
		if (read_settings(c->arena, row, &c->settings, e) < 0)
			return -1;
		c->text = arena_strdup(c->arena, row->settings);
	}
	if (!c)
		return read_settings(a, row, &d->settings, e);
	c->held++;
	arena_defer(a, release, c);
	d->settings = c->settings;
	return 0;
}

int dms_load(struct db *db, struct arena *a, const char *id, struct dms *d, struct err *e)
{
	struct dms_row row;
	int found = store_dms_load(db, a, id, &row, e);

	if (found <= 0)
		return found;
	return dms_read(a, &row, d, e) < 0 ? -1 : 1;
}

struct check {
	struct db *db;
	struct arena *arena;
	const char *prefix;
	struct problems *problems;
};

static int check_cas(const struct check *c, const char *member, const struct texts *ids,
		     struct err *e)
{
	for (size_t i = 0; i < ids->n; i++) {
		struct ca_row ca;
		int found = store_ca_load(c->db, c->arena, ids->v[i], &ca, e);

		if (found < 0)
			return -1;
		if (!found)
			problems_add(c->problems,
				     arena_printf(c->arena, "%s/%s/%zu", c->prefix, member, i),
				     "expected the id of a CA, got \"%s\", which does not exist",
				     ids->v[i]);
	}
	return 0;
}

static int check_enrollment_ca(const struct check *c, const char *id, struct err *e)
{
	const char *pointer =
		arena_printf(c->arena, "%s/enrollment_settings/enrollment_ca", c->prefix);
	struct issuer issuer;
	int found;

	if (!id || !*id)
		return 0;	/* its row says that it is required */
	found = issuer_load(c->db, c->arena, id, &issuer, e);
	if (found < 0)
		return -1;
	if (!found)
		problems_add(c->problems, pointer,
			     "expected the id of a CA, got \"%s\", which does not exist", id);
	else if (!issuer.row.key_uri)
		problems_add(c->problems, pointer,
			     "expected a CA that can sign, but \"%s\" was imported without its key",
			     id);
	return 0;
}

static int read_profile(struct arena *a, const char *of, const char *json, struct profile *f,
			struct err *e)
{
	struct err why = { 0 };
	struct doc *d = doc_read(a, json, strlen(json), &why);
	struct problems p;

	problems_init(&p, a);
	if (d)
		fields_read(a, profile_fields, d, f, "", &p);
	if (!d || problems_check(&p, &why) < 0)
		return err_fault(e, ERR_INTERNAL, "profile", "stored issuance profile of %s: %s",
				 of, err_log_text(&why));
	return 0;
}

/* The CA's default: 1, 0 when it has none, -1. */
static int load_default(struct db *db, struct arena *a, const char *ca, struct profile *f,
			struct err *e)
{
	struct ca_row row;
	int found = ca && *ca ? store_ca_load(db, a, ca, &row, e) : 0;

	if (found <= 0 || !row.profile)
		return found < 0 ? -1 : 0;
	return read_profile(a, ca, row.profile, f, e) < 0 ? -1 : 1;
}

int dms_has_profile(struct db *db, struct arena *a, const struct dms_settings *s, const char *id,
		    struct err *e)
{
	struct profile f;
	int found;

	if (s->issuance_profile_id && *s->issuance_profile_id)
		return strcmp(s->issuance_profile_id, id) == 0;
	if (s->issuance_profile)
		return 0;
	found = load_default(db, a, s->enrollment_settings.enrollment_ca, &f, e);
	return found > 0 ? f.id && strcmp(f.id, id) == 0 : found;
}

/* A digest is chosen for keys that leave the choice. */
static int check_hash(const struct check *c, const struct profile *f, const char *ca,
		      const char *pointer, struct err *e)
{
	struct issuer issuer;
	int found;

	if (f->signature_hash == HASH_OF_KEY || !ca || !*ca)
		return 0;
	found = issuer_load(c->db, c->arena, ca, &issuer, e);
	if (found > 0 && issuer.cert->key.type == KEY_ED25519)
		problems_add(c->problems, pointer,
			     "expected no signature_hash: the enrollment CA \"%s\" signs with "
			     "Ed25519, which has a digest of its own",
			     ca);
	return found < 0 ? -1 : 0;
}

int dms_check_profile(struct db *db, struct arena *a, const struct dms_settings *s,
		      const struct profile *f, const char *pointer, struct problems *p,
		      struct err *e)
{
	const struct check c = { .db = db, .arena = a, .problems = p };
	const struct key_spec *key = &s->server_keygen_settings.key;

	if (!profile_is_for_devices(f))
		problems_add(p, pointer, PROFILE_FOR_DEVICES);
	if (s->server_keygen_settings.enabled && !profile_allows_key(f, key))
		problems_add(p, pointer,
			     "expected a profile whose crypto_enforcement allows the key of "
			     "server_keygen_settings; got one that does not allow %s %lld",
			     token_name(key_types, key->type), (long long)key->bits);
	return check_hash(&c, f, s->enrollment_settings.enrollment_ca, pointer, e);
}

/* The web servers do not tell the TLS session, so that what asks for POP linking must be meant. */
static void check_csr_attributes(const struct check *c, const struct dms_settings *s)
{
	const char *pointer =
		arena_printf(c->arena, "%s/enrollment_settings/csr_attributes", c->prefix);
	const char *text = s->enrollment_settings.csr_attributes;
	struct err why = { 0 };
	struct csrattrs asked;
	struct blob der;

	if (!text || !*text)
		return;
	if (b64_read(c->arena, text, strlen(text), B64_SPACE, &der, &why) < 0 ||
	    csrattrs_read(der, &asked, &why) < 0)
		problems_add(c->problems, pointer, "%s", why.text);
	else if (asked.challenge_password != s->enrollment_settings.require_pop_linking)
		problems_add(
			c->problems, pointer,
			"expected challengePassword with require_pop_linking, and only with it: "
			"it asks for proof-of-possession linking (RFC 7030 3.5, RFC 8951 4.1)");
}

static int check_named_profile(const struct check *c, const struct dms_settings *s, struct err *e)
{
	const char *pointer = arena_printf(c->arena, "%s/issuance_profile_id", c->prefix);
	const char *id = s->issuance_profile_id;
	struct profile_row row;
	struct profile profile;
	int found = store_profile_load(c->db, c->arena, id, &row, e);

	if (found < 0)
		return -1;
	if (!found) {
		problems_add(
			c->problems, pointer,
			"expected the id of an issuance profile, got \"%s\", which does not exist",
			id);
		return 0;
	}
	if (read_profile(c->arena, id, row.profile, &profile, e) < 0)
		return -1;
	return dms_check_profile(c->db, c->arena, s, &profile, pointer, c->problems, e);
}

static int check_default_profile(const struct check *c, const struct dms_settings *s, struct err *e)
{
	const char *ca = s->enrollment_settings.enrollment_ca;
	struct profile profile;
	struct problems p;
	int found = load_default(c->db, c->arena, ca, &profile, e);

	problems_init(&p, c->arena);
	if (found <= 0)
		return found;
	if (dms_check_profile(c->db, c->arena, s, &profile, "", &p, e) < 0)
		return -1;
	for (size_t i = 0; i < p.n; i++)
		problems_add(c->problems,
			     arena_printf(c->arena, "%s/enrollment_settings/enrollment_ca",
					  c->prefix),
			     "the default issuance profile of CA \"%s\": %s", ca, p.v[i].text);
	return 0;
}

/* The one in force. Of an inline one settings_check() says the rest. */
static int check_profiles(const struct check *c, const struct dms_settings *s, struct err *e)
{
	const char *pointer =
		arena_printf(c->arena, "%s/issuance_profile/signature_hash", c->prefix);

	if (s->issuance_profile_id && *s->issuance_profile_id)
		return check_named_profile(c, s, e);
	if (!s->issuance_profile)
		return check_default_profile(c, s, e);
	return check_hash(c, s->issuance_profile, s->enrollment_settings.enrollment_ca, pointer, e);
}

#define VALIDATION "est_rfc7030_settings/client_certificate_settings/validation_cas"

int dms_check(struct db *db, struct arena *a, const struct dms_settings *s, const char *prefix,
	      struct problems *p, struct err *e)
{
	const struct check c = { db, a, prefix, p };
	const struct {
		const char *member;
		const struct texts *ids;
	} lists[] = {
		{ "enrollment_settings/" VALIDATION,
		  &s->enrollment_settings.est_rfc7030_settings.client_certificate_settings
			   .validation_cas },
		{ "reenrollment_settings/" VALIDATION,
		  &s->reenrollment_settings.est_rfc7030_settings.client_certificate_settings
			   .validation_cas },
		{ "reenrollment_settings/additional_validation_cas",
		  &s->reenrollment_settings.additional_validation_cas },
		{ "ca_distribution_settings/managed_cas",
		  &s->ca_distribution_settings.managed_cas },
	};

	dms_check_webhook(&s->enrollment_settings.est_rfc7030_settings,
			  arena_printf(a, "%s/enrollment_settings/est_rfc7030_settings", prefix),
			  p);
	dms_check_webhook(&s->reenrollment_settings.est_rfc7030_settings,
			  arena_printf(a, "%s/reenrollment_settings/est_rfc7030_settings", prefix),
			  p);
	if (check_enrollment_ca(&c, s->enrollment_settings.enrollment_ca, e) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		if (check_cas(&c, lists[i].member, lists[i].ids, e) < 0)
			return -1;
	}
	check_csr_attributes(&c, s);
	dms_check_keygen(a, s, prefix, p);
	return check_profiles(&c, s, e);
}

int dms_check_name_free(struct db *db, struct arena *a, const char *id, struct err *e)
{
	struct dms_row dms;
	struct ca_row ca;
	int found = store_dms_load(db, a, id, &dms, e);

	if (found < 0)
		return -1;
	if (found)
		return err_set(
			e, ERR_CONFLICT, "name_taken",
			"\"%s\" is the id of a DMS: as a label of EST paths it must name one thing",
			id);
	found = store_ca_find(db, a, id, &ca, e);
	if (found < 0 && e->kind != ERR_MALFORMED)
		return -1;
	if (found == 0)
		return 0;
	/* found, or several CAs of that name (ERR_MALFORMED "ambiguous") */
	err_clear(e);
	return err_set(
		e, ERR_CONFLICT, "name_taken",
		"\"%s\" is the id or name of a CA: as a label of EST paths it must name one thing",
		id);
}
